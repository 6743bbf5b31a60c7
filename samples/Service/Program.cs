using ActorPool;
using ActorPool.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using ServiceSample;

if (args is ["--load", var requests, .. var rest])
{
    args = rest;
    Load.StartWith(int.Parse(requests, System.Globalization.CultureInfo.InvariantCulture));
}
var builder = WebApplication.CreateSlimBuilder(args);

// When the host stops, running requests have this long to end. Jobs that need longer fail shortly before.
builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(10));

// One pool for the whole service: requests share its workers fairly. --ActorPool:Connect HOST:PORT runs its jobs on a cluster.
builder.Services.AddActorPool();

// The load comes by HTTP/2, which without TLS a client must not negotiate.
if (Load.Requests > 0)
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));

var app = builder.Build();

app.MapGet("/primes/{limit:int:range(0, 50000000)}", async (int limit, WorkerPool pool, CancellationToken aborted) =>
{
    const int Width = 10_000;
    var starts = Enumerable.Range(0, (limit + Width - 1) / Width).Select(i => i * Width);
    int[] counts = await pool.MapAsync(
        start => Primes.CountBetween(start, Math.Min(start + Width, limit)), starts, cancellationToken: aborted);
    return $"{counts.Sum()} primes below {limit}\n";
});

// The text may have any length: it is read only as fast as the workers count.
app.MapPost("/words", async (HttpRequest request, WorkerPool pool, CancellationToken aborted) =>
{
    var words = 0L;
    var counts = pool.StreamAsync(
        line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length, ReadLinesAsync(request.Body), cancellationToken: aborted);
    await foreach (var count in counts)
        words += count;
    return $"{words} words\n";
});

// A small job in each request. However many requests there are at a time, each costs the same.
app.MapPost("/scores", async (double[] features, WorkerPool pool, CancellationToken aborted) =>
    await pool.MapAsync(Scores.Rate, features, cancellationToken: aborted));

app.MapHealthChecks("/healthz");
app.MapGet("/pool", (WorkerPool pool) => $"{pool.Statistics.Jobs} jobs, {pool.Statistics.Busy} of {pool.Workers} workers are busy\n");

if (Load.Requests > 0)
    app.Lifetime.ApplicationStarted.Register(() => _ = Load.RunAsync(app));

await app.RunAsync();

static async IAsyncEnumerable<string> ReadLinesAsync(Stream text)
{
    using var reader = new StreamReader(text);
    while (await reader.ReadLineAsync() is { } line)
        yield return line;
}
