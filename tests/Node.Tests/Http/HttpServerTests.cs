using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorPool.Node.Http;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Http;

/// <summary>The server over real sockets.</summary>
public sealed class HttpServerTests : IAsyncLifetime
{
    private readonly HttpServer _server = HttpServer.Start(
        new IPEndPoint(IPAddress.Loopback, 0),
        request => request.Path is "/throw"
            ? throw new InvalidOperationException("broken")
            : new HttpResponse("200 OK", $"{request.Method} {request.Path} ä\n"),
        TimeProvider.System);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync().Within("the server to stop");

    [Fact]
    public async Task An_HTTP_client_gets_the_page_whatever_host_it_names()
    {
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_server.EndPoint}/x?y=1");
        request.Headers.Host = "some.other.name";

        using var response = await http.SendAsync(request).Within("the answer");

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("GET /x ä\n", await response.Content.ReadAsStringAsync());
        Assert.Equal("text/plain; charset=utf-8", $"{response.Content.Headers.ContentType}");
    }

    [Fact]
    public async Task HEAD_has_the_headers_without_the_text()
    {
        var answer = await SendAsync("HEAD /x HTTP/1.1\r\nHost: x\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        Assert.Contains("Content-Length: 11\r\n", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nonsense\r\n\r\n", "400 Bad Request")]
    [InlineData("GET /throw HTTP/1.1\r\n\r\n", "500 Internal Server Error")]
    public async Task What_cannot_be_answered_gets_an_error(string request, string status) =>
        Assert.StartsWith($"HTTP/1.1 {status}\r\n", await SendAsync(request), StringComparison.Ordinal);

    [Fact]
    public async Task A_request_that_is_too_long_gets_an_error() =>
        Assert.StartsWith(
            "HTTP/1.1 431 ", await SendAsync($"GET / HTTP/1.1\r\nCookie: {new string('x', 20_000)}\r\n\r\n"), StringComparison.Ordinal);

    [Fact]
    public async Task A_request_may_come_byte_by_byte()
    {
        using var socket = await ConnectAsync();
        foreach (var part in "GET /slow HTTP/1.1\r\n\r\n"u8.ToArray())
            await socket.SendAsync(new[] { part });

        Assert.EndsWith("GET /slow ä\n", await ReceiveAsync(socket), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silent_callers_do_not_keep_others_out_for_longer_than_their_time()
    {
        var silent = new List<Socket>();
        for (var i = 0; i < 40; i++)
            silent.Add(await ConnectAsync());

        var answer = await SendAsync("GET /x HTTP/1.1\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 200 OK\r\n", answer, StringComparison.Ordinal);
        silent.ForEach(socket => socket.Dispose());
    }

    [Fact]
    public void A_port_in_use_is_an_error_at_once() =>
        Assert.Throws<SocketException>(() => HttpServer.Start(_server.EndPoint, _ => HttpResponse.BadRequest, TimeProvider.System));

    private async Task<string> SendAsync(string request)
    {
        using var socket = await ConnectAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(request));
        return await ReceiveAsync(socket);
    }

    private async Task<Socket> ConnectAsync()
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_server.EndPoint).Within("the connection");
        return socket;
    }

    private static async Task<string> ReceiveAsync(Socket socket)
    {
        await using var stream = new NetworkStream(socket);
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return await reader.ReadToEndAsync().Within("the answer");
    }
}
