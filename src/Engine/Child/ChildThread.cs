using System.Collections.Concurrent;
using ActorPool.Workers;

namespace ActorPool.Child;

/// <summary>The thread on which a worker process runs the user's code.</summary>
/// <remarks>
/// What asynchronous functions post to their context comes back to it, between the parts of chunks and while it awaits one. A function that
/// blocks its thread until its own continuation has run, as <c>GetAwaiter().GetResult()</c> on a task does, would wait forever: so another
/// thread runs what is posted when this one waits in the function and takes nothing for some ten milliseconds. Worker threads do the same.
/// </remarks>
internal sealed class ChildThread
{
    private const int LooksWhileRunning = 100; // it may only have no processor; but it may wait in native code

    private readonly ConcurrentQueue<(SendOrPostCallback Callback, object? State)> _posted = new(); // bounded by the functions' awaits
    private readonly ManualResetEventSlim _wake = new(initialState: false, spinCount: 0);
    private readonly ChildSynchronizationContext _context;
    private readonly LaneWatch _watch;
    private Thread? _thread;
    private ExecutionContext? _clean;
    private bool _isWaiting;
    private long _taken;
    private long _takenAtLook; // used only by the watch, like the next
    private int _stillLooks;

    public ChildThread()
    {
        _context = new ChildSynchronizationContext(this);
        _watch = new LaneWatch(_ => Look());
    }

    /// <summary>Starts the thread.</summary>
    /// <param name="run">What it does; it uses the members below.</param>
    public void Start(Action run)
    {
        // Without the execution context of the code that starts it.
        _thread = new Thread(() =>
        {
            _clean = ExecutionContext.Capture();
            run();
        })
        {
            IsBackground = true,
            Name = "actorpool-worker",
        };
        _thread.UnsafeStart();
    }

    /// <summary>Runs a callback on the thread. Any thread may call.</summary>
    public void Post(SendOrPostCallback callback, object? state)
    {
        _posted.Enqueue((callback, state));
        _wake.Set();
        if (!Volatile.Read(ref _isWaiting))
            _watch.Start();
    }

    /// <summary>Makes <see cref="RunPostedOrWait"/> return. Any thread may call.</summary>
    public void Wake() => _wake.Set();

    /// <summary>Must be called before the thread looks for what it waits for.</summary>
    /// <remarks>What comes after this call ends the next wait.</remarks>
    public void PrepareToWait() => _wake.Reset();

    /// <summary>Runs one posted callback; if there is none, waits for one, or to be woken.</summary>
    public void RunPostedOrWait()
    {
        if (TryRunPosted())
            return;
        Volatile.Write(ref _isWaiting, true);
        try
        {
            _wake.Wait();
        }
        catch (ThreadInterruptedException)
        {
            // A function interrupted its thread and has ended. The interrupt was meant for that function.
        }
        finally
        {
            Volatile.Write(ref _isWaiting, false);
        }
    }

    /// <summary>Runs the user's code, and what it posts until it is done.</summary>
    /// <param name="run">Starts it; what it throws is thrown.</param>
    /// <param name="isAsync">Whether it may go on after it has returned.</param>
    public void Run(Func<ValueTask> run, bool isAsync)
    {
        var ran = RunFirst(run, isAsync);
        if (!ran.IsCompleted)
            RunUntilDone(ran);
        else
            ran.GetAwaiter().GetResult();
    }

    private ValueTask RunFirst(Func<ValueTask> run, bool isAsync)
    {
        if (isAsync)
            SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            return run();
        }
        finally
        {
            LeaveUserCode();
        }
    }

    private void RunUntilDone(ValueTask ran)
    {
        var isDone = false;
        var awaiter = ran.ConfigureAwait(false).GetAwaiter();
        awaiter.UnsafeOnCompleted(() =>
        {
            Volatile.Write(ref isDone, true);
            _wake.Set();
        });
        for (PrepareToWait(); !Volatile.Read(ref isDone); PrepareToWait())
            RunPostedOrWait();
        awaiter.GetResult();
    }

    private bool TryRunPosted()
    {
        if (!_posted.TryDequeue(out var posted))
            return false;
        Interlocked.Increment(ref _taken);
        SynchronizationContext.SetSynchronizationContext(_context);
        try
        {
            posted.Callback(posted.State);
        }
        finally
        {
            LeaveUserCode();
        }
        return true;
    }

    // The code's AsyncLocals, culture included, must not reach the next function on this thread.
    private void LeaveUserCode()
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (_clean is not null)
            ExecutionContext.Restore(_clean);
    }

    /// <summary>Lets another thread run what is posted, if this one seems to block.</summary>
    /// <returns>Whether something is posted.</returns>
    private bool Look()
    {
        var (isPosted, taken) = (!_posted.IsEmpty, Interlocked.Read(ref _taken));
        var isStill = isPosted && taken == _takenAtLook && !Volatile.Read(ref _isWaiting);
        _stillLooks = isStill ? _stillLooks + 1 : 0;
        _takenAtLook = taken;
        // While it runs, or waits for a processor, another thread would only take its place.
        var isBlocked = _thread!.ThreadState.HasFlag(ThreadState.WaitSleepJoin);
        if (_stillLooks >= (isBlocked ? 1 : LooksWhileRunning))
        {
            _stillLooks = 0;
            new Thread(RunAllPosted) { IsBackground = true, Name = "actorpool-companion" }.UnsafeStart();
        }
        return isPosted;
    }

    private void RunAllPosted()
    {
        while (TryRunPosted())
        {
            // until nothing is posted
        }
    }
}
