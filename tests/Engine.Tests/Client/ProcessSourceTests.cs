using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Serialization;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Client;

/// <summary>Worker processes that start before their pool has an actor system.</summary>
public sealed class ProcessSourceTests
{
    private static readonly WorkerPoolOptions s_options = new() { Workers = 2, Isolation = WorkerIsolation.Process };

    [Fact]
    public async Task A_process_that_was_started_early_is_the_first_workers()
    {
        var (source, settings) = Create();
        source.StartEarly(settings);

        var second = source.StartAsync(settings.Processes + 1, settings);
        var first = source.StartAsync(1, settings);

        Assert.Equal(1, (await first.Within("the first start")).WorkerId);
        Assert.Equal(settings.Processes + 1, (await second.Within("another start")).WorkerId);
        source.AddEnding(ProcessStart.EndAsync(first));
        source.AddEnding(ProcessStart.EndAsync(second));
        await source.EndAsync().Within("the end of the processes");
    }

    [Fact]
    public async Task A_process_that_no_worker_takes_ends_with_its_pool()
    {
        var (source, settings) = Create();
        source.StartEarly(settings);
        var directory = source.GetDirectory();

        await source.EndAsync().Within("the end of the processes");

        Assert.False(Directory.Exists(directory));
    }

    private static (ProcessSource Source, PoolSettings Settings) Create()
    {
        var settings = PoolSettings.Read(s_options, PoolConfig.ForOwnSystem(s_options)).ForWorkers();
        return (new ProcessSource(PayloadLimits.For(settings.Cluster), initializer: null, workerState: null, Conversions.None), settings);
    }
}
