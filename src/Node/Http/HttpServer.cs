using System.Net;
using System.Net.Sockets;

namespace ActorPool.Node.Http;

/// <summary>Serves small pages over HTTP/1.1, one request for each connection.</summary>
/// <remarks>
/// .NET's HttpListener answers only to the Host names that it was given, so a probe that calls an address or a proxy's name gets 404; and
/// ASP.NET Core's server needs a runtime of its own on each machine. This one reads no body, keeps at most <see cref="MaxConnections"/>
/// connections and ends each after its answer or after five seconds.
/// </remarks>
internal sealed class HttpServer : IAsyncDisposable
{
    private const int MaxConnections = 32; // more callers wait in the system's queue
    private const int MaxUnreadBytes = 64 * 1024;

    private static readonly TimeSpan s_timeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Socket _socket;
    private readonly Func<HttpRequest, HttpResponse> _answer;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _free = new(MaxConnections);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    private HttpServer(Socket socket, Func<HttpRequest, HttpResponse> answer, TimeProvider clock)
    {
        (_socket, _answer, _clock) = (socket, answer, clock);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _accepting = Task.Run(AcceptAsync);
    }

    /// <summary>Where it listens, also if the system has chosen the port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">The address and port; port 0: any free one.</param>
    /// <param name="answer">Makes the answer to each request; runs on the thread pool, several at a time.</param>
    /// <param name="clock">Measures the time of each connection.</param>
    /// <exception cref="SocketException">The port is in use, or the address is not one of this machine.</exception>
    public static HttpServer Start(IPEndPoint endPoint, Func<HttpRequest, HttpResponse> answer, TimeProvider clock)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(endPoint);
            socket.Listen();
            return new HttpServer(socket, answer, clock);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _socket.Dispose();
        await _accepting;
        for (var i = 0; i < MaxConnections; i++)
            await _free.WaitAsync(); // the last of them has ended then
        _free.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                await _free.WaitAsync(_stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            try
            {
                _ = ServeAsync(await _socket.AcceptAsync(_stopping.Token));
            }
            catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
            {
                _free.Release();
                // The caller hung up before it was accepted, or no descriptors are left: the next try may succeed.
                await Task.Delay(s_pause, _clock, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async Task ServeAsync(Socket caller)
    {
        using var timeout = new CancellationTokenSource(s_timeout, _clock);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, _stopping.Token);
        try
        {
            await SendAsync(caller, await AnswerAsync(caller, limit.Token), limit.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // The caller hung up, was too slow, or the node ends: nobody waits for an answer.
        }
        finally
        {
            caller.Dispose();
            _free.Release();
        }
    }

    private async Task<byte[]> AnswerAsync(Socket caller, CancellationToken limit)
    {
        var bytes = new byte[HttpRequest.MaxBytes];
        var length = 0;
        while (!HttpRequest.IsComplete(bytes.AsSpan(0, length)))
        {
            if (length == bytes.Length)
                return HttpResponse.TooLong.Format(withBody: true);
            var count = await caller.ReceiveAsync(bytes.AsMemory(length), limit);
            if (count == 0)
                return HttpResponse.BadRequest.Format(withBody: true);
            length += count;
        }
        if (HttpRequest.TryParse(bytes.AsSpan(0, length)) is not { } request)
            return HttpResponse.BadRequest.Format(withBody: true);
        HttpResponse response;
        try
        {
            response = _answer(request);
        }
        catch (Exception e)
        {
            response = new HttpResponse("500 Internal Server Error", $"{e.GetType()}: {e.Message}\n");
        }
        return response.Format(withBody: request.Method is not "HEAD");
    }

    // Closing a socket with unread bytes resets the connection, which may overtake the answer: so the caller closes first.
    private static async Task SendAsync(Socket caller, byte[] answer, CancellationToken limit)
    {
        ReadOnlyMemory<byte> rest = answer;
        while (!rest.IsEmpty)
            rest = rest[await caller.SendAsync(rest, limit)..];
        caller.Shutdown(SocketShutdown.Send);
        var unread = new byte[HttpRequest.MaxBytes];
        for (var read = 0; read < MaxUnreadBytes;)
        {
            if (await caller.ReceiveAsync(unread, limit) is not (> 0 and var count))
                break;
            read += count;
        }
    }
}
