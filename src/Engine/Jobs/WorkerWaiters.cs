namespace ActorPool.Jobs;

/// <summary>Callers that wait until a pool has as many workers as they need.</summary>
/// <remarks>Any thread may call. The coordinator says how many workers there are; with no one waiting, that costs one look.</remarks>
internal sealed class WorkerWaiters
{
    private readonly Lock _lock = new();
    private readonly LinkedList<(int Workers, TaskCompletionSource Reached)> _waiting = new(); // one for each call that waits
    private int _count;
    private int _workers;
    private Exception? _end;

    /// <summary>Waits until the pool has at least this many workers.</summary>
    /// <returns>A task that fails when the pool ends before that, or can have no workers.</returns>
    public async Task WaitAsync(int workers, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        LinkedListNode<(int, TaskCompletionSource)> node;
        lock (_lock)
        {
            if (_end is not null)
                throw _end;
            node = _waiting.AddLast((workers, reached));
            // A full fence: the coordinator either sees the count, or has said before what is read here.
            Interlocked.Exchange(ref _count, _waiting.Count);
            if (Volatile.Read(ref _workers) >= workers)
                reached.TrySetResult();
        }
        try
        {
            await reached.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            lock (_lock)
            {
                _waiting.Remove(node);
                Volatile.Write(ref _count, _waiting.Count);
            }
        }
    }

    /// <summary>Says how many workers there are now.</summary>
    public void Update(int workers)
    {
        if (workers == _workers)
            return;
        Interlocked.Exchange(ref _workers, workers); // a full fence: see WaitAsync
        if (Volatile.Read(ref _count) == 0)
            return;
        lock (_lock)
        {
            foreach (var (needed, reached) in _waiting)
            {
                if (needed <= workers)
                    reached.TrySetResult();
            }
        }
    }

    /// <summary>Fails all who wait, and all who will.</summary>
    public void End(Exception reason)
    {
        lock (_lock)
        {
            _end ??= reason;
            foreach (var (_, reached) in _waiting)
                reached.TrySetException(_end);
        }
    }
}
