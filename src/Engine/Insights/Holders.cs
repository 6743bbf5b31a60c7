using ActorPool.Diagnostics;

namespace ActorPool.Insights;

/// <summary>Counts what each worker or node did for a job.</summary>
/// <remarks>The first 255 one by one, the others together.</remarks>
internal sealed class Holders
{
    private const int MaxHolders = 256;
    private const string Others = "others";

    private readonly List<Holder> _holders = [];
    private readonly Dictionary<int, int> _byId = [];
    private readonly Dictionary<string, int> _byName = new(StringComparer.Ordinal);

    /// <summary>Counts a chunk.</summary>
    /// <returns>The number of its holder.</returns>
    public int Add(in RecordedChunk chunk)
    {
        if (!_byId.TryGetValue(chunk.HolderId, out var number))
            number = Find(chunk.HolderId, chunk.Holder ?? WorkerName.Format(chunk.HolderId));
        var holder = _holders[number];
        if (chunk.State == ChunkState.Requeued)
            holder.Lost++;
        else
            (holder.Chunks, holder.Items, holder.Work) = (holder.Chunks + 1, holder.Items + chunk.Count, holder.Work + chunk.Work);
        return number;
    }

    public string GetName(int number) => _holders[number].Name;

    public IReadOnlyList<HolderInsight> ToList() => [.. _holders.Select(holder =>
        new HolderInsight(holder.Name, holder.Chunks, holder.Items, TimeSpan.FromSeconds(holder.Work), holder.Lost))];

    private int Find(int id, string name)
    {
        if (!_byName.TryGetValue(name, out var number))
        {
            // A node that comes back has another number and the same name.
            var isLast = _holders.Count >= MaxHolders - 1;
            if (isLast && _byName.TryGetValue(Others, out number))
                return number;
            number = _holders.Count;
            _holders.Add(new Holder(isLast ? Others : name));
            _byName.Add(isLast ? Others : name, number);
        }
        if (_byId.Count < MaxHolders)
            _byId[id] = number;
        return number;
    }

    private sealed class Holder(string name)
    {
        public string Name => name;

        public long Chunks { get; set; }

        public long Items { get; set; }

        public double Work { get; set; }

        public long Lost { get; set; }
    }
}
