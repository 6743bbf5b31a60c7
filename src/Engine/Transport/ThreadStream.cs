using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>A socket's stream whose reads hold their thread.</summary>
/// <remarks>
/// The system wakes that thread itself. An asynchronous read wakes the thread that waits for all sockets, which wakes one of the thread
/// pool: for a small frame between two processes of a machine, that is most of the time. Closing the socket ends a read.
/// </remarks>
internal sealed class ThreadStream(Socket socket) : Stream
{
    private readonly NetworkStream _stream = new(socket, ownsSocket: true);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Waits for bytes on this thread; the task has always completed.</summary>
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new ValueTask<int>(Read(buffer.Span));
    }

    public override int Read(Span<byte> buffer)
    {
        try
        {
            socket.Poll(-1, SelectMode.SelectRead);
        }
        catch (SocketException e)
        {
            throw new IOException(e.Message, e);
        }
        return _stream.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _stream.WriteAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => _stream.Write(buffer, offset, count);

    public override void Flush()
    {
        // Nothing is buffered.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _stream.Dispose();
        base.Dispose(disposing);
    }
}
