using ActorPool.Diagnostics;

namespace ActorPool.Insights;

/// <summary>Groups the failures of items by type and by the place that threw.</summary>
internal sealed class FailureGroups
{
    private const int MaxGroups = 20;
    private const int MaxIndices = 20;
    private const int MaxChars = 1000;

    private readonly Dictionary<(string Type, string Stack), Group> _groups = [];

    /// <param name="index">The position of the item.</param>
    /// <param name="error">What the function threw; nothing that it overrides may end the caller.</param>
    /// <param name="describeInput">Begins to make a text of the item's input; null if it is not shown.</param>
    public void Add(long index, Exception error, Func<InputText>? describeInput = null)
    {
        var remote = error as RemoteException;
        var type = remote?.TypeName ?? error.GetType().FullName ?? error.GetType().Name;
        var stack = GetFirstLine(remote?.RemoteStackTrace ?? SafeText.Read(nameof(Exception.StackTrace), () => error.StackTrace));
        if (!_groups.TryGetValue((type, stack), out var group))
        {
            if (_groups.Count == MaxGroups)
                return;
            _groups.Add((type, stack), group = new Group());
        }
        if (group.Add(index, describeInput))
            group.Message = SafeText.Cut(remote?.RemoteMessage ?? SafeText.GetMessage(error), MaxChars);
    }

    /// <summary>Finds the text of an item's input.</summary>
    /// <returns>Null if there is none.</returns>
    public InputText? FindInput(long index) =>
        _groups.Values.Select(group => group.Items.GetValueOrDefault(index)).FirstOrDefault(text => text is not null);

    public IReadOnlyList<FailureGroup> ToList() => [.. _groups
        .Select(one => new FailureGroup(one.Key.Type, one.Value.Message, one.Key.Stack, one.Value.Count, [.. one.Value.Items.Keys])
        {
            Inputs = [.. one.Value.Items.Where(item => item.Value?.Text is not null)
                .Select(item => new ItemInput(item.Key, item.Value!.Text!))],
        })
        .OrderByDescending(group => group.Count)];

    private static string GetFirstLine(string? stack)
    {
        var lines = stack?.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
        return SafeText.Cut(lines.FirstOrDefault(line => !line.StartsWith("---", StringComparison.Ordinal)) ?? "", MaxChars);
    }

    private sealed class Group
    {
        /// <summary>That of the lowest index.</summary>
        public string Message { get; set; } = "";

        public long Count { get; private set; }

        /// <summary>The lowest positions, with the inputs if they are shown.</summary>
        public SortedList<long, InputText?> Items { get; } = [];

        /// <returns>Whether it is the lowest one so far.</returns>
        public bool Add(long index, Func<InputText>? describeInput)
        {
            Count++;
            if (Items.Count == MaxIndices)
            {
                if (index > Items.Keys[^1])
                    return false;
                Items.RemoveAt(MaxIndices - 1);
            }
            Items[index] = describeInput?.Invoke();
            return Items.Keys[0] == index;
        }
    }
}
