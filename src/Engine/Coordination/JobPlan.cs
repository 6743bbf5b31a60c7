using ActorPool.Chunking;
using ActorPool.Cluster;
using ActorPool.Functions;
using ActorPool.Gathering;
using ActorPool.Workers;

namespace ActorPool.Coordination;

/// <summary>What a caller asked for, from the call to its answer: inputs, function, gathering and options. Coordinator, workers and gatherer share it.</summary>
internal abstract class JobPlan
{
    private static long s_lastId;

    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenRegistration _registration;
    private CancellationToken _callerToken;
    private int _ended;

    protected JobPlan(PoolState pool, JobOptions options, long? total)
    {
        PublicId = Id = Interlocked.Increment(ref s_lastId);
        Pool = pool;
        Options = options;
        Token = _stop.Token;
        Meter = new ProgressMeter(pool.Settings.TimeProvider, pool.Counters) { Total = total };
    }

    public long Id { get; }

    /// <summary>The number that functions see: on a node, the one that the job has at its caller.</summary>
    public long PublicId { get; init; }

    /// <summary>The attempt that its items begin with: more than 1 on a node, for what has failed elsewhere before.</summary>
    public int FirstAttempt { get; init; } = 1;

    public string Name => Options.Name ?? $"job-{Id}";

    public PoolState Pool { get; }

    public JobOptions Options { get; }

    public ProgressMeter Meter { get; }

    /// <summary>Cancelled when the job ends without success: running items should stop.</summary>
    public CancellationToken Token { get; }

    /// <summary>The lease whose function submitted this job in its own pool; null for a job from outside.</summary>
    public Lease? Parent { get; set; }

    /// <summary>Whether the first failing item ends the job.</summary>
    public bool FailsFast { get; init; } = true;

    /// <summary>Whether results go where their owner may use them again: the job must not end while somebody writes.</summary>
    public bool WritesToCaller { get; init; }

    /// <summary>Whether an item counts against the window until a consumer has taken it, rather than until it is done.</summary>
    public bool AwaitsConsumer { get; init; }

    /// <summary>Whether what the source throws comes behind the results of the inputs before it.</summary>
    public bool EndsAtSourceError { get; init; }

    public bool HasEnded => Volatile.Read(ref _ended) != 0;

    public abstract Input Input { get; }

    public abstract JobGathering Gathering { get; }

    /// <summary>Whether a chunk is one item: it fails, retries and times out as a whole.</summary>
    public abstract bool ChunkIsItem { get; }

    public abstract bool IsAsync { get; }

    /// <summary>Whether outcomes are published item by item; see <see cref="Lease"/>.</summary>
    public bool IsGuarded => IsAsync || Options.ItemTimeout is not null;

    /// <summary>The job for nodes, ready to be sent; null in a pool without any.</summary>
    public WireJob? Wire { get; private set; }

    /// <summary>Makes the job ready for nodes.</summary>
    /// <exception cref="FunctionNotShippableException">The function cannot travel.</exception>
    /// <exception cref="PayloadException">The inputs or results are of a type that cannot travel.</exception>
    public void PrepareForNodes(CodeShipment code) => Wire = ToWire(code);

    protected abstract WireJob ToWire(CodeShipment code);

    /// <summary>Takes the next chunk of at most that many inputs; null when none is there yet or left.</summary>
    public abstract Chunk? Cut(int most);

    public abstract ValueTask RunAsync(ChunkRun run);

    /// <summary>Says whether an item that threw runs again, and what its failure is if not; runs the caller's predicate, so never in an actor that others wait for.</summary>
    public (bool Again, Exception Error) Judge(int attempt, Exception error)
    {
        try
        {
            return (attempt <= Options.Retries && (Options.RetryWhen is not { } when || when(error)), error);
        }
        catch (Exception e)
        {
            return (false, new AggregateException("JobOptions.RetryWhen threw while it judged the item's exception.", e, error));
        }
    }

    public static WorkItemException FailureOf(Lease lease, int offset, Exception error) =>
        new(lease.Chunk.Start + offset, lease.WorkerName, lease.Attempt, error);

    /// <summary>Lets a caller's token end the job.</summary>
    public void EndOn(Action<JobPlan, Exception> end, CancellationToken token)
    {
        _callerToken = token;
        _registration = token.UnsafeRegister(_ => end(this, new OperationCanceledException($"{Name} was cancelled.", token)), null);
        if (HasEnded)
            _registration.Unregister();
    }

    public void ThrowIfCancelledByCaller() => _callerToken.ThrowIfCancellationRequested();

    /// <summary>Answers the caller with the results, unless it has its answer.</summary>
    public void Succeed()
    {
        if (TryEnd())
            Gathering.Succeed();
    }

    /// <summary>Answers the caller with an error, unless it has its answer, and cancels the running items.</summary>
    public void Fail(Exception reason)
    {
        if (!TryEnd())
            return;
        // The caller's token may have reached the function before it reached us: then the failure is only what cancelling caused.
        if (reason is WorkItemException or OperationCanceledException && _callerToken.IsCancellationRequested)
            reason = new OperationCanceledException($"{Name} was cancelled.", reason, _callerToken);
        Gathering.Fail(reason);
        StopItems();
    }

    /// <summary>Cancels the running items; their callbacks run on the .NET thread pool.</summary>
    public void StopItems() => _ = StopQuietly();

    private bool TryEnd()
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return false;
        Meter.Stop();
        _registration.Unregister();
        Pool.Leave(this);
        return true;
    }

    private async Task StopQuietly()
    {
        try
        {
            await _stop.CancelAsync();
        }
        catch (AggregateException)
        {
            // A callback that a function registered on its token threw. The job has ended with its own outcome; nobody waits for this one.
        }
    }
}

/// <summary>A plan with its types.</summary>
internal sealed class JobPlan<TIn, TOut>(PoolState pool, JobOptions options, Input<TIn> input, ChunkFunction<TIn, TOut> function, JobGathering<TOut> gathering)
    : JobPlan(pool, options, input.Count - input.Taken)
{
    public override Input Input => input;

    public override JobGathering Gathering => gathering;

    public override bool ChunkIsItem => function.Shape == ResultShape.PerChunk;

    public override bool IsAsync => function.IsAsync;

    public override Chunk? Cut(int most)
    {
        var start = input.Taken;
        var items = input.Take(most);
        if (items.IsEmpty)
            return null;
        var room = function.Shape switch
        {
            ResultShape.PerItem => gathering.RoomFor(start, items.Length),
            ResultShape.PerChunk => new TOut[1],
            _ => default,
        };
        return new Chunk<TIn, TOut>(start, items, room, function.Shape);
    }

    protected override WireJob ToWire(CodeShipment code) => new WireJob<TIn, TOut>(this, function, code);

    public override ValueTask RunAsync(ChunkRun run) => function.RunAsync(run, (Chunk<TIn, TOut>)run.Lease.Chunk);
}
