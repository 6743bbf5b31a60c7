using System.Runtime.Loader;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using Akka.Dispatch;
using Akka.Event;

namespace ActorPool.Workers;

/// <summary>Runs one chunk at a time, on a thread of the workers' dispatcher.</summary>
/// <remarks>
/// Its report of one chunk is its request for the next. A function runs inside this actor's handler: the dispatcher's threads are for that,
/// and it saves two changes of thread a chunk. Nothing needs to reach the actor meanwhile: revocation and cancellation use the shared
/// <see cref="Lease"/>. Items that throw are data; workers are stopped, never restarted.
/// </remarks>
internal sealed class WorkerActor : ReceiveActor
{
    private readonly WorkerIdentity _identity;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _supervisor;
    private readonly MessageDispatcher _dispatcher;
    private readonly WorkerSynchronizationContext _continuations;
    private Lease? _running;
    private bool _isKnown; // the supervisor watches this worker, or knows that it failed

    public WorkerActor(PoolState pool, IActorRef coordinator, IActorRef supervisor)
    {
        _pool = pool;
        (_coordinator, _supervisor) = (coordinator, supervisor);
        _identity = new WorkerIdentity(pool, pool.NextWorkerId());
        _dispatcher = Context.Dispatcher;
        _continuations = new WorkerSynchronizationContext(_dispatcher);
        Receive<Initialize>(_ => OnInitialize());
        Receive<WorkProtocol.RunChunk>(OnRunChunk);
        Receive<ChunkRan>(ran => Report(ran.Chunk, ran.Started));
        Receive<SupervisionProtocol.Retire>(_ => Context.Stop(Self));
    }

    public static Props PropsFor(PoolState pool, IActorRef coordinator, IActorRef supervisor) =>
        Props.Create(() => new WorkerActor(pool, coordinator, supervisor));

    protected override void PreStart() => Self.Tell(Initialize.Instance);

    protected override void PostStop()
    {
        // Lost before it is cancelled: what the cancellation does to the item is not its outcome, since another worker will run it.
        _running?.MarkLost();
        _running?.CancelItem();
        if (!_isKnown)
            _supervisor.Tell(new SupervisionProtocol.WorkerVanished(_identity.Id));
        WorkerThreads.EnterUserCode();
        try
        {
            if (_identity.State is IAsyncDisposable asynchronous)
            {
                asynchronous.DisposeAsync().AsTask().ContinueWith(
                    LogFailedDisposal, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            }
            else
            {
                (_identity.State as IDisposable)?.Dispose();
            }
        }
        catch (Exception e)
        {
            Context.GetLogger().DisposalFailed(_identity.Id, e);
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
    }

    private void LogFailedDisposal(Task disposal) =>
        _supervisor.Tell(new SupervisionProtocol.DisposalFailed(_identity.Id, disposal.Exception!.InnerException!));

    private void OnInitialize()
    {
        WorkerThreads.EnterUserCode();
        using var reflection = EnterReflection();
        try
        {
            _pool.Settings.Initializer?.Invoke();
            _identity.State = _pool.Settings.WorkerState?.Invoke();
        }
        catch (Exception e)
        {
            _isKnown = true;
            _supervisor.Tell(new SupervisionProtocol.WorkerFailed(_identity.Id, e));
            Context.Stop(Self);
            return;
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
        _isKnown = true;
        _supervisor.Tell(new SupervisionProtocol.WorkerReady(_identity.Id, Self));
    }

    private void OnRunChunk(WorkProtocol.RunChunk chunk)
    {
        var started = _pool.Settings.TimeProvider.GetTimestamp();
        if (!chunk.Lease.TryClaim(_identity.Id))
        {
            _coordinator.Tell(new WorkProtocol.ChunkEnded(chunk.Lease, _identity.Id, TimeSpan.Zero));
            return;
        }
        _running = chunk.Lease;
        var isAsync = chunk.Lease.Job.IsAsync;
        if (isAsync && !WorkerThreads.TryEnterPart())
        {
            _dispatcher.Schedule(new Start(this, chunk, started, Self));
            return;
        }
        ValueTask ran;
        try
        {
            ran = Run(chunk.Lease);
        }
        finally
        {
            if (isAsync)
                WorkerThreads.LeavePart();
        }
        if (ran.IsCompleted)
            Report(chunk, started);
        else
            ReportAtEnd(ran, chunk, started, Self);
    }

    private static void ReportAtEnd(ValueTask ran, WorkProtocol.RunChunk chunk, long started, IActorRef self) =>
        ran.AsTask().PipeTo(self, success: () => new ChunkRan(chunk, started));

    private ValueTask Run(Lease lease)
    {
        var context = new WorkContext(lease, _identity);
        WorkerThreads.EnterUserCode();
        WorkContext.Enter(context);
        var reflection = EnterReflection();
        if (lease.Job.IsAsync)
            SynchronizationContext.SetSynchronizationContext(_continuations);
        try
        {
            return lease.Job.RunAsync(new ChunkRun(context));
        }
        finally
        {
            // The thread continues with other work, which belongs to no item.
            reflection?.Dispose();
            WorkContext.Enter(null);
            if (lease.Job.IsAsync)
                SynchronizationContext.SetSynchronizationContext(null);
            WorkerThreads.LeaveUserCode();
        }
    }

    // .NET's own code, such as DbProviderFactories, then finds types by name where the function would.
    private AssemblyLoadContext.ContextualReflectionScope? EnterReflection() => _pool.Settings.LoadContext?.EnterContextualReflection();

    private void Report(WorkProtocol.RunChunk chunk, long started)
    {
        var lease = chunk.Lease;
        _running = null;
        if (lease.TryReport())
            chunk.Gatherer.Tell(new ChunkOutcome(lease.Job, lease.Chunk, lease.Attempt, lease.Failures, lease.Retries));
        _coordinator.Tell(new WorkProtocol.ChunkEnded(lease, _identity.Id, _pool.Settings.TimeProvider.GetElapsedTime(started)));
    }

    /// <summary>Starts an asynchronous function when its turn comes.</summary>
    private sealed class Start(WorkerActor worker, WorkProtocol.RunChunk chunk, long started, IActorRef self) : IAsyncPart
    {
        public void Run() => ReportAtEnd(worker.Run(chunk.Lease), chunk, started, self);

        public void Execute() => Run();
    }

    private sealed record ChunkRan(WorkProtocol.RunChunk Chunk, long Started) : INoSerializationVerificationNeeded;

    private sealed record Initialize : INoSerializationVerificationNeeded
    {
        public static readonly Initialize Instance = new();
    }
}
