using ActorPool.Hosting.Configuration;
using ActorPool.Hosting.Logging;
using Akka.Actor;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Lifetime;

/// <summary>Starts a host's pools.</summary>
internal static class PoolFactory
{
    private const string FunctionCategory = "ActorPool.Output"; // that of the engine's lines about what functions write

    /// <exception cref="OptionsValidationException">Options are wrong; the message has all faults.</exception>
    public static WorkerPool Create(IServiceProvider services, string name)
    {
        _ = services.GetRequiredService<IOptions<UnreadSections>>().Value; // which checks them, also where no host starts the pool
        var options = new PoolRegistration(name).GetOptions(services);
        var system = FindSystem(services, options);
        var loggers = services.GetRequiredService<ILoggerFactory>();
        var pool = PoolPlan.Create(options, name, system).Options with { FunctionLogger = loggers.CreateLogger(FunctionCategory) };
        if (system is not null)
            return WorkerPool.Create(system, pool);
        pool = pool with { LogTarget = new LogForwarder(loggers, "Pool", pool.Name!).ToTarget() };
        if (options.Connect is not { } connect)
            return WorkerPool.Create(pool);
        // In the background it waits for no node, and a container cannot wait for a task.
        return WorkerPool.ConnectAsync(connect, pool).GetAwaiter().GetResult();
    }

    /// <summary>Finds the host's actor system, if the pool is to run in it.</summary>
    public static ActorSystem? FindSystem(IServiceProvider services, ActorPoolOptions options) =>
        options.Connect is null && options.UseHostActorSystem ? services.GetService<ActorSystem>() : null;
}
