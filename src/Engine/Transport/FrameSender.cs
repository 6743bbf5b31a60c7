using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>Sends frames in order over one stream, from any thread, without a dedicated thread.</summary>
/// <remarks>
/// A caller that adds a frame while no one writes becomes the pump. It writes at once, on the caller's thread, until the socket is full or
/// <see cref="InlineBytes"/> are written; after that the pump continues where the socket completes or on the thread pool. So a small frame
/// on an idle connection costs one system call and no thread switch, and an actor's handler never writes much for other callers.
/// </remarks>
/// <param name="stream">Written only by the pump.</param>
/// <param name="windowBytes">Bytes that may wait; a frame larger than this is taken when nothing waits.</param>
/// <param name="onFailed">Called once, by the pump, when the stream has failed.</param>
internal sealed class FrameSender(Stream stream, long windowBytes, Action<Exception> onFailed)
{
    /// <summary>Bytes that a caller's thread writes before the pump moves to the thread pool.</summary>
    /// <remarks>Copying them takes a few microseconds.</remarks>
    private const int InlineBytes = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly SendQueue _queue = new(windowBytes);
    private readonly LinkedList<Waiter> _waiters = new(); // one for each call of SendAsync that waits
    private bool _closed;  // no more frames are taken
    private bool _stopped; // nothing more is written
    private bool _pumping;
    private TaskCompletionSource? _idle;

    /// <summary>Counts what is written.</summary>
    public Traffic Traffic { get; set; } = new();

    /// <summary>Bytes of frames that were taken and are not yet in the socket.</summary>
    public long QueuedBytes
    {
        get
        {
            lock (_gate)
                return _queue.Bytes;
        }
    }

    /// <summary>Takes a frame if there is room for it.</summary>
    /// <remarks>It disposes the body in every case: when it is sent or dropped, or at once.</remarks>
    public bool TrySend(byte kind, PayloadWriter body)
    {
        bool pump;
        lock (_gate)
        {
            // Not before the callers that wait already: otherwise small frames could make a large one wait forever.
            if (_closed || _waiters.Count > 0 || !_queue.HasRoomFor(body.Length))
            {
                body.Dispose();
                return false;
            }
            _queue.Add(kind, body);
            pump = TryBecomePump();
        }
        if (pump)
            _ = PumpAsync();
        return true;
    }

    /// <summary>Takes a frame when there is room for it, in the order of the calls.</summary>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(byte kind, PayloadWriter body, CancellationToken cancellationToken)
    {
        LinkedListNode<Waiter>? waiter = null;
        var pump = false;
        lock (_gate)
        {
            if (_closed || cancellationToken.IsCancellationRequested)
            {
                body.Dispose();
                return _closed ? ValueTask.FromException(CreateClosedException()) : ValueTask.FromCanceled(cancellationToken);
            }
            if (_waiters.Count > 0 || !_queue.HasRoomFor(body.Length))
            {
                waiter = _waiters.AddLast(new Waiter(kind, body));
            }
            else
            {
                _queue.Add(kind, body);
                pump = TryBecomePump();
            }
        }
        if (pump)
            _ = PumpAsync();
        return waiter is null ? default : new ValueTask(WaitAsync(waiter, cancellationToken));
    }

    /// <summary>Sends one last frame behind all that were taken, and takes no more.</summary>
    /// <returns>True if the connection was still open and this is its first farewell.</returns>
    public bool TrySendFarewell(ReadOnlySpan<byte> body)
    {
        bool pump;
        lock (_gate)
        {
            if (_closed)
                return false;
            Close();
            _queue.Add(Frame.Farewell, body);
            pump = TryBecomePump();
        }
        if (pump)
            _ = PumpAsync();
        return true;
    }

    /// <summary>Stops writing, and drops what waits.</summary>
    /// <remarks>A write in progress ends when the stream is disposed.</remarks>
    public void Stop()
    {
        lock (_gate)
        {
            Close();
            _stopped = true;
            if (!_pumping) // the pump clears the queue itself: what it is writing may be part of a body that is still queued
                _queue.Clear();
        }
    }

    /// <summary>Completes when no one writes: everything was sent, or the sender was stopped.</summary>
    public Task WaitUntilIdleAsync()
    {
        lock (_gate)
        {
            return _pumping
                ? (_idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task
                : Task.CompletedTask;
        }
    }

    private static IOException CreateClosedException() => new("The data connection is closed.");

    private bool TryBecomePump()
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
            waiter.Taken.TrySetException(CreateClosedException());
        }
        _waiters.Clear();
    }

    private async Task WaitAsync(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        await using var registration = cancellationToken.UnsafeRegister((_, token) => CancelWait(node, token), null).ConfigureAwait(false);
        await node.Value.Taken.Task.ConfigureAwait(false);
    }

    private void CancelWait(LinkedListNode<Waiter> node, CancellationToken cancellationToken)
    {
        var pump = false;
        lock (_gate)
        {
            if (node.List is null)
                return;
            _waiters.Remove(node);
            node.Value.Body.Dispose();
            Admit(); // the cancelled frame may have been a large one that kept smaller ones waiting
            if (_queue.Bytes > 0)
                pump = TryBecomePump();
        }
        node.Value.Taken.TrySetCanceled(cancellationToken);
        if (pump)
            _ = PumpAsync();
    }

    // ConfigureAwait(false) everywhere: the pump may have started in an actor's handler, and must not return to it.
    private async Task PumpAsync()
    {
        Exception? failure = null;
        var inlineBytes = InlineBytes;
        while (TryTake(out var piece))
        {
            try
            {
                inlineBytes -= piece.Memory.Length;
                if (inlineBytes < 0)
                {
                    await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
                    inlineBytes = int.MaxValue;
                }
                await stream.WriteAsync(piece.Memory).ConfigureAwait(false);
                Traffic.AddSent(piece.Memory.Length);
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
            CompleteWrite(piece);
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

    private void CompleteWrite(in SendQueue.Piece piece)
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
