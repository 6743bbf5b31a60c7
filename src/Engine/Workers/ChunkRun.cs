using ActorPool.Coordination;

namespace ActorPool.Workers;

/// <summary>What a function's loop needs while it runs one chunk: where it is, whether to go on, and where failures go.</summary>
internal sealed class ChunkRun(Lease lease, WorkContext context, TimeProvider clock)
{
    public Lease Lease { get; } = lease;

    public WorkContext Context { get; } = context;

    /// <summary>Whether outcomes are published item by item; see <see cref="Lease"/>.</summary>
    public bool IsGuarded => Lease.Job.IsGuarded;

    /// <summary>Starts an item of a guarded lease; false when the lease was revoked.</summary>
    public bool Begin(int offset)
    {
        if (Lease.IsRevoked)
            return false;
        Context.Offset = offset;
        Context.CancellationToken = Lease.BeginItem(clock.GetTimestamp());
        return true;
    }

    /// <summary>Records that an item threw.</summary>
    /// <returns>Whether the loop should go on with the next item.</returns>
    public bool Fail(int offset, Exception error)
    {
        (var again, error) = Lease.Job.Judge(Lease.Attempt, error);
        if (IsGuarded && !Lease.TryPublish())
            return false;
        if (again)
            Lease.AddAgain(offset);
        else
            Lease.AddFailure(JobPlan.FailureOf(Lease, offset, error));
        if (IsGuarded)
            Lease.Published();
        return again || !Lease.Job.FailsFast;
    }
}
