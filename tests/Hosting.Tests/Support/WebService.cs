using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using ActorPool.Tests.Support;

namespace ActorPool.Hosting.Tests.Support;

/// <summary>An ASP.NET Core service on loopback, and a client for it.</summary>
internal sealed class WebService : IAsyncDisposable
{
    private WebService(WebApplication app, LineCollector lines)
    {
        (App, Lines) = (app, lines);
        Client = new HttpClient { BaseAddress = new Uri(app.Urls.First()), Timeout = Deadline.Limit };
    }

    public WebApplication App { get; }

    public LineCollector Lines { get; }

    public HttpClient Client { get; }

    public WorkerPool Pool => App.Services.GetRequiredService<WorkerPool>();

    /// <summary>Builds and starts a service.</summary>
    /// <param name="add">Adds the services under test.</param>
    /// <param name="map">Adds endpoints; null for none beside those of health.</param>
    /// <param name="settings">The host's configuration.</param>
    public static async Task<WebService> StartAsync(
        Action<IServiceCollection> add, Action<WebApplication>? map = null, params (string Key, string Value)[] settings)
    {
        var (app, lines) = Build(add, map, settings);
        await app.StartAsync().Within("the start of the service");
        return new WebService(app, lines);
    }

    public static (WebApplication App, LineCollector Lines) Build(
        Action<IServiceCollection> add, Action<WebApplication>? map = null, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Configuration.AddInMemoryCollection(
            settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var lines = new LineCollector();
        builder.Logging.ClearProviders().AddProvider(lines);
        add(builder.Services);
        var app = builder.Build();
        app.MapHealthChecks("/livez", new HealthCheckOptions { Predicate = check => check.Tags.Contains("live") });
        app.MapHealthChecks("/readyz", new HealthCheckOptions { Predicate = check => check.Tags.Contains("ready") });
        map?.Invoke(app);
        return (app, lines);
    }

    /// <summary>Gets the answer of a health check, with its status code.</summary>
    public async Task<(HttpStatusCode Status, string Text)> CheckAsync(string path)
    {
        using var response = await Client.GetAsync(path);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Waits until a health check answers with this text.</summary>
    public async Task AwaitHealthAsync(string path, string text)
    {
        var last = "";
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        using var limit = new CancellationTokenSource(Deadline.Limit);
        while (!(last = (await CheckAsync(path)).Text).Equals(text, StringComparison.Ordinal))
            Assert.True(!limit.IsCancellationRequested && await timer.WaitForNextTickAsync(), $"{path} is still [{last}]. {Lines}");
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await App.DisposeAsync();
    }
}
