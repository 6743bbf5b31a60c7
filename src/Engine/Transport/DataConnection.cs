using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Transport;

/// <summary>Sends and receives frames, in order, over one authenticated connection of the data plane.</summary>
/// <remarks>
/// It connects a client's session with a node.
/// <code>
/// TrySend ──► SendQueue ──► pump ──► socket ═══► socket ──► FrameReceiver ──► handler
///   false: window full      waits while the socket is full        waits for the handler: reads at most one buffer ahead
/// </code>
/// While a handler is slow, the receiver's socket fills, then the sender's socket, then the sender's window, which takes no more frames.
/// So memory is bounded by the window and one buffer on each side. Frames that were sent but not handled when the connection ends are
/// lost; its users send them again over another connection.
/// <para>An orderly close ends with a farewell frame. An end without one is a loss: the process died, or the network broke.</para>
/// </remarks>
internal sealed class DataConnection : IAsyncDisposable
{
    /// <summary>Time limit of a close, and of learning why a write failed.</summary>
    private static readonly TimeSpan s_flushTime = TimeSpan.FromSeconds(1);
    private const int MaxReasonChars = 300; // at most three bytes of UTF-8 each

    private readonly Socket _socket;
    private readonly Stream _stream;
    private readonly TimeProvider _clock;
    private readonly FrameSender _sender;
    private readonly FrameReceiver _receiver;
    private readonly TaskCompletionSource<Exception?> _completion = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _reading;
    private int _ended;
    private volatile bool _closing; // CloseAsync was called

    /// <summary>Takes over a stream whose handshake is done.</summary>
    /// <param name="socket">The socket below the stream.</param>
    /// <param name="stream">Owns the socket.</param>
    /// <param name="remoteEndPoint">The peer's address, read earlier: a socket whose peer has disconnected no longer tells it.</param>
    /// <param name="limits">This side's limits.</param>
    /// <param name="peerMaxFrameBytes">The other side's limit.</param>
    /// <param name="clock">Measures silence, and the time of a close.</param>
    public DataConnection(
        Socket socket, Stream stream, EndPoint? remoteEndPoint, TransportLimits limits, long peerMaxFrameBytes, TimeProvider clock)
    {
        (_socket, _stream, _clock) = (socket, stream, clock);
        PeerMaxFrameBytes = peerMaxFrameBytes;
        RemoteEndPoint = remoteEndPoint;
        _sender = new FrameSender(stream, limits.SendWindowBytes, OnSendFailed);
        _receiver = new FrameReceiver(stream, limits.MaxFrameBytes, clock);
        HasThread = stream is ThreadStream;
    }

    /// <summary>Whether frames are handled on a thread of the connection's own.</summary>
    public bool HasThread { get; }

    /// <summary>The other side's address; at the client, the one that it called.</summary>
    public EndPoint? RemoteEndPoint { get; }

    /// <summary>Longest body that the other side accepts, in bytes.</summary>
    public long PeerMaxFrameBytes { get; }

    /// <summary>The version of the data protocol that both sides have agreed on.</summary>
    public int Version { get; init; } = Hello.CurrentVersion;

    /// <summary>What the caller may do here; at the client, everything.</summary>
    public PeerRoles PeerRoles { get; init; } = PeerRoles.All;

    /// <summary>What the node's process told of itself; null at the node.</summary>
    public ProcessTraits? PeerTraits { get; private init; }

    /// <summary>Time since the last bytes came from the other side.</summary>
    public TimeSpan Silence => _clock.GetElapsedTime(_receiver.LastReceived);

    /// <summary>Counts the bytes of the connection from now on; others may use it, too.</summary>
    public Traffic Traffic
    {
        set => (_sender.Traffic, _receiver.Traffic) = (value, value);
    }

    /// <summary>Bytes that were taken from callers and are not yet in the socket.</summary>
    public long QueuedBytes => _sender.QueuedBytes;

    /// <summary>Completes when the connection has ended; never fails.</summary>
    /// <value>Its result is null after an orderly close by either side, otherwise the error that ended the connection.</value>
    public Task<Exception?> Completion => _completion.Task;

    /// <summary>Connects to a node and proves the ticket.</summary>
    /// <exception cref="HandshakeException">
    /// The node refused, did not answer in time, or is not the one that gave out the ticket.
    /// </exception>
    /// <exception cref="SocketException">The connection could not be made, for example because no process listens there.</exception>
    public static async Task<DataConnection> ConnectAsync(
        EndPoint endPoint, Ticket ticket, TransportLimits limits, IChannelSecurity security, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        limits.Validate();
        using var timeout = new CancellationTokenSource(limits.HandshakeTimeout, clock);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var socket = endPoint.AddressFamily switch
        {
            AddressFamily.Unix => new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified),
            AddressFamily.Unspecified => new Socket(SocketType.Stream, ProtocolType.Tcp),
            var family => new Socket(family, SocketType.Stream, ProtocolType.Tcp),
        };
        Stream? stream = null;
        try
        {
            Tune(socket);
            Hello node;
            if (socket.AddressFamily == AddressFamily.Unix)
            {
                var local = new ThreadStream(socket);
                stream = local;
                node = await local.BeginAsync(CallAsync, linked.Token).ConfigureAwait(false);

                async Task<Hello> CallAsync()
                {
                    LocalSocket.Connect(socket, endPoint);
                    await security.SecureAsync(local.Plain, isServer: false, host: null, linked.Token).ConfigureAwait(false);
                    return await Handshake.RunAsClientAsync(local, ticket, limits, linked.Token).ConfigureAwait(false);
                }
            }
            else
            {
                await socket.ConnectAsync(endPoint, linked.Token).ConfigureAwait(false);
                stream = new NetworkStream(socket, ownsSocket: true);
                var host = (endPoint as DnsEndPoint)?.Host ?? (endPoint as IPEndPoint)?.Address.ToString();
                stream = await security.SecureAsync((NetworkStream)stream, isServer: false, host, linked.Token).ConfigureAwait(false);
                node = await Handshake.RunAsClientAsync(stream, ticket, limits, linked.Token).ConfigureAwait(false);
            }
            return new DataConnection(socket, stream, endPoint, limits, node.MaxFrameBytes, clock)
            {
                Version = node.Version,
                PeerTraits = node.Traits,
            };
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            socket.Dispose();
            if (e is not OperationCanceledException)
                throw;
            cancellationToken.ThrowIfCancellationRequested();
            throw new HandshakeException(
                $"No data connection to [{Format(endPoint)}] within [{limits.HandshakeTimeout.TotalSeconds}] s: "
                + "the node is too busy, unreachable, or does not speak the data protocol.",
                e);
        }
    }

    private static string Format(EndPoint endPoint) => endPoint is DnsEndPoint { Host: var host, Port: var port }
        ? string.Create(CultureInfo.InvariantCulture, $"{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{port}")
        : endPoint.ToString()!;

    /// <summary>Applies the settings of every socket of the data plane.</summary>
    /// <remarks>Buffer sizes of TCP are left to the system, which grows them with the traffic; a fixed size would prevent that.</remarks>
    public static void Tune(Socket socket)
    {
        if (socket.AddressFamily == AddressFamily.Unix)
        {
            LocalSocket.Tune(socket);
            return;
        }
        socket.NoDelay = true;
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, 15);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, 5);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, 3);
    }

    /// <summary>Sends a frame if there is room for it; never waits.</summary>
    /// <remarks>Thread-safe. Frames are sent in the order of the calls.</remarks>
    /// <param name="kind">0 to 254.</param>
    /// <param name="body">
    /// The connection owns it from now on, and disposes it when it is sent or dropped, also when this returns false or throws.
    /// </param>
    /// <returns>
    /// False when the connection is closed or the window is full; a frame larger than the window fits when nothing waits.
    /// </returns>
    /// <exception cref="ArgumentException">
    /// The body is longer than <see cref="PeerMaxFrameBytes"/>, so the other side would end the connection; or the kind is reserved.
    /// </exception>
    public bool TrySend(byte kind, PayloadWriter body)
    {
        Check(kind, body);
        return _sender.TrySend(kind, body);
    }

    /// <summary>Sends a frame; completes when there is room for it, before it is sent.</summary>
    /// <inheritdoc cref="TrySend"/>
    /// <exception cref="IOException">The connection is closed.</exception>
    public ValueTask SendAsync(byte kind, PayloadWriter body, CancellationToken cancellationToken = default)
    {
        Check(kind, body);
        return _sender.SendAsync(kind, body, cancellationToken);
    }

    /// <summary>Waits until what callers gave is in the socket, or the connection has ended.</summary>
    public Task FlushAsync() => _sender.WaitUntilIdleAsync();

    /// <summary>Hands each frame to the handler, one at a time, until the connection ends.</summary>
    /// <remarks>Call it only once. It throws no error of the connection: <see cref="Completion"/> tells why it ended.</remarks>
    /// <param name="handler">
    /// Runs on the thread pool, or on the thread that reads a <see cref="ThreadStream"/>. The next frame is read when it is done; its
    /// exception ends the connection.
    /// </param>
    public async Task RunAsync(Func<Frame, ValueTask> handler)
    {
        if (Interlocked.Exchange(ref _reading, 1) != 0)
            throw new InvalidOperationException("The connection is being read already: call RunAsync only once.");
        if (HasThread)
        {
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var thread = new Thread(() =>
            {
                ReadAsync(handler).GetAwaiter().GetResult();
                done.SetResult();
            })
            {
                IsBackground = true,
                Name = "actorpool-reader",
            };
            thread.UnsafeStart();
            await done.Task.ConfigureAwait(false);
            return;
        }
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // no frame is handled on the caller's thread
        await ReadAsync(handler).ConfigureAwait(false);
    }

    private async Task ReadAsync(Func<Frame, ValueTask> handler)
    {
        try
        {
            while (await _receiver.NextAsync().ConfigureAwait(false))
            {
                if (_receiver.Kind == Frame.Farewell)
                {
                    End(await ReadFarewellAsync().ConfigureAwait(false));
                    return;
                }
                await Settle(handler(new Frame(_receiver.Kind, _receiver))).ConfigureAwait(false);
            }
            End(_closing
                ? null
                : new EndOfStreamException(
                    "The other side ended the data connection without closing it: its process ended, or was cut off."));
        }
        catch (IOException) when (_closing)
        {
            End(null); // a reset in answer to the farewell
        }
        catch (Exception e)
        {
            // Tells the other side what failed. If a write is in progress, End drops this farewell before it is sent.
            _sender.TrySendFarewell(CreateFarewell($"{e.GetType().Name}: {SafeText.GetMessage(e)}"));
            End(e);
        }
    }

    /// <summary>Ends the connection in order: sends what waits and a farewell.</summary>
    /// <remarks>Takes at most a second. The handler must not await it, because it waits for the handler.</remarks>
    /// <param name="reason">Sent to the other side as the error that ended the connection; null: there was none.</param>
    public async Task CloseAsync(string? reason = null)
    {
        _closing = true;
        if (!_sender.TrySendFarewell(CreateFarewell(reason)))
        {
            await Completion.ConfigureAwait(false);
            return;
        }
        try
        {
            using var limit = new CancellationTokenSource(s_flushTime, _clock);
            await _sender.WaitUntilIdleAsync().WaitAsync(limit.Token).ConfigureAwait(false);
            // Closing a socket with unread bytes resets the connection, which can overtake the farewell: so the other side closes first.
            if (Volatile.Read(ref _reading) != 0)
                await Completion.WaitAsync(limit.Token).ConfigureAwait(false);
            End(null);
        }
        catch (OperationCanceledException) when (QueuedBytes == 0)
        {
            End(null); // all was sent; the other side has not closed in time
        }
        catch (OperationCanceledException)
        {
            End(
                new IOException(
                    $"[{QueuedBytes}] bytes could not be sent "
                    + $"within [{s_flushTime.TotalSeconds}] s of closing the data connection."),
                abort: true);
        }
    }

    /// <summary>Ends the connection at once and drops what waits.</summary>
    /// <remarks>The other side sees a loss. The handler may call it.</remarks>
    public async ValueTask DisposeAsync()
    {
        End(new ObjectDisposedException(nameof(DataConnection), "This side ended the data connection."), abort: true);
        await _sender.WaitUntilIdleAsync().ConfigureAwait(false);
    }

    // A thread that reads waits for the handler itself: another one would then hold its own for the next read.
    private ValueTask Settle(ValueTask task)
    {
        if (!HasThread || task.IsCompleted)
            return task;
        task.AsTask().GetAwaiter().GetResult();
        return default;
    }

    private static byte[] CreateFarewell(string? reason) =>
        Encoding.UTF8.GetBytes(reason is null ? "" : reason.Length <= MaxReasonChars ? reason : reason[..MaxReasonChars]);

    private void Check(byte kind, PayloadWriter body)
    {
        if (kind != Frame.Farewell && body.Length <= PeerMaxFrameBytes)
            return;
        var length = body.Length;
        body.Dispose();
        throw kind == Frame.Farewell
            ? new ArgumentException($"Kind [{kind}] is reserved for the connection: use 0 to 254.", nameof(kind))
            : new ArgumentException(
                $"The frame has [{length}] bytes, and the other side accepts at most [{PeerMaxFrameBytes}].", nameof(body));
    }

    private async ValueTask<Exception?> ReadFarewellAsync()
    {
        if (_receiver.Remaining == 0)
            return null;
        var bytes = new byte[_receiver.Remaining];
        await _receiver.ReadExactlyAsync(bytes, default).ConfigureAwait(false);
        return new IOException($"The other side closed the data connection: {Encoding.UTF8.GetString(bytes)}");
    }

    // The write may have failed because the other side closed: its farewell may still be in the socket, and says more than a broken pipe.
    private void OnSendFailed(Exception error) => _ = EndAfterReadingAsync(error);

    private async Task EndAfterReadingAsync(Exception error)
    {
        if (Volatile.Read(ref _reading) != 0)
            await ((Task)Completion).WaitAsync(s_flushTime, _clock).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        End(error);
    }

    private void End(Exception? reason, bool abort = false)
    {
        if (Interlocked.Exchange(ref _ended, 1) != 0)
            return;
        _sender.Stop();
        if (abort)
            _socket.Close(0); // resets the connection, so that bytes in the socket are dropped too
        _stream.Dispose();
        _completion.TrySetResult(reason);
    }
}
