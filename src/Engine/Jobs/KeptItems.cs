using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Serialization;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>What a worker process had finished of its chunk before it died.</summary>
/// <param name="Lease">The chunk; its results are in the chunk's memory.</param>
/// <param name="Runs">Runs of neighbouring items, by position.</param>
internal sealed record KeptItems(Lease Lease, IReadOnlyList<KeptRun> Runs)
{
    /// <summary>What follows a header.</summary>
    public enum Kind
    {
        /// <summary>The results of the items.</summary>
        Results = 1,

        /// <summary>The failure of the only item.</summary>
        Failed,

        /// <summary>Nothing: the only item has failed and has attempts left.</summary>
        RunsAgain,
    }

    /// <summary>Reads what <see cref="ItemKeeper"/> has written: results into the memory of the chunk.</summary>
    /// <remarks>
    /// The dead process may have overwritten any of it. What does not fit ends the reading, and the items behind it run again.
    /// </remarks>
    /// <param name="kept">The bytes.</param>
    /// <param name="lease">The chunk.</param>
    /// <param name="worker">The worker's name, for failures.</param>
    public static async Task<KeptItems> ReadAsync(ReadOnlyMemory<byte> kept, Lease lease, string worker)
    {
        var (chunk, wire) = (lease.Chunk, lease.Job.Wire!);
        // An item that was retried comes twice, and its later outcome counts.
        var byItem = new KeptRun?[chunk.Count];
        while (TryReadHeader(ref kept, chunk.Count, out var header))
        {
            var reader = new MemoryPayloadReader(kept[..header.Bytes]);
            kept = kept[header.Bytes..];
            var (kind, part) = ((Kind)header.Kind, chunk.Slice(header.First, header.Count));
            var run = new KeptRun(header.First, header.Count, header.Attempt, Failure: null, RunsAgain: kind == Kind.RunsAgain);
            try
            {
                if (kind == Kind.Results)
                    await wire.ReadResultsAsync(reader, part, CancellationToken.None).ConfigureAwait(false);
                else if (kind == Kind.Failed)
                    run = run with { Failure = await ReadFailureAsync(reader, lease, header.First, worker).ConfigureAwait(false) };
            }
            catch (Exception e) when (e is InvalidDataException or PayloadException)
            {
                break;
            }
            byItem.AsSpan(header.First, header.Count).Fill(run);
        }
        return new KeptItems(lease, [.. FindRuns(byItem)]);
    }

    private static bool TryReadHeader(ref ReadOnlyMemory<byte> kept, int count, out Header header)
    {
        if (!MemoryMarshal.TryRead(kept.Span, out header))
            return false;
        kept = kept[Unsafe.SizeOf<Header>()..];
        return Enum.IsDefined((Kind)header.Kind) && header.Attempt >= 1 && header.Bytes >= 0 && header.Bytes <= kept.Length
            && header.First >= 0 && header.Count >= 1 && header.Count <= count - header.First
            && (header.Count == 1 || (Kind)header.Kind == Kind.Results);
    }

    private static async Task<WorkItemException> ReadFailureAsync(PayloadReader reader, Lease lease, int offset, string worker)
    {
        var failure = await WireRecord.ReadAsync<DataProtocol.ItemFailure>(reader, CancellationToken.None).ConfigureAwait(false);
        return failure.Index == lease.Chunk.Start + offset
            ? failure.ToException(worker, lease.Job.Wire!.Exceptions)
            : throw new InvalidDataException($"A failure is of item [{failure.Index}], which is not the one that it is kept for.");
    }

    private static IEnumerable<KeptRun> FindRuns(KeptRun?[] byItem)
    {
        for (var from = 0; from < byItem.Length;)
        {
            var to = from + 1;
            while (to < byItem.Length && ReferenceEquals(byItem[to], byItem[from]))
                to++;
            if (byItem[from] is { } run)
                yield return run with { First = from, Count = to - from };
            from = to;
        }
    }

    /// <summary>Stands before each kept outcome.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public readonly record struct Header(int Kind, int First, int Count, int Attempt, int Bytes);
}

/// <summary>Neighbouring items of a lost chunk which have an outcome, or a next attempt.</summary>
/// <param name="First">Position of the first item in the chunk.</param>
/// <param name="Count">Items.</param>
/// <param name="Attempt">Which attempt this was.</param>
/// <param name="Failure">The failure of the only item; null if it has none.</param>
/// <param name="RunsAgain">Whether the only item has no outcome and runs again.</param>
internal sealed record KeptRun(int First, int Count, int Attempt, WorkItemException? Failure, bool RunsAgain);
