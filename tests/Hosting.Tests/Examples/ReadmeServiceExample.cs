using System.Net.Http.Json;
using ActorPool.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace ActorPool.Hosting.Tests.Examples;

/// <summary>The README's service.</summary>
public sealed class ReadmeServiceExample
{
    [Fact]
    public async Task A_service()
    {
        string[] args = ["--urls", "http://127.0.0.1:0"];

        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddActorPool();                                     // settings: ActorPool in appsettings.json

        var app = builder.Build();
        app.MapHealthChecks("/healthz");
        app.MapGet("/squares/{n:int}", (int n, WorkerPool pool, CancellationToken aborted) =>
            pool.MapAsync(x => x * x, Enumerable.Range(0, n), cancellationToken: aborted));

        await using var _ = app;
        await app.StartAsync().Within("the start");
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Deadline.Limit };
        Assert.Equal("0 1 4 9", string.Join(' ', (await client.GetFromJsonAsync<int[]>("/squares/4"))!));
        Assert.Equal("Healthy", await client.GetStringAsync("/healthz"));
    }
}
