using System.Text;
using ActorPool.Node.Http;

namespace ActorPool.Node.Tests.Http;

public sealed class HttpRequestTests
{
    [Theory]
    [InlineData("GET /livez HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/livez")]
    [InlineData("HEAD /metrics?name=a HTTP/1.0\r\n\r\n", "HEAD", "/metrics")]
    [InlineData("POST http://node:9110/readyz?x HTTP/1.1\r\n\r\n", "POST", "/readyz")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", "GET", "/")]
    public void A_request_is_a_method_and_a_path(string text, string method, string path) =>
        Assert.Equal(new HttpRequest(method, path), HttpRequest.TryParse(Encoding.ASCII.GetBytes(text)));

    [Theory]
    [InlineData("")]
    [InlineData("GET /livez")]
    [InlineData("\r\n\r\n")]
    [InlineData("GET /livez\r\n\r\n")]
    [InlineData("GET /livez HTTP/2.0\r\n\r\n")]
    [InlineData("GET  /livez HTTP/1.1\r\n\r\n")]
    [InlineData("get /livez HTTP/1.1\r\n\r\n")]
    [InlineData("GET livez HTTP/1.1\r\n\r\n")]
    [InlineData("GET file:///etc/passwd HTTP/1.1\r\n\r\n")]
    [InlineData("AVERYLONGMETHODNAME / HTTP/1.1\r\n\r\n")]
    [InlineData("GET /\u00e4 HTTP/1.1\r\n\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\r\n\r\n")]
    public void All_else_is_none(string text) => Assert.Null(HttpRequest.TryParse(Encoding.Latin1.GetBytes(text)));

    [Fact]
    public void Random_bytes_are_read_without_an_exception()
    {
        var random = new Random(17);
        var bytes = new byte[64];
        for (var i = 0; i < 10_000; i++)
        {
            random.NextBytes(bytes);
            "\r\n\r\n"u8.CopyTo(bytes.AsSpan(random.Next(60)));
            Assert.True(HttpRequest.IsComplete(bytes));
            _ = HttpRequest.TryParse(bytes);
        }
    }
}
