using Akka.Dispatch;

namespace ActorPool.Workers;

/// <summary>Decides how many threads serve a queue of work.</summary>
/// <remarks>Not safe for several threads at a time: its owner locks.</remarks>
/// <param name="slots">How many threads serve it while none of them blocks.</param>
internal sealed class Lane(int slots)
{
    private readonly Queue<IRunnable> _waiting = []; // bounded by the actors and asynchronous functions of the system
    private int _serving;
    private int _companions;
    private int _stillTicks;
    private bool _hasProgressed;

    public int Waiting => _waiting.Count;

    public int Serving => _serving;

    /// <summary>How much of the waiting work may start now.</summary>
    public int Startable => Math.Max(0, Math.Min(_waiting.Count, slots + _companions - _serving));

    /// <summary>Takes a place for a thread, if one is free.</summary>
    public bool TryEnter()
    {
        if (_serving >= slots + _companions)
            return false;
        Enter();
        return true;
    }

    /// <summary>Takes a place for a thread that goes on, whether one is free or not.</summary>
    public void Enter()
    {
        _serving++;
        _hasProgressed = true;
    }

    /// <summary>Gives a thread's place back.</summary>
    public void Leave()
    {
        _serving--;
        // Who blocked is back: its companion was for that time.
        _companions = Math.Max(0, Math.Min(_companions, _serving - slots));
    }

    public void Enqueue(IRunnable run) => _waiting.Enqueue(run);

    /// <summary>Takes work for a thread that has a place.</summary>
    /// <returns>Null if there is none, or too many threads serve; the thread has no place then.</returns>
    public IRunnable? TakeOrLeave()
    {
        if (_serving <= slots + _companions && _waiting.TryDequeue(out var run))
        {
            _hasProgressed = true;
            return run;
        }
        Leave();
        return null;
    }

    /// <summary>Takes work for a thread that has no place, and a place for it.</summary>
    public IRunnable? TakeAndEnter() => _waiting.Count > 0 && TryEnter() ? _waiting.Dequeue() : null;

    /// <summary>Gives companions to threads that seem to block.</summary>
    /// <remarks>Since the last call none of them has taken work that waits.</remarks>
    /// <param name="isComputing">Whether the threads use the processors: then more threads help only later.</param>
    /// <returns>How many threads more may serve: as many as block, so that a crowd of them is met in few steps.</returns>
    public int AddCompanions(bool isComputing)
    {
        const int TicksWhileComputing = 10;
        var isStill = !_hasProgressed && _waiting.Count > 0;
        _hasProgressed = false;
        _stillTicks = isStill ? _stillTicks + 1 : 0;
        if (!isStill || isComputing && _stillTicks < TicksWhileComputing)
            return 0;
        _stillTicks = 0;
        var more = Math.Min(_waiting.Count, Math.Max(1, _serving));
        _companions = Math.Max(0, _serving - slots) + more;
        return more;
    }
}
