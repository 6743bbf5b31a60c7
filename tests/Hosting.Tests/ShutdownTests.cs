using System.Net;
using ActorPool.ClusterTests.Support;
using ActorPool.Hosting.Tests.Support;
using ActorPool.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ActorPool.Hosting.Tests;

/// <summary>How a host stops while its pool works.</summary>
public sealed class ShutdownTests
{
    [Theory]
    [InlineData("on workers of this process")]
    [InlineData("on a node")]
    public async Task A_host_that_stops_under_load_answers_every_request_that_it_has_taken(string where)
    {
        var port = Ports.GetFree();
        using var node = where is "on a node" ? await Cluster.StartSeedAsync(port, workers: 2) : null;
        using var gate = new SemaphoreSlim(0);
        var started = new CountdownEvent(8);
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(options =>
                (options.Workers, options.Connect) = node is null ? (4, null) : ((int?)null, $"127.0.0.1:{port}")),
            app => app.MapGet("/twice/{number:int}", async (int number, WorkerPool pool, CancellationToken aborted) =>
            {
                if (started.CurrentCount > 0)
                    started.Signal();
                await gate.WaitAsync(aborted);
                // Two jobs one after the other: the second one begins while the host stops.
                var once = await pool.MapAsync(x => x + 1, Enumerable.Repeat(number, 100), cancellationToken: aborted);
                var twice = await pool.MapAsync(x => x + 1, once, cancellationToken: aborted);
                return twice.Sum();
            }));
        await service.AwaitHealthAsync("/readyz", "Healthy");
        var pool = service.Pool;
        var requests = Enumerable.Range(0, 8).Select(i => service.Client.GetStringAsync($"/twice/{i}")).ToArray();
        await Deadline.Until(() => started.CurrentCount == 0, "the requests", pool);

        var stopping = service.App.Lifetime.ApplicationStopping;
        var stop = service.App.StopAsync();
        await Deadline.Until(() => stopping.IsCancellationRequested, "the host's stop", pool);
        gate.Release(8);

        var answers = await Task.WhenAll(requests).Within("the answers", pool);
        Assert.Equal("200 300 400 500 600 700 800 900", string.Join(' ', answers));
        await stop.Within("the end of the host", pool);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.MapAsync(x => x, [1]));
    }

    [Fact]
    public async Task Jobs_of_a_hosted_service_end_before_the_host()
    {
        await using var service = await WebService.StartAsync(
            services => services.AddHostedService<Endless>().AddActorPool(options => options.Workers = 2));
        await Deadline.Until(() => Endless.Answered > 3, "some jobs", service.Pool);

        await service.App.StopAsync().Within("the end of the host", service.Pool);

        Assert.Equal((Endless.Answered, 0), (Endless.Asked, Endless.Failed));
    }

    [Fact]
    public async Task A_job_that_outlasts_the_shutdown_timeout_fails_in_time_for_its_request_to_be_answered()
    {
        using var started = new SemaphoreSlim(0);
        await using var service = await WebService.StartAsync(
            services => services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(10))
                .AddActorPool(options => options.Workers = 1),
            app => app.MapGet("/forever", async (WorkerPool pool) =>
            {
                try
                {
                    await pool.ForEachAsync(async (_, token) =>
                    {
                        started.Release();
                        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
                    }, [1]);
                    return Results.Ok();
                }
                catch (PoolTerminatedException)
                {
                    return Results.StatusCode(StatusCodes.Status503ServiceUnavailable);
                }
            }));
        var request = service.Client.GetAsync("/forever");
        await started.WaitAsync().Within("the job", service.Pool);

        await service.App.StopAsync().Within("the end of the host", service.Pool);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await request.Within("the answer", service.Pool)).StatusCode);
        Assert.Contains(service.Lines.Lines, line => line.Id.Id == 804);
    }

    [Fact]
    public async Task A_host_that_stops_is_not_ready()
    {
        using var taken = new SemaphoreSlim(0);
        using var gate = new SemaphoreSlim(0);
        await using var service = await WebService.StartAsync(
            services => services.AddActorPool(options => options.Workers = 1),
            app => app.MapGet("/health-while-stopping", async (HttpContext http) =>
            {
                taken.Release();
                await gate.WaitAsync();
                var report = await http.RequestServices.GetRequiredService<HealthCheckService>().CheckHealthAsync();
                return string.Join(' ', report.Entries.Select(entry => $"{entry.Key}:{entry.Value.Status}").Order(StringComparer.Ordinal));
            }));
        var request = service.Client.GetStringAsync("/health-while-stopping");
        await taken.WaitAsync().Within("the request");
        var stop = service.App.StopAsync();
        await Deadline.Until(() => service.App.Lifetime.ApplicationStopping.IsCancellationRequested, "the host's stop");
        gate.Release();

        Assert.Equal("actorpool-live:Healthy actorpool:Unhealthy", await request.Within("the health"));
        await stop.Within("the end of the host");
    }

    /// <summary>Asks for one job after the other until the host stops.</summary>
    private sealed class Endless(WorkerPool pool) : BackgroundService
    {
        private static int s_answered;

        public static int Answered => Volatile.Read(ref s_answered);

        public static int Asked { get; private set; }

        public static int Failed { get; private set; }

        protected override async Task ExecuteAsync(CancellationToken stoppingToken)
        {
            while (!stoppingToken.IsCancellationRequested)
            {
                Asked++;
                try
                {
                    await pool.MapAsync(x => x + 1, Enumerable.Range(0, 1000), cancellationToken: CancellationToken.None);
                    Interlocked.Increment(ref s_answered);
                }
                catch (Exception)
                {
                    Failed++;
                    throw;
                }
            }
        }
    }
}
