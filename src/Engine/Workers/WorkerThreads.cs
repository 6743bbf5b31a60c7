using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using ActorPool.Hosting;

namespace ActorPool.Workers;

/// <summary>Gives a dispatcher the pool's threads; Akka finds it by its name in HOCON.</summary>
internal sealed class WorkerThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id) => new WorkerThreadsExecutor(id, WorkerThreads.Of(Prerequisites.Settings));

    private sealed class WorkerThreadsExecutor(string id, WorkerThreads threads) : ExecutorService(id)
    {
        public override void Execute(IRunnable run) => threads.Execute(run);

        public override void Shutdown() => threads.Dismiss();
    }
}

/// <summary>The threads on which a pool's actors and its user's functions run: as many as there is work at a time, kept for a while when idle.</summary>
/// <remarks>
/// Akka's fork-join pool has a fixed number of threads, and a function that never returns, or waits for a nested call, would take one away for good. Here each
/// worker that is busy has a thread, whatever the others do. What an actor starts (a worker its report, the coordinator its next chunk) runs on the same thread
/// right after it, so that a chunk costs no change of thread; but nothing waits for user code: before it begins, what is left goes to other threads
/// (<see cref="EnterUserCode"/>). The thread that became idle last is used first: its caches are warm, and it may still be spinning. Beyond <c>max</c> threads work waits, and there
/// is never more of it than there are actors.
/// </remarks>
internal sealed class WorkerThreads(int most, TimeSpan keepAlive, int spins)
{
    private static readonly ConditionalWeakTable<Settings, WorkerThreads> s_ofSystem = [];

    [ThreadStatic]
    private static WorkerThread? t_current;

    private readonly Lock _lock = new();
    private readonly List<WorkerThread> _idle = []; // the last one is used first
    private readonly Queue<IRunnable> _waiting = [];
    private int _threads;
    private long _started;

    /// <summary>The threads of an actor system; its pools share them.</summary>
    public static WorkerThreads Of(Settings settings) => s_ofSystem.GetValue(settings, static of =>
    {
        var section = of.Config.GetConfig($"{PoolSettings.WorkerDispatcher}.worker-threads");
        return new WorkerThreads(section.GetInt("max"), section.GetTimeSpan("keep-alive"), section.GetInt("spin"));
    });

    /// <summary>Must be called before code that may block: what this thread was to run next goes to others, and so does all that the code starts.</summary>
    public static void EnterUserCode() => t_current?.EnterUserCode();

    public static void LeaveUserCode() => t_current?.LeaveUserCode();

    public void Execute(IRunnable run)
    {
        if (t_current is { IsInUserCode: false } current && current.IsOf(this))
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
            else if (_threads == most)
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

    /// <summary>A thread takes work that waits, or a place among the idle.</summary>
    private IRunnable? NextOrIdle(WorkerThread thread)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out var run))
                return run;
            _idle.Add(thread);
            return null;
        }
    }

    /// <summary>A thread has been idle for long; false when work is on its way to it.</summary>
    private bool TryLeave(WorkerThread thread)
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
        private const int PauseOfSpin = 20; // half a microsecond
        private const int SpinsToYield = 4;
        private const int Empty = 0;
        private const int Handed = 1;
        private const int Parked = 2;

        private readonly SemaphoreSlim _wake = new(0, 1);
        private readonly Queue<IRunnable> _local = []; // bounded by the actors that one run can wake
        private ExecutionContext? _clean;
        private IRunnable? _next;
        private int _state;
        private bool _isStarted;

        public bool IsInUserCode { get; private set; }

        public bool IsOf(WorkerThreads threads) => ReferenceEquals(owner, threads);

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
            // What the code left in its AsyncLocals, culture included, is not for the next function on this thread.
            if (_clean is not null)
                ExecutionContext.Restore(_clean);
        }

        /// <summary>Gives the thread its next work, or null to end it.</summary>
        public void Hand(IRunnable? run)
        {
            _next = run;
            if (!_isStarted)
            {
                _isStarted = true;
                // Without the execution context of whoever happened to need the thread.
                new Thread(Loop) { IsBackground = true, Name = name }.UnsafeStart();
            }
            else if (Interlocked.Exchange(ref _state, Handed) == Parked)
            {
                _wake.Release();
            }
        }

        private void Loop()
        {
            t_current = this;
            _clean = ExecutionContext.Capture();
            for (var run = _next; run is not null; run = _local.TryDequeue(out var local) ? local : Next())
                run.Run();
        }

        private IRunnable? Next()
        {
            Volatile.Write(ref _state, Empty);
            _next = null;
            if (owner.NextOrIdle(this) is { } waiting)
                return waiting;
            return Await() ? _next : null;
        }

        private bool Await()
        {
            for (var i = 0; i < owner.Spins; i++)
            {
                if (Volatile.Read(ref _state) == Handed)
                    return true;
                Thread.SpinWait(PauseOfSpin);
                // A thread that only burns its time slice keeps the one that would bring it work off the processor.
                if (i % SpinsToYield == SpinsToYield - 1)
                    Thread.Yield();
            }
            if (Interlocked.CompareExchange(ref _state, Parked, Empty) == Handed || Wait(owner.KeepAlive))
                return true;
            if (owner.TryLeave(this))
                return false;
            Wait(Timeout.InfiniteTimeSpan); // somebody took it from the idle threads at this moment, and is about to hand it its work
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
                    // A function interrupted its thread, or somebody did who kept it: meant for the function, which is over.
                }
            }
        }
    }

    private int Spins { get; } = spins;

    private TimeSpan KeepAlive { get; } = keepAlive;
}
