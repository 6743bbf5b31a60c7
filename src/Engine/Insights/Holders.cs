using System.Runtime.InteropServices;

namespace ActorPool.Insights;

/// <summary>Counts what each worker or node did for a job.</summary>
/// <remarks>The first 255 one by one, the others together.</remarks>
internal sealed class Holders(Holders? before)
{
    private const int MaxHolders = 256;
    private const string Others = "others";

    private readonly List<string> _order = [.. before?._order ?? []];
    private readonly Dictionary<string, HolderInsight> _holders = new(before?._holders ?? [], StringComparer.Ordinal);

    /// <summary>Counts a chunk.</summary>
    public void Add(in KeptChunk chunk, string name)
    {
        // A node that comes back has the same name.
        if (_order.Count >= MaxHolders - 1 && !_holders.ContainsKey(name))
            name = Others;
        ref var holder = ref CollectionsMarshal.GetValueRefOrAddDefault(_holders, name, out var isKnown);
        if (!isKnown)
            _order.Add(name);
        holder ??= new HolderInsight(name, 0, 0, TimeSpan.Zero, 0);
        holder = chunk.State == ChunkState.Requeued
            ? holder with { Lost = holder.Lost + 1 }
            : holder with
            {
                Chunks = holder.Chunks + 1,
                Items = holder.Items + chunk.Count,
                Work = holder.Work + TimeSpan.FromSeconds(chunk.Work),
            };
    }

    public IReadOnlyList<HolderInsight> ToList() => [.. _order.Select(name => _holders[name])];
}
