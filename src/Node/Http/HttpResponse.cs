using System.Globalization;
using System.Text;

namespace ActorPool.Node.Http;

/// <summary>The answer to a request.</summary>
/// <param name="Status">The code and its name, such as <c>200 OK</c>.</param>
/// <param name="Body">The text, in UTF-8.</param>
internal sealed record HttpResponse(string Status, string Body)
{
    public string ContentType { get; init; } = "text/plain; charset=utf-8";

    /// <summary>The methods that the page has; null where the answer does not tell.</summary>
    public string? Allow { get; init; }

    public static HttpResponse BadRequest { get; } = new("400 Bad Request", "This is not a request of HTTP/1.1.\n");

    public static HttpResponse TooLong { get; } = new(
        "431 Request Header Fields Too Large",
        string.Create(CultureInfo.InvariantCulture, $"A request may have {HttpRequest.MaxBytes} bytes.\n"));

    /// <summary>Formats the answer as it goes over the connection, which ends after it.</summary>
    /// <param name="withBody">False for HEAD: the headers are the same.</param>
    public byte[] Format(bool withBody)
    {
        var body = Encoding.UTF8.GetBytes(Body);
        var head = new StringBuilder()
            .Append(CultureInfo.InvariantCulture, $"HTTP/1.1 {Status}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Type: {ContentType}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n")
            .Append("Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n");
        if (Allow is not null)
            head.Append(CultureInfo.InvariantCulture, $"Allow: {Allow}\r\n");
        var bytes = Encoding.ASCII.GetBytes(head.Append("\r\n").ToString());
        return withBody ? [.. bytes, .. body] : bytes;
    }
}
