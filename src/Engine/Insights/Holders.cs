namespace ActorPool.Insights;

/// <summary>Counts what each worker or node did for a job.</summary>
/// <remarks>The first 255 one by one, the others together.</remarks>
internal sealed class Holders
{
    private const int MaxHolders = 256;
    private const string Others = "others";

    private readonly List<Holder> _order;
    private readonly Dictionary<string, Holder> _byName;

    /// <param name="before">What they did earlier; null for nothing.</param>
    public Holders(Holders? before)
    {
        _order = [.. before?._order.Select(holder => holder.Copy()) ?? []];
        _byName = _order.ToDictionary(holder => holder.Name, StringComparer.Ordinal);
    }

    /// <summary>Counts a chunk.</summary>
    public void Add(in KeptChunk chunk, string name)
    {
        var holder = Find(name);
        if (chunk.State == ChunkState.Requeued)
            holder.Lost++;
        else
            (holder.Chunks, holder.Items, holder.Work) = (holder.Chunks + 1, holder.Items + chunk.Count, holder.Work + chunk.Work);
    }

    public IReadOnlyList<HolderInsight> ToList() => [.. _order.Select(holder =>
        new HolderInsight(holder.Name, holder.Chunks, holder.Items, TimeSpan.FromSeconds(holder.Work), holder.Lost))];

    // A node that comes back has the same name.
    private Holder Find(string name)
    {
        if (_byName.TryGetValue(name, out var known))
            return known;
        if (_order.Count >= MaxHolders - 1 && !name.Equals(Others, StringComparison.Ordinal))
            return Find(Others);
        var holder = new Holder(name);
        _order.Add(holder);
        _byName.Add(name, holder);
        return holder;
    }

    private sealed class Holder(string name)
    {
        public string Name => name;

        public long Chunks { get; set; }

        public long Items { get; set; }

        public double Work { get; set; }

        public long Lost { get; set; }

        public Holder Copy() => (Holder)MemberwiseClone();
    }
}
