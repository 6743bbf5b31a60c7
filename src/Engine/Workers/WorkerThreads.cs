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

/// <summary>A part of an asynchronous function, from one await to the next.</summary>
internal interface IAsyncPart : IRunnable;

/// <summary>The threads on which a pool's actors and the user's functions run.</summary>
/// <remarks>
/// <para>
/// A synchronous function has a thread, whatever the others do: Akka's fork-join pool has a fixed number of threads, and a function that
/// never returns, or waits for a nested call, would occupy one permanently. What an actor starts (a worker its report, the coordinator its
/// next chunk) runs on the same thread right after it, so that a chunk costs no change of thread. But nothing waits for user code: before
/// it begins, the work that is queued on the thread moves to others (<see cref="EnterUserCode"/>).
/// </para>
/// <para>
/// Actors, and the parts of asynchronous functions between their awaits, share a thread for each processor, in two lanes
/// (<see cref="Lane"/>). A part that blocks is noticed within some ten milliseconds, and another thread serves its lane meanwhile.
/// </para>
/// <para>
/// A thread without work spins for a while and takes what comes, so that who brings work need not hand it to a thread; then it is idle. The
/// thread that became idle last is used first: its caches are warm. Beyond <c>max</c> threads, work waits for one.
/// </para>
/// </remarks>
internal sealed class WorkerThreads
{
    private const int ManyActors = 32; // as start at once on a wide pool only
    private const int MaxSpinning = 8; // that look for work: more would only compete for it

    private static readonly ConditionalWeakTable<Settings, WorkerThreads> s_bySystem = [];

    private readonly int _max;
    private readonly Lock _lock = new();
    private readonly List<WorkerThread> _idle = []; // the last one is used first
    private readonly List<WorkerThread> _spinning = [];
    private readonly Lane _actors;
    private readonly Lane _parts;
    private readonly LaneWatch _watch;
    private int _startable; // work that may start now, for which no thread was taken: spinning threads take it
    private int _threads;
    private long _started;

    public WorkerThreads(int max, TimeSpan keepAlive, int spins, int? processors = null)
    {
        (_max, KeepAlive, Spins) = (max, keepAlive, spins);
        var slots = processors ?? Environment.ProcessorCount;
        (_actors, _parts) = (new Lane(slots), new Lane(slots));
        _watch = new LaneWatch(AddCompanions);
    }

    public int Spins { get; }

    public TimeSpan KeepAlive { get; }

    /// <summary>Whether a thread that spins may take work.</summary>
    public bool HasStartable => Volatile.Read(ref _startable) > 0;

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
    public static void EnterUserCode() => WorkerThread.Current?.EnterUserCode();

    public static void LeaveUserCode() => WorkerThread.Current?.LeaveUserCode();

    /// <summary>Whether a part of an asynchronous function may run on this thread now.</summary>
    /// <remarks>
    /// Not while many actors wait: they would move to another thread, so that each of 10,000 workers that start costs a change of thread.
    /// If it may, <see cref="LeavePart"/> must follow it; if not, it is executed as an <see cref="IAsyncPart"/>.
    /// </remarks>
    public static bool TryEnterPart() => WorkerThread.Current is not { } current
        || (current.Queued < ManyActors && current.Owner.TryTakePlaceForPart());

    public static void LeavePart() => WorkerThread.Current?.Owner.ReturnPlaceOfPart();

    public void Execute(IRunnable run)
    {
        if (run is IAsyncPart)
            Start(_parts, run);
        else if (WorkerThread.Current is { IsInUserCode: false } current && ReferenceEquals(current.Owner, this))
            current.RunNext(run);
        else
            Start(_actors, run);
    }

    /// <summary>Lets the idle threads end.</summary>
    public void Dismiss()
    {
        WorkerThread[] idle;
        lock (_lock)
        {
            var needed = Math.Min(_startable, _spinning.Count); // for work that waits for them
            idle = [.. _idle, .. _spinning.Skip(needed)];
            _idle.Clear();
            _spinning.RemoveRange(needed, _spinning.Count - needed);
            _threads -= idle.Length;
        }
        foreach (var thread in idle)
            thread.Hand(null, _actors);
    }

    /// <summary>Whether a thread has a place in the lane of actors.</summary>
    public bool HasActorsPlace(WorkerThread thread) => ReferenceEquals(thread.Lane, _actors);

    /// <summary>Frees the place of a thread in the lane of actors.</summary>
    /// <remarks>It has none for as long as it runs user code.</remarks>
    /// <param name="current">The thread.</param>
    /// <param name="queued">The work that was queued on it; it moves to the lane.</param>
    /// <returns>Whether it had such a place.</returns>
    public bool TrySuspend(WorkerThread current, Queue<IRunnable> queued)
    {
        WorkerThread? thread = null;
        IRunnable? run;
        var isActor = HasActorsPlace(current);
        bool isWaiting;
        lock (_lock)
        {
            if (isActor)
                _actors.Leave();
            while (queued.TryDequeue(out var next))
                _actors.Enqueue(next);
            run = TakeThreadFor(_actors, ref thread);
            isWaiting = _actors.Waiting > 0;
        }
        thread?.Hand(run, _actors);
        if (isWaiting)
            _watch.Start();
        return isActor;
    }

    /// <summary>Takes the place back; there may be one thread too many for a moment.</summary>
    public void Resume()
    {
        lock (_lock)
            _actors.Enter();
    }

    /// <summary>Gets the next work of a thread that has ended its last.</summary>
    /// <returns>Null: the thread has no place any longer, and should spin.</returns>
    public IRunnable? TakeNextOrRest(WorkerThread thread)
    {
        lock (_lock)
        {
            var run = thread.Lane!.TakeOrLeave() ?? TakeAny(thread);
            if (run is null)
            {
                thread.LooksForWork = _spinning.Count < MaxSpinning;
                (thread.LooksForWork ? _spinning : _idle).Add(thread);
            }
            CountStartable();
            return run;
        }
    }

    /// <summary>Gets work for a thread that spins; null if another one was faster.</summary>
    public IRunnable? TryTakeSpinning(WorkerThread thread)
    {
        lock (_lock)
        {
            // The last ones first: those that are not needed go to sleep, and leave the processors to the program.
            var place = _spinning.LastIndexOf(thread);
            if (place < 0 || _spinning.Count - place > _startable || TakeAny(thread) is not { } run)
                return null;
            _spinning.Remove(thread);
            CountStartable();
            return run;
        }
    }

    /// <summary>Gets work for a thread that has spun; without any, makes it idle.</summary>
    /// <returns>Null if the thread is idle now, or was dismissed.</returns>
    public IRunnable? TakeNextOrIdle(WorkerThread thread)
    {
        lock (_lock)
        {
            if (!_spinning.Remove(thread))
                return null;
            if (TakeAny(thread) is { } run)
            {
                CountStartable();
                return run;
            }
            _idle.Add(thread);
            return null;
        }
    }

    /// <summary>Removes a thread that was idle for long; false when it gets work.</summary>
    public bool TryRemoveIdle(WorkerThread thread)
    {
        lock (_lock)
        {
            if (!_idle.Remove(thread))
                return false;
            _threads--;
            return true;
        }
    }

    private void Start(Lane lane, IRunnable run)
    {
        WorkerThread? thread = null;
        IRunnable? next;
        bool isWaiting;
        lock (_lock)
        {
            lane.Enqueue(run);
            next = TakeThreadFor(lane, ref thread);
            isWaiting = lane.Waiting > lane.Startable;
        }
        thread?.Hand(next, lane);
        if (isWaiting)
            _watch.Start();
    }

    private bool TryTakePlaceForPart()
    {
        lock (_lock)
            return _actors.Waiting < ManyActors && _parts.TryEnter();
    }

    private void ReturnPlaceOfPart()
    {
        WorkerThread? thread = null;
        IRunnable? run;
        lock (_lock)
        {
            _parts.Leave();
            run = TakeThreadFor(_parts, ref thread);
        }
        thread?.Hand(run, _parts);
    }

    // The work that waits longest in a lane that has a free place, and a thread for it, unless threads that spin will take it.
    private IRunnable? TakeThreadFor(Lane lane, ref WorkerThread? thread)
    {
        CountStartable();
        if (_startable <= _spinning.Count || (_idle.Count == 0 && _threads == _max) || lane.TakeAndEnter() is not { } run)
            return null;
        CountStartable();
        if (_idle.Count > 0)
        {
            thread = _idle[^1];
            _idle.RemoveAt(_idle.Count - 1);
        }
        else
        {
            _threads++;
            thread = new WorkerThread(this, $"actorpool-{++_started}");
        }
        return run;
    }

    private IRunnable? TakeAny(WorkerThread thread)
    {
        foreach (var lane in (ReadOnlySpan<Lane>)[_actors, _parts])
        {
            if (lane.TakeAndEnter() is not { } run)
                continue;
            thread.Lane = lane;
            return run;
        }
        return null;
    }

    private void CountStartable() => Volatile.Write(ref _startable, _actors.Startable + _parts.Startable);

    /// <returns>Whether work waits.</returns>
    private bool AddCompanions(bool isComputing)
    {
        var isWaiting = false;
        foreach (var lane in (ReadOnlySpan<Lane>)[_actors, _parts])
        {
            var more = 0;
            lock (_lock)
            {
                more = lane.AddCompanions(isComputing);
                isWaiting |= lane.Waiting > 0;
            }
            for (; more > 0; more--)
            {
                WorkerThread? thread = null;
                IRunnable? run;
                lock (_lock)
                    run = TakeThreadFor(lane, ref thread);
                thread?.Hand(run, lane);
            }
        }
        return isWaiting;
    }
}
