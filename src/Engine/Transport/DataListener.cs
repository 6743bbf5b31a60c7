using System.Net;
using System.Net.Sockets;

namespace ActorPool.Transport;

/// <summary>Accepts the data connections of one node, and hands on those that have proved a ticket. Nothing that a stranger sends stops it.</summary>
internal sealed class DataListener : IAsyncDisposable
{
    /// <summary>Connections that the system keeps while this process is busy.</summary>
    private const int Backlog = 256;

    /// <summary>Time between two tries when the system gives out no more sockets.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly TransportLimits _limits;
    private readonly IChannelSecurity _security;
    private readonly Func<Guid, Ticket?> _ticketOf;
    private readonly Action<Guid, DataConnection> _onConnected;
    private readonly TimeProvider _clock;
    private readonly Action<EndPoint?, string> _onRefused;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly LinkedList<Caller> _callers = new(); // not yet authenticated, oldest first
    private TaskCompletionSource _calledOff = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _accepting = Task.CompletedTask;

    private DataListener(
        Socket socket, TransportLimits limits, IChannelSecurity security, Func<Guid, Ticket?> ticketOf, Action<Guid, DataConnection> onConnected,
        TimeProvider clock, Action<EndPoint?, string> onRefused)
    {
        (_socket, _limits, _security, _ticketOf, _onConnected, _clock, _onRefused) = (socket, limits, security, ticketOf, onConnected, clock, onRefused);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
    }

    /// <summary>Where it listens; the port that the system chose, if none was asked for.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Connections that have not proved anything yet.</summary>
    public int PendingHandshakes
    {
        get
        {
            lock (_gate)
                return _callers.Count;
        }
    }

    /// <summary>Listens.</summary>
    /// <param name="endPoint">Where; port 0: any free one.</param>
    /// <param name="limits">What each connection may cost.</param>
    /// <param name="security">Secures each connection before its handshake.</param>
    /// <param name="ticketOf">The ticket of a session; null: no such session. Any thread.</param>
    /// <param name="onConnected">Gets each authenticated connection, and owns it. Any thread.</param>
    /// <param name="clock">Measures the handshakes' time.</param>
    /// <param name="onRefused">Hears of each connection that was turned away, and why; as often as strangers like. Any thread.</param>
    /// <exception cref="SocketException">The address cannot be listened on.</exception>
    public static DataListener Start(
        IPEndPoint endPoint, TransportLimits limits, IChannelSecurity security, Func<Guid, Ticket?> ticketOf, Action<Guid, DataConnection> onConnected,
        TimeProvider clock, Action<EndPoint?, string> onRefused)
    {
        limits.Checked();
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen(Backlog);
            var listener = new DataListener(socket, limits, security, ticketOf, onConnected, clock, onRefused);
            listener._accepting = Task.Run(listener.AcceptAsync);
            return listener;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening and drops whoever is in a handshake. Connections that were handed on live on.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        Task[] handshakes;
        lock (_gate)
            handshakes = [.. _callers.Select(c => c.Handshake)];
        await Task.WhenAll(handshakes);
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await HaveRoomAsync();
                var socket = await _socket.AcceptAsync(_stopping.Token);
                Greet(socket);
            }
            catch (Exception) when (_stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A caller that hung up before it was accepted, or no descriptors left: the next try may go better.
                Refuse(null, $"A connection could not be accepted: {e.Message}");
                await Task.Delay(Pause, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    // Honest callers are through in milliseconds, so a short wait for one of them to finish costs nobody anything; silent ones hold their place until
    // the timeout. So when all places are taken, the oldest one is thrown out as soon as it has been there for a while.
    private async Task HaveRoomAsync()
    {
        while (true)
        {
            Task calledOff;
            TimeSpan patience;
            lock (_gate)
            {
                if (_callers.Count < _limits.MaxPendingHandshakes)
                    return;
                var oldest = _callers.First!.Value;
                patience = _limits.HandshakeTimeout / 10 - _clock.GetElapsedTime(oldest.Since);
                if (patience <= TimeSpan.Zero)
                    oldest.ThrowOut();
                if (_calledOff.Task.IsCompleted)
                    _calledOff = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                calledOff = _calledOff.Task;
            }
            if (patience <= TimeSpan.Zero)
                await calledOff.WaitAsync(_stopping.Token);
            else
                await calledOff.WaitAsync(patience, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private void Greet(Socket socket)
    {
        var caller = new Caller(socket, _limits.HandshakeTimeout, _clock, _stopping.Token);
        lock (_gate)
            _callers.AddLast(caller.Place);
        caller.Handshake = Task.Run(() => ShakeHandsAsync(caller));
    }

    private async Task ShakeHandsAsync(Caller caller)
    {
        Stream? stream = null;
        EndPoint? from = null;
        DataConnection? connection = null;
        var session = Guid.Empty;
        try
        {
            from = caller.Socket.RemoteEndPoint;
            DataConnection.Tune(caller.Socket);
            stream = new NetworkStream(caller.Socket, ownsSocket: true);
            stream = await _security.SecureAsync((NetworkStream)stream, isServer: true, host: null, caller.Token);
            (session, var peerMaxFrameBytes) = await Handshake.AsNodeAsync(stream, _ticketOf, _limits, caller.Token);
            connection = new DataConnection(caller.Socket, stream, from, _limits, peerMaxFrameBytes, _clock);
        }
        catch (Exception e)
        {
            if (stream is not null)
                await stream.DisposeAsync();
            caller.Socket.Dispose();
            if (!_stopping.IsCancellationRequested)
                Refuse(from, e is OperationCanceledException ? caller.WhyCancelled : SafeText.MessageOf(e));
        }
        finally
        {
            lock (_gate)
            {
                _callers.Remove(caller.Place);
                _calledOff.TrySetResult();
            }
            caller.Dispose();
        }
        if (connection is not null)
            await HandOnAsync(session, connection);
    }

    private async Task HandOnAsync(Guid session, DataConnection connection)
    {
        try
        {
            _onConnected(session, connection);
        }
        catch (Exception e)
        {
            Refuse(connection.RemoteEndPoint, $"The node could not take the connection: {SafeText.MessageOf(e)}");
            await connection.DisposeAsync();
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
            // Who cannot log a refusal must not stop the listener by it.
        }
    }

    /// <summary>Somebody who has called and not proved anything yet.</summary>
    private sealed class Caller : IDisposable
    {
        private readonly CancellationTokenSource _timeout;
        private readonly CancellationTokenSource _either;
        private volatile bool _thrownOut;

        public Caller(Socket socket, TimeSpan time, TimeProvider clock, CancellationToken stopping)
        {
            Socket = socket;
            Since = clock.GetTimestamp();
            Place = new LinkedListNode<Caller>(this);
            _timeout = new CancellationTokenSource(time, clock);
            _either = CancellationTokenSource.CreateLinkedTokenSource(_timeout.Token, stopping);
            Token = _either.Token;
        }

        public Socket Socket { get; }

        public long Since { get; }

        public LinkedListNode<Caller> Place { get; }

        public Task Handshake { get; set; } = Task.CompletedTask;

        public CancellationToken Token { get; }

        public string WhyCancelled => _thrownOut
            ? "The caller was silent while others waited for its place."
            : "The caller did not finish the handshake in time.";

        // CancelAfter, because a cancellation runs its continuations, and this is called under the listener's lock.
        public void ThrowOut()
        {
            _thrownOut = true;
            _timeout.CancelAfter(TimeSpan.Zero);
        }

        public void Dispose()
        {
            _either.Dispose();
            _timeout.Dispose();
        }
    }
}
