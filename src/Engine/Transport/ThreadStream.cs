using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>A socket's stream whose reads hold their thread.</summary>
/// <remarks>
/// The system wakes that thread itself. An asynchronous read wakes the thread that waits for all sockets, which wakes one of the thread
/// pool: for a small frame between two processes of a machine, that is most of the time. Closing the socket ends a read.
/// </remarks>
internal sealed class ThreadStream(Socket socket) : Stream
{
    /// <summary>The socket's ordinary stream, once it is connected; for what does not read.</summary>
    public NetworkStream Plain => field ??= new NetworkStream(socket, ownsSocket: true);

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Runs what begins the connection on a thread of its own, since reads hold it.</summary>
    /// <param name="begin">What it does; it may connect the socket first.</param>
    /// <param name="cancellationToken">Closes the socket, which ends a read.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled before it was done.</exception>
    public async Task<T> BeginAsync<T>(Func<Task<T>> begin, CancellationToken cancellationToken)
    {
        try
        {
            using var end = cancellationToken.UnsafeRegister(static one => ((Socket)one!).Dispose(), socket);
            var begun = Task.Factory.StartNew(
                begin,
                CancellationToken.None,
                TaskCreationOptions.LongRunning | TaskCreationOptions.DenyChildAttach,
                TaskScheduler.Default);
            return await begun.Unwrap().ConfigureAwait(false);
        }
        catch (Exception e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
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
        return Plain.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        Plain.WriteAsync(buffer, cancellationToken);

    public override void Write(byte[] buffer, int offset, int count) => Plain.Write(buffer, offset, count);

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
            socket.Dispose();
        base.Dispose(disposing);
    }
}
