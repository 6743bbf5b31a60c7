using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorPool.Dashboard;
using ActorPool.Insights;
using ActorPool.Node.Observing;
using ActorPool.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ActorPool.Node.Http;

/// <summary>The dashboard: its files, its JSON, its events and its commands.</summary>
internal sealed class DashboardPages(DashboardGuard guard, ClusterWatch watch, TimeProvider clock)
{
    private const string Json = "application/json; charset=utf-8";
    private const int MaxViewers = 32;
    private static readonly TimeSpan s_interval = TimeSpan.FromSeconds(1);

    private int _viewers;

    public void Map(WebApplication application)
    {
        application.Use(async (context, next) =>
        {
            if (ProbePages.Paths.Contains(context.Request.Path.Value, StringComparer.Ordinal) || await guard.AdmitAsync(context))
                await next(context);
        });
        MapJson("/api/v1/cluster", (_, stop) => watch.DescribeAsync(stop), ReportJson.Default.ClusterReport);
        MapJson("/api/v1/jobs/{key}", (context, stop) =>
            watch.DescribeJobAsync(Get(context, "key"), stop), ReportJson.Default.JobReport);
        MapJson("/api/v1/log", (context, stop) =>
            watch.ReadLogAsync(ReadNumber(context.Request.Query["after"]), stop), ReportJson.Default.LogReport);
        MapCommand("/api/v1/jobs/{key}/cancel", (context, observer, stop) =>
            OfJobAsync(Get(context, "key"), observer, observer.CancelJobAsync, stop));
        MapCommand("/api/v1/jobs/{key}/retry", (context, observer, stop) =>
            OfJobAsync(Get(context, "key"), observer, observer.RetryJobAsync, stop));
        MapCommand("/api/v1/nodes/{node}/drain", (context, observer, stop) => observer.DrainAsync(Get(context, "node"), stop));
        MapCommand("/api/v1/nodes/{node}/workers", async (context, observer, stop) =>
            await observer.ResizeAsync(Get(context, "node"), await ReadAsync(context, "workers", value => value.GetInt32()), stop));
        MapCommand("/api/v1/nodes/{node}/log-level", async (context, observer, stop) =>
            await observer.SetLogLevelAsync(Get(context, "node"), await ReadAsync(context, "level", value => value.GetString()!), stop));
        application.MapGet("/api/v1/events", SendEventsAsync);
        application.MapFallback("{*path}", SendFileAsync); // also what looks like a file

        void MapJson<T>(string path, Func<HttpContext, CancellationToken, Task<T>> find, JsonTypeInfo<T> type) =>
            application.MapGet(path, Answer(find, type));

        void MapCommand(string path, Func<HttpContext, ClusterObserver, CancellationToken, Task<CommandReport>> command) =>
            application.MapPost(path, Answer(
                (context, stop) => watch.DoAsync(observer => command(context, observer, stop), stop), ReportJson.Default.CommandReport));
    }

    private static RequestDelegate Answer<T>(Func<HttpContext, CancellationToken, Task<T>> find, JsonTypeInfo<T> type) =>
        context => AnswerAsync(context, find, type);

    private static async Task AnswerAsync<T>(
        HttpContext context, Func<HttpContext, CancellationToken, Task<T>> find, JsonTypeInfo<T> type)
    {
        try
        {
            var report = await find(context, context.RequestAborted);
            context.Response.ContentType = Json;
            await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(report, type), context.RequestAborted);
        }
        catch (QuestionException e)
        {
            var isRefused = HttpMethods.IsPost(context.Request.Method) && !e.IsUnknown;
            var status = isRefused ? StatusCodes.Status409Conflict
                : IsPage(context.Request) ? StatusCodes.Status200OK
                : StatusCodes.Status404NotFound;
            await DashboardGuard.WriteErrorAsync(context.Response, status, e.Message);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or FormatException or BadHttpRequestException)
        {
            await DashboardGuard.WriteErrorAsync(context.Response, StatusCodes.Status400BadRequest, e.Message);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for the answer.
        }
    }

    /// <summary>Does something with a job; one that nobody knows is not found.</summary>
    private static async Task<CommandReport> OfJobAsync(
        string key, ClusterObserver observer, Func<string, CancellationToken, Task<CommandReport>> command, CancellationToken stop)
    {
        try
        {
            return await command(key, stop);
        }
        catch (QuestionException e)
        {
            if (await HasJobAsync(key, observer, stop))
                throw;
            throw new QuestionException(e.Message) { IsUnknown = true };
        }
    }

    private static async Task<bool> HasJobAsync(string key, ClusterObserver observer, CancellationToken stop)
    {
        try
        {
            await observer.DescribeJobAsync(key, stop);
            return true;
        }
        catch (QuestionException)
        {
            return false;
        }
    }

    /// <summary>Sends the cluster each second, until the viewer has gone.</summary>
    private async Task SendEventsAsync(HttpContext context)
    {
        var stop = context.RequestAborted;
        if (Interlocked.Increment(ref _viewers) > MaxViewers)
        {
            Interlocked.Decrement(ref _viewers);
            await DashboardGuard.WriteErrorAsync(
                context.Response, StatusCodes.Status503ServiceUnavailable, $"[{MaxViewers}] pages look already.");
            return;
        }
        try
        {
            context.Response.ContentType = "text/event-stream";
            using var timer = new PeriodicTimer(s_interval, clock);
            do
                await SendEventAsync(context, stop);
            while (await timer.WaitForNextTickAsync(stop));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // The viewer has gone.
        }
        finally
        {
            Interlocked.Decrement(ref _viewers);
        }
    }

    private async Task SendEventAsync(HttpContext context, CancellationToken stop)
    {
        try
        {
            var report = await watch.DescribeAsync(stop);
            var json = JsonSerializer.Serialize(report, ReportJson.Default.ClusterReport);
            await context.Response.WriteAsync($"event: cluster\ndata: {json}\n\n", stop);
        }
        catch (QuestionException)
        {
            await context.Response.WriteAsync(": the node is in no cluster\n\n", stop);
        }
        await context.Response.Body.FlushAsync(stop);
    }

    private static async Task SendFileAsync(HttpContext context)
    {
        var response = context.Response;
        if (PageFiles.Find(context.Request.Path.Value ?? "") is not { } file || !IsRead(context.Request))
        {
            await DashboardGuard.WriteErrorAsync(response, StatusCodes.Status404NotFound, "There is no such page.");
            return;
        }
        response.Headers.ETag = file.ETag;
        response.Headers.CacheControl = "no-cache"; // the browser asks whether it has changed
        if (context.Request.Headers.IfNoneMatch.Contains(file.ETag, StringComparer.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }
        response.ContentType = file.ContentType;
        response.ContentLength = file.Content.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(file.Content, context.RequestAborted);
    }

    /// <summary>Whether a page asks, which reads the error itself.</summary>
    /// <remarks>A browser reports each other status as a fault of the page.</remarks>
    private static bool IsPage(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) && request.Query["status"] is ["200"];

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static string Get(HttpContext context, string name) => (string)context.GetRouteValue(name)!;

    private static long ReadNumber(string? text) => string.IsNullOrEmpty(text) ? 0 : long.Parse(text, CultureInfo.InvariantCulture);

    private static async Task<T> ReadAsync<T>(HttpContext context, string name, Func<JsonElement, T> read)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
        return body.RootElement.ValueKind == JsonValueKind.Object && body.RootElement.TryGetProperty(name, out var value)
            ? read(value)
            : throw new JsonException($"The body must be JSON such as {{\"{name}\": …}}.");
    }
}
