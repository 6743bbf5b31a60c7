using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.Loader;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Workers;

/// <summary>Runs one chunk at a time, on a thread of the workers' dispatcher.</summary>
/// <remarks>
/// Its report of one chunk is its request for the next. A function runs inside this actor's handler: the dispatcher's threads are for that,
/// and it saves two changes of thread a chunk. Nothing needs to reach the actor meanwhile: revocation and cancellation use the shared
/// <see cref="Lease"/>. Items that throw are data; workers are stopped, never restarted.
/// </remarks>
internal sealed class WorkerActor : UntypedActor
{
    private readonly WorkerIdentity _identity;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly IActorRef _supervisor;
    private readonly WorkerThreads _threads;
    private readonly WorkerSynchronizationContext _continuations;
    private readonly Action _reportAsync;
    private readonly IActorRef _self;
    private Lease? _running;
    private long _started;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _ran; // of an asynchronous function
    private bool _isKnown; // the supervisor watches this worker, or knows that it failed

    public WorkerActor(PoolState pool, IActorRef coordinator, IActorRef supervisor)
    {
        _pool = pool;
        (_coordinator, _supervisor) = (coordinator, supervisor);
        _identity = new WorkerIdentity(pool, pool.NextWorkerId()) { Actor = Self };
        (_threads, _self) = (WorkerThreads.For(Context.System.Settings), Self);
        _reportAsync = OnRan;
        _continuations = new WorkerSynchronizationContext(_threads);
    }

    public static Props PropsFor(PoolState pool, IActorRef coordinator, IActorRef supervisor) =>
        Props.Create(() => new WorkerActor(pool, coordinator, supervisor));

    protected override void PreStart() => Self.Tell(Initialize.Instance);

    protected override void PostStop()
    {
        // Lost before it is cancelled: what the cancellation does to the item is not its outcome, since another worker will run it.
        var running = Volatile.Read(ref _running);
        running?.MarkLost();
        running?.CancelItem();
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

    // A switch, not handlers: there may be 10,000 of these actors.
    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Lease lease:
                OnLease(lease);
                break;
            case Initialize:
                OnInitialize();
                break;
            case RunFailed failed:
                ExceptionDispatchInfo.Throw(failed.Error);
                break;
            case SupervisionProtocol.Retire:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void LogFailedDisposal(Task disposal) =>
        _supervisor.Tell(new SupervisionProtocol.DisposalFailed(_identity.Id, disposal.Exception!.InnerException!));

    private void OnInitialize()
    {
        // Without code of the user's there is nothing to keep other work from.
        if ((_pool.Settings.Initializer is not null || _pool.Settings.WorkerState is not null) && !TryInitialize())
            return;
        _isKnown = true;
        _supervisor.Tell(new SupervisionProtocol.WorkerReady(_identity.Id, Self));
    }

    private bool TryInitialize()
    {
        WorkerThreads.EnterUserCode();
        using var reflection = EnterReflection();
        try
        {
            _pool.Settings.Initializer?.Invoke();
            _identity.State = _pool.Settings.WorkerState?.Invoke();
            return true;
        }
        catch (Exception e)
        {
            _isKnown = true;
            _supervisor.Tell(new SupervisionProtocol.WorkerFailed(_identity.Id, e));
            Context.Stop(Self);
            return false;
        }
        finally
        {
            WorkerThreads.LeaveUserCode();
        }
    }

    private void OnLease(Lease lease)
    {
        _started = _pool.Settings.TimeProvider.GetTimestamp();
        if (!lease.TryClaim(_identity.Id))
        {
            _coordinator.Tell(new WorkProtocol.Unclaimed(lease, _identity.Id));
            return;
        }
        if (!lease.Job.IsGuarded)
            lease.BeginItem(_started);
        Volatile.Write(ref _running, lease);
        if (!lease.Job.IsAsync)
            Await(Run(lease));
        else if (WorkerThreads.TryEnterPart())
            RunPart(lease);
        else
            _threads.Execute(new Start(this, lease));
    }

    private void RunPart(Lease lease)
    {
        ValueTask ran;
        try
        {
            ran = Run(lease);
        }
        finally
        {
            WorkerThreads.LeavePart();
        }
        Await(ran);
    }

    private void Await(ValueTask ran)
    {
        if (ran.IsCompleted)
        {
            ran.GetAwaiter().GetResult();
            Report();
            return;
        }
        // No context: the report is made where the function ends, without another change of thread.
        var awaiter = ran.ConfigureAwait(false).GetAwaiter();
        _ran = awaiter;
        awaiter.UnsafeOnCompleted(_reportAsync); // which may have run when this returns, and the next chunk, too
    }

    private void OnRan()
    {
        var ran = _ran;
        _ran = default;
        try
        {
            ran.GetResult();
        }
        catch (Exception e)
        {
            _self.Tell(new RunFailed(e));
            return;
        }
        Report();
    }

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

    // Not always on the actor's turn. The next chunk comes after this report, and the lease decides between the report and the actor's end.
    private void Report()
    {
        var lease = _running!;
        lease.Elapsed = _pool.Settings.TimeProvider.GetElapsedTime(_started);
        Volatile.Write(ref _running, null);
        _identity.Written?.Complete();
        if (lease.TryReport())
            lease.Job.Gatherer.Tell(lease);
        else if (lease.IsLost)
            return; // the coordinator must hear of the loss, and not take this worker for an idle one
        _coordinator.Tell(lease);
    }

    /// <summary>Starts an asynchronous function when its turn comes.</summary>
    private sealed class Start(WorkerActor worker, Lease lease) : IAsyncPart
    {
        public void Run() => worker.Await(worker.Run(lease));

        public void Execute() => Run();
    }

    /// <summary>To itself: the engine's own code around a function threw, which ends the worker.</summary>
    private sealed record RunFailed(Exception Error) : IPoolMessage;

    private sealed record Initialize : IPoolMessage
    {
        public static readonly Initialize Instance = new();
    }
}
