using System.Text;

namespace ActorPool.Node.Http;

/// <summary>The first line of a request: all that a page depends on.</summary>
/// <param name="Method">Such as GET.</param>
/// <param name="Path">Without the query.</param>
internal readonly record struct HttpRequest(string Method, string Path)
{
    /// <summary>Limit of a request line with its headers.</summary>
    public const int MaxBytes = 8 * 1024;

    private const int MaxMethodChars = 16;

    private static ReadOnlySpan<byte> HeadEnd => "\r\n\r\n"u8;

    /// <summary>Whether the headers have arrived completely.</summary>
    public static bool IsComplete(ReadOnlySpan<byte> bytes) => bytes.IndexOf(HeadEnd) >= 0;

    /// <summary>Reads the request line.</summary>
    /// <returns>Null if it is not one of HTTP/1.0 or HTTP/1.1.</returns>
    public static HttpRequest? TryParse(ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n"u8);
        if (end < 0 || !Ascii.IsValid(bytes[..end]))
            return null;
        var parts = Encoding.ASCII.GetString(bytes[..end]).Split(' ');
        return parts is [var method, var target, "HTTP/1.0" or "HTTP/1.1"]
            && method.Length is > 0 and <= MaxMethodChars && method.All(char.IsAsciiLetterUpper)
            && FindPath(target) is { } path
                ? new HttpRequest(method, path)
                : null;
    }

    /// <summary>Finds the path in a target such as <c>/metrics?x=1</c> or <c>http://node/metrics</c>.</summary>
    private static string? FindPath(string target)
    {
        if (!target.StartsWith('/'))
            return Uri.TryCreate(target, UriKind.Absolute, out var uri) && uri.Scheme is "http" ? uri.AbsolutePath : null;
        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target[..query];
    }
}
