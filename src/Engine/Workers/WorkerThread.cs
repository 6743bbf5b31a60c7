using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>One of a pool's threads.</summary>
internal sealed class WorkerThread(WorkerThreads owner, string name)
{
    private const int IterationsPerSpin = 20; // half a microsecond
    private const int SpinsPerYield = 4;
    private const int Empty = 0;
    private const int Handed = 1;
    private const int Parked = 2;

    [ThreadStatic]
    private static WorkerThread? s_current;

    private readonly SemaphoreSlim _wake = new(0, 1);
    private readonly Queue<IRunnable> _local = []; // bounded by the actors that one run can wake
    private ExecutionContext? _cleanContext;
    private IRunnable? _next;
    private int _state;
    private bool _isStarted;
    private bool _isSuspended;

    public static WorkerThread? Current => s_current;

    public WorkerThreads Owner => owner;

    /// <summary>The lane in which the thread has a place; null before its first work.</summary>
    public Lane? Lane { get; set; }

    public bool IsInUserCode { get; private set; }

    /// <summary>Actors that wait for the thread.</summary>
    public int Queued => _local.Count;

    /// <summary>Whether it takes work itself while it spins.</summary>
    public bool LooksForWork { get; set; }

    public void RunNext(IRunnable run) => _local.Enqueue(run);

    /// <summary>Makes the calling thread, which another one has started, run the actors that it wakes.</summary>
    /// <remarks>It has no place in a lane: it is one thread more. <see cref="RunQueued"/> must follow what wakes actors.</remarks>
    public static WorkerThread Adopt(WorkerThreads owner)
    {
        var thread = new WorkerThread(owner, "") { _cleanContext = ExecutionContext.Capture() };
        return s_current = thread;
    }

    /// <summary>Runs the actors that were woken on an adopted thread.</summary>
    public void RunQueued()
    {
        while (_local.TryDequeue(out var run))
            run.Run();
    }

    public void EnterUserCode()
    {
        IsInUserCode = true;
        // A part has no place among the actors, and mostly nothing is queued on its thread: then there is nothing to move.
        if (_isSuspended || (_local.Count == 0 && !owner.HasActorsPlace(this)))
            return;
        _isSuspended = owner.TrySuspend(this, _local);
    }

    public void LeaveUserCode()
    {
        IsInUserCode = false;
        if (_isSuspended)
            owner.Resume();
        _isSuspended = false;
        // The code's AsyncLocals, culture included, must not reach the next function on this thread.
        if (_cleanContext is not null)
            ExecutionContext.Restore(_cleanContext);
    }

    /// <summary>Gives the thread its next work in a lane, or null to end it.</summary>
    public void Hand(IRunnable? run, Lane lane)
    {
        (_next, Lane) = (run, lane);
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
        return owner.TakeNextOrRest(this) ?? Spin() ?? owner.TakeNextOrIdle(this) ?? WaitForWork();
    }

    private IRunnable? Spin()
    {
        for (var i = 0; i < owner.Spins && Volatile.Read(ref _state) == Empty; i++)
        {
            if (LooksForWork && owner.HasStartable && owner.TryTakeSpinning(this) is { } run)
                return run;
            Thread.SpinWait(IterationsPerSpin);
            // A thread that only uses up its time slice keeps the thread that would bring it work off the processor.
            if (i % SpinsPerYield == SpinsPerYield - 1)
                Thread.Yield();
        }
        return null;
    }

    /// <returns>Null to end the thread.</returns>
    private IRunnable? WaitForWork()
    {
        if (Interlocked.CompareExchange(ref _state, Parked, Empty) == Handed || Wait(owner.KeepAlive))
            return _next;
        if (owner.TryRemoveIdle(this))
            return null;
        Wait(Timeout.InfiniteTimeSpan); // it was just taken from the idle threads, and is about to get its work
        return _next;
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
