using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>One authenticated connection of the data plane, between a client's session and a node: frames in order, both ways, under a window.</summary>
/// <remarks>
/// <code>
/// TrySend ──► SendQueue ──► pump ──► socket ═══► socket ──► FrameReceiver ──► handler
///   false: window full      waits while the socket is full        waits for the handler: nothing is read ahead of it but one buffer
/// </code>
/// A handler that takes its time so fills the receiver's socket, then the sender's, then the sender's window, and there it ends: memory is bounded
/// by the window and a buffer on either side. What was sent and not handled when the connection ends is lost; its users send it again over another one.
/// <para>An orderly close says farewell with a frame of its own. An end without it is a loss: the process died, or the network broke.</para>
/// </remarks>
internal sealed class DataConnection : IAsyncDisposable
{
    /// <summary>Time for a close to send what waits and to be answered, and for the reason of a broken write to be read.</summary>
    private static readonly TimeSpan FlushTime = TimeSpan.FromSeconds(1);
    private const int MaxReasonChars = 300; // of at most three bytes each

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _clock;
    private readonly FrameSender _sender;
    private readonly FrameReceiver _receiver;
    private readonly TaskCompletionSource<Exception?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reading;
    private int _ended;
    private volatile bool _closing; // this side said farewell

    /// <summary>Takes over a stream whose handshake is done.</summary>
    /// <param name="socket">Below the stream.</param>
    /// <param name="stream">Owns the socket.</param>
    /// <param name="remoteEndPoint">Asked before: a socket whose peer has gone does not tell.</param>
    /// <param name="limits">This side's.</param>
    /// <param name="peerMaxFrameBytes">The other side's limit.</param>
    /// <param name="clock">Measures the time of a close.</param>
    public DataConnection(Socket socket, Stream stream, EndPoint? remoteEndPoint, TransportLimits limits, long peerMaxFrameBytes, TimeProvider clock)
    {
        (_socket, _stream, _clock) = (socket, stream, clock);
        PeerMaxFrameBytes = peerMaxFrameBytes;
        RemoteEndPoint = remoteEndPoint;
        _sender = new FrameSender(stream, limits.SendWindowBytes, OnSendFailed);
        _receiver = new FrameReceiver(stream, limits.MaxFrameBytes, clock);
    }

    /// <summary>The other side's address, as the node sees it; at the client, the one that it called.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Longest body that the other side takes.</summary>
    public long PeerMaxFrameBytes { get; }

    /// <summary>How long nothing has come from the other side.</summary>
    public TimeSpan Silence => _clock.GetElapsedTime(_receiver.Heard);

    /// <summary>Bytes that were taken from callers and are not yet in the socket.</summary>
    public long QueuedBytes => _sender.QueuedBytes;

    /// <summary>Completes when the connection has ended: with null after an orderly close by either side, else with what ended it. Never fails.</summary>
    public Task<Exception?> Completion => _completion.Task;

    /// <summary>Connects to a node and proves the ticket.</summary>
    /// <exception cref="HandshakeException">The node refused, did not answer in time, or is not the one that gave out the ticket.</exception>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    public static async Task<DataConnection> ConnectAsync(
        EndPoint endPoint, Ticket ticket, TransportLimits limits, IChannelSecurity security, TimeProvider clock, CancellationToken cancellationToken)
    {
        limits.Checked();
        using var timeout = new CancellationTokenSource(limits.HandshakeTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = endPoint.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6
            ? new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp)
            : new Socket(SocketType.Stream, ProtocolType.Tcp);
        Stream? stream = null;
        try
        {
            Tune(socket);
            await socket.ConnectAsync(endPoint, either.Token).ConfigureAwait(false);
            stream = new NetworkStream(socket, ownsSocket: true);
            stream = await security.SecureAsync((NetworkStream)stream, isServer: false, (endPoint as DnsEndPoint)?.Host ?? (endPoint as IPEndPoint)?.Address.ToString(), either.Token).ConfigureAwait(false);
            var peerMaxFrameBytes = await Handshake.AsClientAsync(stream, ticket, limits, either.Token).ConfigureAwait(false);
            return new DataConnection(socket, stream, endPoint, limits, peerMaxFrameBytes, clock);
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            if (e is not OperationCanceledException)
                throw;
            cancellationToken.ThrowIfCancellationRequested();
            throw new HandshakeException($"No data connection to [{endPoint}] within [{limits.HandshakeTimeout.TotalSeconds}] s: the node is too busy, cut off, or does not speak the data protocol.", e);
        }
    }

    /// <summary>Settings of every socket of the data plane. Buffers stay the system's, which grows them with the traffic; a set size would end that.</summary>
    public static void Tune(Socket socket)
    {
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    /// <summary>Sends a frame if there is room for it; never waits. From any thread; frames leave in the order of the calls.</summary>
    /// <param name="kind">0 to 254.</param>
    /// <param name="body">Belongs to the connection from here on, and is disposed when it was sent or dropped, also where the answer is false.</param>
    /// <returns>False when the connection is closed, or the window is full; a frame larger than the window fits when nothing waits.</returns>
    /// <exception cref="ArgumentException">The body is longer than <see cref="PeerMaxFrameBytes"/>: the other side would end the connection.</exception>
    public bool TrySend(byte kind, PayloadWriter body)
    {
        Check(kind, body);
        return _sender.TrySend(kind, body);
    }

    /// <summary>Sends a frame; completes as soon as it has room, in the order of the calls, before it has left.</summary>
    /// <inheritdoc cref="TrySend"/>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(byte kind, PayloadWriter body, CancellationToken cancellationToken = default)
    {
        Check(kind, body);
        return _sender.SendAsync(kind, body, cancellationToken);
    }

    /// <summary>Hands every frame to the handler, one at a time, until the connection ends. Called once; never fails: why it ended says <see cref="Completion"/>.</summary>
    /// <param name="handler">Runs on the thread pool. The next frame is read when it is done; an exception of it ends the connection.</param>
    public async Task RunAsync(Func<Frame, ValueTask> handler)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("The connection is read already.");
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // no frame is handled on the caller's thread
        try
        {
            while (await _receiver.NextAsync().ConfigureAwait(false))
            {
                if (_receiver.Kind == Frame.Farewell)
                {
                    End(await ReadFarewellAsync().ConfigureAwait(false));
                    return;
                }
                await handler(new Frame(_receiver.Kind, _receiver)).ConfigureAwait(false);
            }
            End(_closing ? null : new EndOfStreamException("The other side's end of the data connection is gone without a farewell: its process ended, or was cut off."));
        }
        catch (IOException) when (_closing)
        {
            End(null); // a reset in answer to the farewell
        }
        catch (Exception e)
        {
            // The other side may want to know whose fault it was; if a write is under way, it has to do without.
            _sender.TryFarewell(FarewellOf($"{e.GetType().Name}: {SafeText.MessageOf(e)}"));
            End(e);
        }
    }

    /// <summary>Ends the connection in order: sends what waits and a farewell, for at most a second. Not to be awaited by the handler, which it waits for.</summary>
    /// <param name="reason">Told to the other side as the error that ended the connection; null: all is well.</param>
    public async Task CloseAsync(string? reason = null)
    {
        _closing = true;
        if (!_sender.TryFarewell(FarewellOf(reason)))
        {
            await Completion.ConfigureAwait(false);
            return;
        }
        try
        {
            using var limit = new CancellationTokenSource(FlushTime, _clock);
            await _sender.Idle().WaitAsync(limit.Token).ConfigureAwait(false);
            // Closing with unread bytes would reset the connection and could overtake the farewell; so the other side closes first.
            if (Volatile.Read(ref _reading) != 0)
                await Completion.WaitAsync(limit.Token).ConfigureAwait(false);
            End(null);
        }
        catch (OperationCanceledException) when (_sender.QueuedBytes == 0)
        {
            End(null); // all was sent; the other side takes its time
        }
        catch (OperationCanceledException)
        {
            End(new IOException($"[{_sender.QueuedBytes}] bytes could not be sent within [{FlushTime.TotalSeconds}] s of closing the data connection."), abort: true);
        }
    }

    /// <summary>Ends the connection at once; what waits is dropped. The other side sees a loss. Safe to call from the handler.</summary>
    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(DataConnection), "This side ended the data connection."), abort: true);
        await _sender.Idle().ConfigureAwait(false);
    }

    private static byte[] FarewellOf(string? reason) =>
        Encoding.UTF8.GetBytes(reason is null ? "" : reason.Length <= MaxReasonChars ? reason : reason[..MaxReasonChars]);

    private void Check(byte kind, PayloadWriter body)
    {
        if (kind != Frame.Farewell && body.Length <= PeerMaxFrameBytes)
            return;
        var length = body.Length;
        body.Dispose();
        throw kind == Frame.Farewell
            ? new ArgumentException($"Frames of kind [{kind}] are the connection's own.", nameof(kind))
            : new ArgumentException($"The frame has [{length}] bytes, and the other side takes at most [{PeerMaxFrameBytes}].", nameof(body));
    }

    private async ValueTask<Exception?> ReadFarewellAsync()
    {
        if (_receiver.Remaining == 0)
            return null;
        var bytes = new byte[_receiver.Remaining];
        await _receiver.ReadExactlyAsync(bytes, default).ConfigureAwait(false);
        return new IOException($"The other side closed the data connection: {Encoding.UTF8.GetString(bytes)}");
    }

    // A write that fails because the other side closed: its farewell may still lie in the socket, and says more than a broken pipe.
    private void OnSendFailed(Exception error) => _ = EndAfterReadingAsync(error);

    private async Task EndAfterReadingAsync(Exception error)
    {
        if (Volatile.Read(ref _reading) != 0)
            await ((Task)Completion).WaitAsync(FlushTime, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(error);
    }

    private void End(Exception? reason, bool abort = false)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _sender.Stop();
        if (abort)
            _socket.Close(0); // a reset instead of an end: what waits in the socket is dropped too
        _stream.Dispose();
        _completion.TrySetResult(reason);
    }
}
