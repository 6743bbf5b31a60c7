using System.Net;
using System.Net.Sockets;
using ActorPool.Diagnostics;

namespace ActorPool.Transport;

/// <summary>Accepts one node's data connections, and delivers those that have proved a ticket.</summary>
/// <remarks>
/// Nothing that a stranger sends stops it. Beside its port it may have a <see cref="NodeSocket"/>; both share the places for handshakes.
/// </remarks>
internal sealed class DataListener : IAsyncDisposable
{
    /// <summary>Connections that the system keeps until this process accepts them.</summary>
    private const int Backlog = 256;

    /// <summary>Time before the next try when a connection could not be accepted.</summary>
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly NodeSocket? _local;
    private readonly TransportLimits _limits;
    private readonly IChannelSecurity _security;
    private readonly Func<Guid, Ticket?> _findTicket;
    private readonly Action<Guid, DataConnection> _onConnected;
    private readonly TimeProvider _clock;
    private readonly Action<EndPoint?, string> _onRefused;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<PendingConnection> _pending = new(); // not yet authenticated, oldest first
    private TaskCompletionSource _slotFreed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;

    private DataListener(
        Socket socket, TransportLimits limits, IChannelSecurity security, Func<Guid, Ticket?> findTicket,
        Action<Guid, DataConnection> onConnected, TimeProvider clock, Action<EndPoint?, string> onRefused, NodeSocket? local)
    {
        _local = local;
        (_socket, _limits, _security, _findTicket) = (socket, limits, security, findTicket);
        (_onConnected, _clock, _onRefused) = (onConnected, clock, onRefused);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens; with the port that the system chose, if 0 was requested.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that have not proved a ticket yet.</summary>
    public int PendingHandshakes
    {
        get
        {
            lock (_gate)
                return _pending.Count;
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">Address and port; port 0: any free one.</param>
    /// <param name="limits">Limits of each connection, and of how many may be in a handshake.</param>
    /// <param name="security">Secures each connection before its handshake.</param>
    /// <param name="findTicket">Returns the ticket of a session, or null if there is no such session. Called from any thread.</param>
    /// <param name="onConnected">Receives each authenticated connection, and owns it. Called from any thread.</param>
    /// <param name="clock">Measures the handshakes' time.</param>
    /// <param name="onRefused">
    /// Receives the address and the reason of each refused connection; strangers decide how often. Called from any thread.
    /// </param>
    /// <param name="local">A socket that it accepts from too, and owns once it has started; null for none.</param>
    /// <exception cref="SocketException">The system does not let it listen at the address.</exception>
    public static DataListener Start(
        IPEndPoint endPoint, TransportLimits limits, IChannelSecurity security, Func<Guid, Ticket?> findTicket,
        Action<Guid, DataConnection> onConnected, TimeProvider clock, Action<EndPoint?, string> onRefused, NodeSocket? local = null)
    {
        limits.Validate();
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (endPoint.Address.Equals(IPAddress.IPv6Any))
                socket.DualMode = true; // as Akka's transport
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            var listener = new DataListener(socket, limits, security, findTicket, onConnected, clock, onRefused, local);
            listener._accepting = listener.AcceptAllAsync();
            return listener;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening, and drops connections that are in a handshake.</summary>
    /// <remarks>Connections that were delivered stay open.</remarks>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        _socket.Dispose();
        _local?.Dispose();
        await _accepting.ConfigureAwait(false);
        Task[] handshakes;
        lock (_gate)
            handshakes = [.. _pending.Select(pending => pending.Handshake)];
        await Task.WhenAll(handshakes).ConfigureAwait(false);
    }

    private Task AcceptAllAsync()
    {
        var port = Task.Run(() => AcceptAsync(_socket, _security));
        return _local is null ? port : Task.WhenAll(port, Task.Run(() => AcceptAsync(_local.Listener, SameUserChannel.Instance)));
    }

    // Both may find the last place for a handshake free: there is then one more than the limit.
    private async Task AcceptAsync(Socket listening, IChannelSecurity security)
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await WaitForSlotAsync().ConfigureAwait(false);
                var socket = await listening.AcceptAsync(_stopping.Token).ConfigureAwait(false);
                BeginHandshake(socket, security);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // The caller hung up before it was accepted, or no descriptors are left: the next try may succeed.
                Refuse(null, $"A connection could not be accepted: {e.Message}");
                await Task.Delay(s_pause, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Honest callers finish in milliseconds, so a short wait for one of them costs little; silent ones hold their slot until the timeout.
    // So when all slots are taken, the oldest connection is evicted once it has held its slot for a tenth of the timeout.
    private async Task WaitForSlotAsync()
    {
        while (true)
        {
            Task slotFreed;
            TimeSpan remaining;
            lock (_gate)
            {
                if (PendingHandshakes < _limits.MaxPendingHandshakes)
                    return;
                var oldest = _pending.First!.Value;
                remaining = _limits.HandshakeTimeout / 10 - _clock.GetElapsedTime(oldest.Since);
                if (remaining <= TimeSpan.Zero)
                    oldest.Evict();
                if (_slotFreed.Task.IsCompleted)
                    _slotFreed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                slotFreed = _slotFreed.Task;
            }
            if (remaining <= TimeSpan.Zero)
                await slotFreed.WaitAsync(_stopping.Token).ConfigureAwait(false);
            else
                await slotFreed.WaitAsync(remaining, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void BeginHandshake(Socket socket, IChannelSecurity security)
    {
        var pending = new PendingConnection(socket, _limits.HandshakeTimeout, _clock, _stopping.Token);
        lock (_gate)
            _pending.AddLast(pending.Slot);
        pending.Handshake = Task.Run(() => CompleteHandshakeAsync(pending, security));
    }

    private async Task CompleteHandshakeAsync(PendingConnection pending, IChannelSecurity security)
    {
        Stream? stream = null;
        EndPoint? from = null;
        DataConnection? connection = null;
        var session = Guid.Empty;
        try
        {
            // A caller's end of a Unix domain socket has no address.
            from = pending.Socket.AddressFamily == AddressFamily.Unix ? pending.Socket.LocalEndPoint : pending.Socket.RemoteEndPoint;
            DataConnection.Tune(pending.Socket);
            long peerMaxFrameBytes;
            int version;
            if (pending.Socket.AddressFamily == AddressFamily.Unix)
            {
                var local = new ThreadStream(pending.Socket);
                stream = local;
                await security.SecureAsync(local.Plain, isServer: true, host: null, pending.Token).ConfigureAwait(false);
                (session, peerMaxFrameBytes, version) = await local.BeginAsync(
                    () => Handshake.RunAsNodeAsync(local, _findTicket, _limits, pending.Token), pending.Token).ConfigureAwait(false);
            }
            else
            {
                stream = new NetworkStream(pending.Socket, ownsSocket: true);
                stream = await security.SecureAsync((NetworkStream)stream, isServer: true, host: null, pending.Token).ConfigureAwait(false);
                (session, peerMaxFrameBytes, version) =
                    await Handshake.RunAsNodeAsync(stream, _findTicket, _limits, pending.Token).ConfigureAwait(false);
            }
            connection = new DataConnection(pending.Socket, stream, from, _limits, peerMaxFrameBytes, _clock)
            {
                Version = version,
                PeerRoles = security.GetRoles(stream),
            };
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            pending.Socket.Dispose();
            if (!_stopping.IsCancellationRequested)
                Refuse(from, e is OperationCanceledException ? pending.CancelReason : SafeText.GetMessage(e));
        }
        finally
        {
            lock (_gate)
            {
                _pending.Remove(pending.Slot);
                _slotFreed.TrySetResult();
            }
            pending.Dispose();
        }
        if (connection is not null)
            await DeliverAsync(session, connection).ConfigureAwait(false);
    }

    private async Task DeliverAsync(Guid session, DataConnection connection)
    {
        try
        {
            _onConnected(session, connection);
        }
        catch (Exception e)
        {
            Refuse(connection.RemoteEndPoint, $"The node could not take the connection: {SafeText.GetMessage(e)}");
            await connection.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Refuse(EndPoint? from, string reason)
    {
        try
        {
            _onRefused(from, reason);
        }
        catch (Exception)
        {
            // An error in the refusal's log must not stop the listener.
        }
    }

    /// <summary>A connection that has not proved a ticket yet.</summary>
    private sealed class PendingConnection : IDisposable
    {
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;
        private volatile bool _evicted;

        public PendingConnection(Socket socket, TimeSpan time, TimeProvider clock, CancellationToken stopping)
        {
            Socket = socket;
            Since = clock.GetTimestamp();
            Slot = new LinkedListNode<PendingConnection>(this);
            _timeout = new CancellationTokenSource(time, clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, stopping);
            Token = _either.Token;
        }

        public Socket Socket { get; }

        public long Since { get; }

        public LinkedListNode<PendingConnection> Slot { get; }

        public Task Handshake { get; set; } = Task.CompletedTask;

        public CancellationToken Token { get; }

        public string CancelReason => _evicted
            ? "The caller did not finish the handshake while others waited for its place."
            : "The caller did not finish the handshake in time.";

        // CancelAfter instead of Cancel: Cancel runs continuations on this thread, which holds the listener's lock.
        public void Evict()
        {
            _evicted = true;
            _timeout.CancelAfter(TimeSpan.Zero);
        }

        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}
