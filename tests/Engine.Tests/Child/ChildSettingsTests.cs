using ActorPool.Child;
using ActorPool.Configuration;

namespace ActorPool.Tests.Child;

public sealed class ChildSettingsTests
{
    [Fact]
    public void A_worker_process_has_the_defaults_of_reference_conf()
    {
        var options = new WorkerPoolOptions { Workers = 1, Name = "a" };
        var read = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options));

        var made = ChildSettings.Create(options, new ChildHostOptions());

        Assert.Equal(read, made with { Config = read.Config });
    }
}
