using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Decides which items are charged with a loss, and how their chunk is requeued.</summary>
/// <remarks>
/// Decides when a chunk comes back without its outcome. A charge is a suspicion that an item stops the worker or the process that runs it;
/// with <paramref name="limit"/> charges an item is given up.
/// <code>
/// stopped, handed back, interrupted, node left ──► none         no item causes an orderly end, however often it happens
/// worker lost ──► the item that it ran                          the lease knows which one that is
/// node lost ────► all items of the chunk, in smaller parts      no one knows which one it was, until its chunk has no other
/// process lost ─► the same                                      for a process that ran no item: it read inputs, or wrote results
/// </code>
/// Earlier charges stay, also after an orderly end; only the items behind one that is done or charged lose theirs. An item is given up only
/// if it had started and, after the loss of a node or a process, was the only one of its chunk.
/// </remarks>
/// <param name="limit">Charges with which an item is given up (<c>actorpool.worker-losses</c>); 1 or more.</param>
internal sealed class LossPolicy(int limit)
{
    /// <summary>Limits how many chunks are made of one that was lost with its node.</summary>
    /// <remarks>
    /// In a chunk of up to MaxParts² items, the culprit is alone after the second loss, and identified by the third.
    /// </remarks>
    public const int MaxParts = 64;

    /// <summary>Charges of an item that is given up with one more.</summary>
    public int LastChance => limit - 1;

    /// <summary>Whether a node handed the chunk back in good order, which is counted and logged.</summary>
    public static bool IsHandedBack(LossCause cause) => cause is LossCause.HandedBack or LossCause.Interrupted or LossCause.NodeLeft;

    /// <summary>Decides about one chunk.</summary>
    public LossVerdict Judge(LossCause cause, LostChunk chunk) => cause switch
    {
        LossCause.Interrupted or LossCause.NodeLeft => LossVerdict.NoCharge with { Repeated = chunk.Items - chunk.Settled },
        LossCause.WorkerLost => JudgeWorkerLoss(chunk),
        LossCause.NodeLost => JudgeNodeLoss(chunk),
        LossCause.ProcessLost => JudgeNodeLoss(chunk) with { Repeated = 0 },
        _ => LossVerdict.NoCharge,
    };

    private LossVerdict JudgeWorkerLoss(LostChunk chunk)
    {
        // It was never claimed, or the worker was stopped between the last item and the report.
        if (!chunk.HasStarted || chunk.Settled == chunk.Items)
            return LossVerdict.NoCharge;
        var losses = chunk.Losses + 1;
        return losses >= limit ? new LossVerdict(LossCharge.GiveUp, losses) : new LossVerdict(LossCharge.Running, losses) { Repeated = 1 };
    }

    private LossVerdict JudgeNodeLoss(LostChunk chunk)
    {
        var losses = chunk.Losses + 1;
        if (chunk.Items > 1)
        {
            // Charges stay below the limit, if that is not 1: an item must be the only one of its chunk before it is given up.
            var charges = Math.Min(losses, Math.Max(1, LastChance));
            return new LossVerdict(LossCharge.Chunk, charges, Math.Min(MaxParts, chunk.Items)) { Repeated = chunk.Items };
        }
        if (losses < limit)
            return new LossVerdict(LossCharge.Chunk, losses) { Repeated = 1 };
        return chunk.HasStarted ? new LossVerdict(LossCharge.GiveUp, losses) : LossVerdict.NoCharge;
    }
}

/// <summary>A chunk that came back without its outcome.</summary>
/// <param name="Items">Its items; 1 for a chunk that is one item.</param>
/// <param name="Settled">Items from its start that have their outcome.</param>
/// <param name="Losses">Charges that it had before.</param>
/// <param name="HasStarted">Whether a worker had started it; for a node's or a process's, this is known only on its last chance.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct LostChunk(int Items, int Settled, int Losses, bool HasStarted)
{
    public static LostChunk From(Lease lease, LossCause cause)
    {
        var hasStarted = cause == LossCause.WorkerLost ? lease.IsClaimed : lease.HasStarted;
        return lease.Job.ChunkIsItem
            ? new LostChunk(1, lease.Completed > 0 ? 1 : 0, lease.Losses, hasStarted)
            : new LostChunk(lease.Chunk.Count, lease.Completed, lease.Losses, hasStarted);
    }
}

/// <summary>Which items are charged, and how the chunk is requeued.</summary>
/// <param name="Charge">Which items are charged.</param>
/// <param name="Losses">Charges that each charged item has now.</param>
/// <param name="Parts">Chunks of about the same size that are made of it.</param>
[System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
internal readonly record struct LossVerdict(LossCharge Charge, int Losses, int Parts = 1)
{
    public static readonly LossVerdict NoCharge = new(LossCharge.None, 0);

    /// <summary>Attempts that had started, or may have started, and are repeated.</summary>
    public int Repeated { get; init; }
}

/// <summary>Which items are charged with a loss.</summary>
internal enum LossCharge
{
    /// <summary>None: the items without an outcome are requeued.</summary>
    None,

    /// <summary>The item that was running; it is requeued without others.</summary>
    /// <remarks>The items behind it are not charged.</remarks>
    Running,

    /// <summary>All items of the chunk, which is requeued in parts.</summary>
    Chunk,

    /// <summary>The item that was running, which is given up.</summary>
    GiveUp,
}
