using System.Collections;

namespace ActorPool.Diagnostics;

/// <summary>A line of a function, as loggers take it: text, and values by name.</summary>
internal sealed class FunctionLineState(string pool, FunctionLine line) : IReadOnlyList<KeyValuePair<string, object?>>
{
    private readonly KeyValuePair<string, object?>[] _values =
    [
        new("Pool", pool), new("Job", line.Origin.Job), new("Item", line.Origin.Job is null ? null : line.Origin.Item),
        new("Worker", line.Origin.Worker), new("Node", line.Origin.Node), new("Text", line.Text),
        new("{OriginalFormat}", "{Origin}: {Text}"),
    ];

    public int Count => _values.Length;

    public KeyValuePair<string, object?> this[int index] => _values[index];

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() => _values.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    public override string ToString() =>
        line.Error is null ? $"{line.Origin}: {line.Text}" : $"{line.Origin}: {line.Text}{Environment.NewLine}{line.Error}";
}
