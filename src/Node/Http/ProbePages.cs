using ActorPool.Node.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorPool.Node.Http;

/// <summary>The pages for probes and for Prometheus: live, ready, and metrics.</summary>
/// <remarks>They need no token, and answer whatever host is asked for: a probe calls an address, or a proxy's name.</remarks>
internal sealed class ProbePages(NodeStatus status, MetricsPage metrics)
{
    private const string Text = "text/plain; charset=utf-8";

    /// <summary>The paths of the pages.</summary>
    public static IReadOnlyList<string> Paths { get; } = ["/livez", "/readyz", "/metrics"];

    public void Map(WebApplication application)
    {
        foreach (var path in Paths)
            application.Map(path, context => AnswerAsync(context, path));
    }

    private async Task AnswerAsync(HttpContext context, string path)
    {
        var (code, type, text) = Find(path);
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            (code, type, text) = (StatusCodes.Status405MethodNotAllowed, Text, "Use GET, HEAD.\n");
            context.Response.Headers.Allow = new(["GET", "HEAD"]);
        }
        context.Response.StatusCode = code;
        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(context.Request.Method))
            await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private (int Code, string Type, string Text) Find(string path) => path switch
    {
        "/livez" => (StatusCodes.Status200OK, Text, "live\n"),
        "/readyz" => status.FindUnreadyReason() is { } reason
            ? (StatusCodes.Status503ServiceUnavailable, Text, $"{reason}\n")
            : (StatusCodes.Status200OK, Text, "ready\n"),
        _ => (StatusCodes.Status200OK, MetricsPage.ContentType, metrics.Format()),
    };
}
