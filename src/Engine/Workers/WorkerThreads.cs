using System.Runtime.CompilerServices;
using ActorPool.Configuration;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Gives a dispatcher the pool's threads; Akka creates it by the name in HOCON.</summary>
internal sealed class WorkerThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites)
    : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new WorkerThreadsExecutor(id, WorkerThreads.For(Prerequisites.Settings));

    private sealed class WorkerThreadsExecutor(string id, WorkerThreads threads) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => threads.Execute(run);

        public override void Shutdown() => threads.Dismiss();
    }
}

/// <summary>The threads on which a pool's actors and the user's functions run.</summary>
/// <remarks>
/// There is a thread for each piece of work; idle ones are kept for a while. Akka's fork-join pool has a fixed number of threads, and a
/// function that never returns, or waits for a nested call, would occupy one permanently. Here each busy worker has a thread, whatever the
/// others do. What an actor starts (a worker its report, the coordinator its next chunk) runs on the same thread right after it, so that a
/// chunk costs no change of thread. But nothing waits for user code: before it begins, the work that is queued on the thread moves to other
/// threads (<see cref="EnterUserCode"/>). The thread that became idle last is used first: its caches are warm, and it may still be
/// spinning. Beyond <c>max</c> threads, work waits for one.
/// </remarks>
internal sealed class WorkerThreads(int max, TimeSpan keepAlive, int spins)
{
    private static readonly ConditionalWeakTable<Settings, WorkerThreads> s_bySystem = [];

    [ThreadStatic]
    private static WorkerThread? s_current;

    private readonly Lock _lock = new();
    private readonly List<WorkerThread> _idle = []; // the last one is used first
    private readonly Queue<IRunnable> _waiting = [];
    private int _threads;
    private long _started;

    /// <summary>Returns the threads of an actor system; its pools share them.</summary>
    public static WorkerThreads For(Settings settings) => s_bySystem.GetValue(settings, static key =>
    {
        var section = key.Config.GetConfig($"{PoolSettings.WorkerDispatcher}.worker-threads");
        return new WorkerThreads(section.GetInt("max"), section.GetTimeSpan("keep-alive"), section.GetInt("spin"));
    });

    /// <summary>Must be called before code that may block.</summary>
    /// <remarks>
    /// The work that is queued on this thread moves to other threads, and all that the code starts runs on other threads.
    /// </remarks>
    public static void EnterUserCode() => s_current?.EnterUserCode();

    public static void LeaveUserCode() => s_current?.LeaveUserCode();

    public void Execute(IRunnable run)
    {
        if (s_current is { IsInUserCode: false } current && current.BelongsTo(this))
            current.RunNext(run);
        else
            RunElsewhere(run);
    }

    /// <summary>Lets the idle threads end.</summary>
    public void Dismiss()
    {
        WorkerThread[] idle;
        lock (_lock)
        {
            idle = [.. _idle];
            _idle.Clear();
            _threads -= idle.Length;
        }
        foreach (var thread in idle)
            thread.Hand(null);
    }

    private void RunElsewhere(IRunnable run)
    {
        WorkerThread thread;
        lock (_lock)
        {
            if (_idle.Count > 0)
            {
                thread = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }
            else if (_threads == max)
            {
                _waiting.Enqueue(run);
                return;
            }
            else
            {
                _threads++;
                thread = new WorkerThread(this, $"actorpool-{++_started}");
            }
        }
        thread.Hand(run);
    }

    /// <summary>Returns work that waits for a thread; without any, makes the thread idle.</summary>
    /// <returns>Null if the thread is idle now.</returns>
    private IRunnable? TakeWaitingOrIdle(WorkerThread thread)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var run))
                return run;
            _idle.Add(thread);
            return null;
        }
    }

    /// <summary>Removes a thread that was idle for long; false when it gets work.</summary>
    private bool TryRemoveIdle(WorkerThread thread)
    {
        lock (_lock)
        {
            if (!_idle.Remove(thread))
                return false;
            _threads--;
            return true;
        }
    }

    private sealed class WorkerThread(WorkerThreads owner, string name)
    {
        private const int IterationsPerSpin = 20; // half a microsecond
        private const int SpinsPerYield = 4;
        private const int Empty = 0;
        private const int Handed = 1;
        private const int Parked = 2;

        private readonly SemaphoreSlim _wake = new(0, 1);
        private readonly Queue<IRunnable> _local = []; // bounded by the actors that one run can wake
        private ExecutionContext? _cleanContext;
        private IRunnable? _next;
        private int _state;
        private bool _isStarted;

        public bool IsInUserCode { get; private set; }

        public bool BelongsTo(WorkerThreads threads) => ReferenceEquals(owner, threads);

        public void RunNext(IRunnable run) => _local.Enqueue(run);

        public void EnterUserCode()
        {
            IsInUserCode = true;
            while (_local.TryDequeue(out var run))
                owner.RunElsewhere(run);
        }

        public void LeaveUserCode()
        {
            IsInUserCode = false;
            // The code's AsyncLocals, culture included, must not reach the next function on this thread.
            if (_cleanContext is not null)
                ExecutionContext.Restore(_cleanContext);
        }

        /// <summary>Gives the thread its next work, or null to end it.</summary>
        public void Hand(IRunnable? run)
        {
            _next = run;
            if (!_isStarted)
            {
                _isStarted = true;
                // Without the execution context of the code that happened to need the thread.
                new Thread(Loop) { IsBackground = true, Name = name }.UnsafeStart();
            }
            else if (Interlocked.Exchange(ref _state, Handed) == Parked)
            {
                _wake.Release();
            }
        }

        private void Loop()
        {
            s_current = this;
            _cleanContext = ExecutionContext.Capture();
            for (var run = _next; run is not null; run = _local.TryDequeue(out var local) ? local : GetNext())
                run.Run();
        }

        private IRunnable? GetNext()
        {
            Volatile.Write(ref _state, Empty);
            _next = null;
            if (owner.TakeWaitingOrIdle(this) is { } waiting)
                return waiting;
            return WaitForWork() ? _next : null;
        }

        private bool WaitForWork()
        {
            for (var i = 0; i < owner.Spins; i++)
            {
                if (Volatile.Read(ref _state) == Handed)
                    return true;
                Thread.SpinWait(IterationsPerSpin);
                // A thread that only uses up its time slice keeps the thread that would bring it work off the processor.
                if (i % SpinsPerYield == SpinsPerYield - 1)
                    Thread.Yield();
            }
            if (Interlocked.CompareExchange(ref _state, Parked, Empty) == Handed || Wait(owner.KeepAlive))
                return true;
            if (owner.TryRemoveIdle(this))
                return false;
            Wait(Timeout.InfiniteTimeSpan); // it was just taken from the idle threads, and is about to get its work
            return true;
        }

        private bool Wait(TimeSpan limit)
        {
            while (true)
            {
                try
                {
                    return _wake.Wait(limit);
                }
                catch (ThreadInterruptedException)
                {
                    // A function, or code that kept the thread, interrupted it. The interrupt was meant for a function that has ended.
                }
            }
        }
    }

    private int Spins { get; } = spins;

    private TimeSpan KeepAlive { get; } = keepAlive;
}
