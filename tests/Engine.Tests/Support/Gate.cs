namespace ActorPool.Tests.Support;

/// <summary>A door at which functions wait until the test opens it, so that no test depends on how long something takes.</summary>
public sealed class Gate
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>Functions that have come to the gate so far, those that have passed it included.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public void Open()
    {
        _open.Set();
        _opened.TrySetResult();
    }

    /// <summary>Holds the calling thread until the gate is open, whatever is cancelled meanwhile.</summary>
    public void Pass()
    {
        Interlocked.Increment(ref _arrived);
        if (!_open.Wait(Deadline.Limit))
            throw Deadline.Hang("a function at a gate that nobody opened", pool: null);
    }

    /// <summary>Waits for the gate without holding a thread, and gives up when cancelled.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _arrived);
        await _opened.Task.WaitAsync(Deadline.Limit, cancellationToken);
    }

    /// <summary>Waits until so many functions have come.</summary>
    public Task HasArrived(int functions, string phase, WorkerPool? pool = null) =>
        Deadline.Until(() => Arrived >= functions, $"{phase}: {functions} functions at the gate", pool);
}
