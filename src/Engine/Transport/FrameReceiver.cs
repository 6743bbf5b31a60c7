using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>Reads frames from one stream.</summary>
/// <remarks>
/// Headers and small bodies are read through a buffer, large reads go straight into their destination. It is also the reader of the current
/// frame's body, so that a frame allocates no object. Used by one task at a time.
/// </remarks>
internal sealed class FrameReceiver(Stream stream, long maxFrameBytes, TimeProvider clock) : PayloadReader
{
    /// <summary>Most bytes of one receive; the buffer lives as long as the connection.</summary>
    private const int BufferSize = 64 * 1024;

    /// <summary>From this many bytes, a separate read costs less than a copy from the buffer.</summary>
    private const int LargeRead = 16 * 1024;

    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferSize);
    private int _start; // of the bytes that were received and not yet handed out
    private int _end;
    private long _lastReceived = clock.GetTimestamp();
    // Bytes of the current body that are still to be read. Remaining is reduced before a read that may be cancelled, this after it.
    private long _unread;

    /// <summary>When bytes last came, as a timestamp of the clock.</summary>
    /// <remarks>Any thread may read it.</remarks>
    public long LastReceived => Volatile.Read(ref _lastReceived);

    /// <summary>Counts what comes.</summary>
    public Traffic Traffic { get; set; } = new();

    /// <summary>Kind of the current frame.</summary>
    public byte Kind { get; private set; }

    /// <summary>Moves to the next frame and skips the rest of the current one.</summary>
    /// <returns>False when the stream has ended between two frames.</returns>
    /// <exception cref="InvalidDataException">
    /// The frame's length is negative or above this side's limit. Nothing was allocated for it.
    /// </exception>
    /// <exception cref="EndOfStreamException">The stream ended within a frame.</exception>
    public ValueTask<bool> NextAsync() =>
        _unread == 0 && _end - _start >= Frame.HeaderSize ? new ValueTask<bool>(Begin()) : NextSlowAsync();

    protected override ValueTask ReadCoreAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        if (destination.Length > _end - _start)
            return ReadSlowAsync(destination, cancellationToken);
        HandOut(destination.Span);
        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> NextSlowAsync()
    {
        await SkipAsync().ConfigureAwait(false);
        while (_end - _start < Frame.HeaderSize)
        {
            if (await ReceiveAsync(default).ConfigureAwait(false))
                continue;
            return _end == _start ? false : throw new EndOfStreamException("The connection ended within the header of a frame.");
        }
        return Begin();
    }

    private bool Begin()
    {
        var header = _buffer.AsSpan(_start, Frame.HeaderSize);
        var length = BinaryPrimitives.ReadInt64LittleEndian(header[1..]);
        Kind = header[0];
        var limit = Kind == Frame.Farewell ? Frame.MaxFarewellBytes : maxFrameBytes;
        if (length < 0 || length > limit)
            throw new InvalidDataException(
                $"The other side announced a frame of kind [{Kind}] with [{length}] bytes; the limit is [{limit}].");
        _start += Frame.HeaderSize;
        Remaining = _unread = length;
        return true;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask ReadSlowAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        var buffered = _end - _start; // all of it belongs to this body: the read is longer, and ends within the body
        HandOut(destination.Span[..buffered]);
        destination = destination[buffered..];
        while (destination.Length >= LargeRead)
        {
            var count = await stream.ReadAsync(destination, cancellationToken).ConfigureAwait(false);
            if (count == 0)
                throw CreateTruncatedException();
            RecordReceived(count);
            _unread -= count;
            destination = destination[count..];
        }
        while (destination.Length > 0)
        {
            if (_start == _end && !await ReceiveAsync(cancellationToken).ConfigureAwait(false))
                throw CreateTruncatedException();
            var count = Math.Min(destination.Length, _end - _start);
            HandOut(destination.Span[..count]);
            destination = destination[count..];
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask SkipAsync()
    {
        while (_unread > 0)
        {
            if (_start == _end && !await ReceiveAsync(default).ConfigureAwait(false))
                throw CreateTruncatedException();
            var count = (int)Math.Min(_unread, _end - _start);
            _start += count;
            _unread -= count;
        }
        Remaining = 0;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReceiveAsync(CancellationToken cancellationToken)
    {
        if (_start > 0)
        {
            // At most part of a header is moved: every caller has consumed what was buffered of the body.
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        var count = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken).ConfigureAwait(false);
        _end += count;
        RecordReceived(count);
        return count > 0;
    }

    private void RecordReceived(int count)
    {
        Volatile.Write(ref _lastReceived, clock.GetTimestamp());
        Traffic.AddReceived(count);
    }

    private void HandOut(Span<byte> destination)
    {
        _buffer.AsSpan(_start, destination.Length).CopyTo(destination);
        _start += destination.Length;
        _unread -= destination.Length;
    }

    private EndOfStreamException CreateTruncatedException() =>
        new($"The connection ended within a frame of kind [{Kind}]: [{_unread}] bytes are missing.");
}
