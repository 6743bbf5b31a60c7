using ActorPool.Node.Nodes;

namespace ActorPool.Node.Http;

/// <summary>The pages that a node serves: live, ready, and its metrics.</summary>
internal sealed class NodePages(NodeStatus status, MetricsPage metrics)
{
    private const string Methods = "GET, HEAD";

    public HttpResponse Answer(HttpRequest request)
    {
        if (request.Path is not ("/livez" or "/readyz" or "/metrics"))
            return new HttpResponse("404 Not Found", "There are /livez, /readyz and /metrics.\n");
        if (request.Method is not ("GET" or "HEAD"))
            return new HttpResponse("405 Method Not Allowed", $"Use {Methods}.\n") { Allow = Methods };
        return request.Path switch
        {
            "/livez" => new HttpResponse("200 OK", "live\n"),
            "/readyz" when status.FindUnreadyReason() is { } reason => new HttpResponse("503 Service Unavailable", $"{reason}\n"),
            "/readyz" => new HttpResponse("200 OK", "ready\n"),
            _ => new HttpResponse("200 OK", metrics.Format()) { ContentType = MetricsPage.ContentType },
        };
    }
}
