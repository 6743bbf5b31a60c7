using Akka.Configuration;
using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Makes the threads of a dispatcher from its <c>worker-threads</c> section; Akka finds it by its name in HOCON.</summary>
internal sealed class WorkerThreadsConfigurator(Config config, IDispatcherPrerequisites prerequisites) : ExecutorServiceConfigurator(config, prerequisites)
{
    public override ExecutorService Produce(string id)
    {
        var section = Config.GetConfig("worker-threads");
        return new WorkerThreads(id, section.GetInt("max"), section.GetTimeSpan("keep-alive"), section.GetInt("spin"));
    }
}

/// <summary>Threads for code that may block: as many as there is work at a time, kept for a while when idle.</summary>
/// <remarks>
/// Akka's fork-join pool has a fixed number of threads, and a function that never returns, or waits for a nested call, would take one away for good. Here
/// each worker that is busy has a thread, whatever the others do. The thread that became idle last is used first: its caches are warm, and it may still be
/// spinning. Bounded by <c>max</c> threads; beyond that, work waits, and there is never more of it than there are workers.
/// </remarks>
internal sealed class WorkerThreads(string id, int most, TimeSpan keepAlive, int spin) : ExecutorService(id)
{
    private readonly Lock _lock = new();
    private readonly Stack<WorkerThread> _idle = [];
    private readonly Queue<IRunnable> _waiting = [];
    private int _threads;
    private long _started;
    private bool _closed;

    public override void Execute(IRunnable run)
    {
        WorkerThread? thread;
        lock (_lock)
        {
            if (!_idle.TryPop(out thread))
            {
                if (_threads == most)
                {
                    _waiting.Enqueue(run);
                    return;
                }
                _threads++;
                thread = new WorkerThread(this, $"{Id}-{++_started}");
            }
        }
        thread.Hand(run);
    }

    public override void Shutdown()
    {
        WorkerThread[] idle;
        lock (_lock)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
            _threads -= idle.Length;
        }
        foreach (var thread in idle)
            thread.Hand(null);
    }

    /// <summary>A thread asks for work: some at once, or a place among the idle; false when it is not needed any more.</summary>
    private bool TryNext(WorkerThread thread, out IRunnable? run)
    {
        lock (_lock)
        {
            if (_waiting.TryDequeue(out run))
                return true;
            if (_closed)
            {
                _threads--;
                return false;
            }
            _idle.Push(thread);
            return true;
        }
    }

    /// <summary>A thread has been idle for long; false when work is on its way to it.</summary>
    private bool TryLeave(WorkerThread thread)
    {
        lock (_lock)
        {
            if (!_idle.Contains(thread))
                return false;
            var others = _idle.Where(other => other != thread).Reverse().ToArray();
            _idle.Clear();
            foreach (var other in others)
                _idle.Push(other);
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

        private readonly SemaphoreSlim _handed = new(0, 1);
        private IRunnable? _next;
        private int _isHanded;
        private bool _isStarted;

        /// <summary>Gives the thread its next work, or null to end it.</summary>
        public void Hand(IRunnable? run)
        {
            _next = run;
            if (!_isStarted)
            {
                _isStarted = true;
                // Without the execution context of whoever happened to need the thread.
                new Thread(Loop) { IsBackground = true, Name = name }.UnsafeStart();
                return;
            }
            if (Interlocked.Exchange(ref _isHanded, Handed) == Parked)
                _handed.Release();
        }

        private void Loop()
        {
            for (var run = _next; run is not null; run = Next())
                run.Run();
        }

        private IRunnable? Next()
        {
            Volatile.Write(ref _isHanded, Empty);
            _next = null;
            if (!owner.TryNext(this, out var run))
                return null;
            if (run is not null)
                return run;
            return Await() ? _next : null;
        }

        private bool Await()
        {
            for (var i = 0; i < owner.Spins; i++)
            {
                if (Volatile.Read(ref _isHanded) == Handed)
                    return true;
                Thread.SpinWait(PauseOfSpin);
                // A thread that only burns its time slice keeps the one that would bring it work off the processor.
                if (i % SpinsToYield == SpinsToYield - 1)
                    Thread.Yield();
            }
            if (Interlocked.CompareExchange(ref _isHanded, Parked, Empty) == Handed || _handed.Wait(owner.KeepAlive))
                return true;
            if (owner.TryLeave(this))
                return false;
            _handed.Wait(); // somebody took it from the idle threads at this moment, and is about to hand it its work
            return true;
        }
    }

    private int Spins { get; } = spin;

    private TimeSpan KeepAlive { get; } = keepAlive;
}
