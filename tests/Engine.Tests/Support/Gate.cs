namespace ActorPool.Tests.Support;

/// <summary>A gate at which functions wait until the test opens it.</summary>
/// <remarks>So no test depends on how long something takes.</remarks>
public sealed class Gate
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _arrived;

    /// <summary>Functions that have reached the gate so far, including those that have passed it.</summary>
    public int Arrived => Volatile.Read(ref _arrived);

    public void Open()
    {
        _open.Set();
        _opened.TrySetResult();
    }

    /// <summary>Blocks the calling thread until the gate is open; ignores cancellation.</summary>
    public void Pass()
    {
        Interlocked.Increment(ref _arrived);
        if (!_open.Wait(Deadline.Limit))
            throw Deadline.CreateHangException("a function at a gate that the test did not open", pool: null);
    }

    /// <summary>Waits for the gate without blocking a thread, and throws when cancelled.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _arrived);
        await _opened.Task.WaitAsync(Deadline.Limit, cancellationToken);
    }

    /// <summary>Waits until this number of functions has reached the gate.</summary>
    public Task HasArrived(int functions, string phase, WorkerPool? pool = null) =>
        Deadline.Until(() => Arrived >= functions, $"{phase}: {functions} functions at the gate", pool);
}
