using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>Sends frames in order over one stream, from any thread, and keeps no thread for it.</summary>
/// <remarks>
/// Whoever adds a frame while nobody writes becomes the pump: it writes at once, on its own thread, as long as the socket takes all and the share of
/// one caller is not used up; the rest goes on where the socket completes or on the thread pool. So a small frame to an idle connection costs one
/// system call and no change of threads, and no actor's handler pumps for others.
/// </remarks>
/// <param name="stream">Written by the pump alone.</param>
/// <param name="windowBytes">Bytes that wait at most.</param>
/// <param name="onFailed">Called once, by the pump, when the stream failed.</param>
internal sealed class FrameSender(Stream stream, long windowBytes, Action<Exception> onFailed)
{
    /// <summary>Bytes that a caller writes on its own thread before the pump moves to the thread pool: a few microseconds of copying.</summary>
    private const int InlineBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SendQueue _queue = new(windowBytes);
    private readonly LinkedList<Waiter> _waiters = new(); // as many as there are callers of SendAsync: each waits for its own
    private bool _closed;  // no frame is taken any more
    private bool _stopped; // nothing is written any more
    private bool _pumping;
    private TaskCompletionSource? _idle;

    /// <summary>Bytes of frames that were taken and are not yet in the socket.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_gate)
                return _queue.Bytes;
        }
    }

    /// <summary>Takes a frame if there is room for it; disposes its body in any case, when it is sent or at once.</summary>
    public bool TrySend(byte kind, PayloadWriter body)
    {
        bool pump;
        lock (_gate)
        {
            // Behind those who wait already, or a stream of small frames would let a large one wait for ever.
            if (_closed || _waiters.Count > 0 || !_queue.HasRoomFor(body.Length))
            {
                body.Dispose();
                return false;
            }
            _queue.Add(kind, body);
            pump = BecomePump();
        }
        if (pump)
            _ = PumpAsync();
        return true;
    }

    /// <summary>Takes a frame as soon as there is room for it.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(byte kind, PayloadWriter body, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter>? place = null;
        var pump = false;
        lock (_gate)
        {
            if (_closed || cancellationToken.IsCancellationRequested)
            {
                body.Dispose();
                return _closed ? ValueTask.FromException(Closed()) : ValueTask.FromCanceled(cancellationToken);
            }
            if (_waiters.Count > 0 || !_queue.HasRoomFor(body.Length))
            {
                place = _waiters.AddLast(new Waiter(kind, body));
            }
            else
            {
                _queue.Add(kind, body);
                pump = BecomePump();
            }
        }
        if (pump)
            _ = PumpAsync();
        return place is null ? default : new ValueTask(WaitAsync(place, cancellationToken));
    }

    /// <summary>Sends one last frame behind all that were taken, and takes none from now on.</summary>
    /// <returns>Whether this was the first farewell, and the connection still open.</returns>
    public bool TryFarewell(ReadOnlySpan<byte> body)
    {
        bool pump;
        lock (_gate)
        {
            if (_closed)
                return false;
            Close();
            _queue.Add(Frame.Farewell, body);
            pump = BecomePump();
        }
        if (pump)
            _ = PumpAsync();
        return true;
    }

    /// <summary>Writes nothing more; what waits is dropped. A write that is under way ends when the stream is disposed.</summary>
    public void Stop()
    {
        lock (_gate)
        {
            Close();
            _stopped = true;
            if (!_pumping) // the pump clears up itself: what it writes may belong to a body that still waits
                _queue.Clear();
        }
    }

    /// <summary>Completes when nobody writes: everything was sent, or the sender was stopped.</summary>
    public Task Idle()
    {
        lock (_gate)
            return _pumping ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task : Task.CompletedTask;
    }

    private static IOException Closed() => new("The data connection is closed.");

    private bool BecomePump()
    {
        if (_pumping)
            return false;
        return _pumping = true;
    }

    private void Close()
    {
        _closed = true;
        foreach (var waiter in _waiters)
        {
            waiter.Body.Dispose();
            waiter.Taken.TrySetException(Closed());
        }
        _waiters.Clear();
    }

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister((_, token) => GiveUp(node, token), null).ConfigureAwait(false);
        await node.Value.Taken.Task.ConfigureAwait(false);
    }

    private void GiveUp(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        var pump = false;
        lock (_gate)
        {
            if (node.List is null)
                return;
            _waiters.Remove(node);
            node.Value.Body.Dispose();
            Admit(); // a large frame that gives up may have kept smaller ones waiting
            if (_queue.Bytes > 0)
                pump = BecomePump();
        }
        node.Value.Taken.TrySetCanceled(cancellationToken);
        if (pump)
            _ = PumpAsync();
    }

    // ConfigureAwait(false) throughout: the pump may have begun in an actor's handler, and must not come back to it.
    private async Task PumpAsync()
    {
        Exception? failure = null;
        var own = InlineBytes;
        while (TryTake(out var piece))
        {
            try
            {
                own -= piece.Memory.Length;
                if (own < 0)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    own = int.MaxValue;
                }
                await stream.WriteAsync(piece.Memory).ConfigureAwait(false);
            }
            catch (Exception e)
            {
                failure ??= e;
                lock (_gate)
                {
                    Close();
                    _stopped = true;
                }
            }
            Written(piece);
        }
        if (failure is not null)
            onFailed(failure);
    }

    private bool TryTake(out SendQueue.Piece piece)
    {
        lock (_gate)
        {
            if (_stopped)
                _queue.Clear();
            if (_queue.TryTake(out piece))
                return true;
            _pumping = false;
            _idle?.TrySetResult();
            _idle = null;
            return false;
        }
    }

    private void Written(in SendQueue.Piece piece)
    {
        lock (_gate)
        {
            _queue.Release(piece);
            Admit();
        }
    }

    private void Admit()
    {
        while (_waiters.First is { } node && _queue.HasRoomFor(node.Value.Body.Length))
        {
            _waiters.RemoveFirst();
            _queue.Add(node.Value.Kind, node.Value.Body);
            node.Value.Taken.TrySetResult();
        }
    }

    private sealed record Waiter(byte Kind, PayloadWriter Body)
    {
        public TaskCompletionSource Taken { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
