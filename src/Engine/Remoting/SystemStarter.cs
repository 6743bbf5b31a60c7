using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Processes;
using Akka.Actor;
using Akka.Actor.Internal;
using Akka.Actor.Setup;
using Akka.Configuration;

namespace ActorPool.Remoting;

/// <summary>Starts the private actor systems of pools and nodes.</summary>
internal static class SystemStarter
{
    private static readonly SettingsOption s_config = SettingsOption.ForPool(nameof(WorkerPoolOptions.Config));

    // A private actor system has no messages for Newtonsoft.Json, which takes time to start.
    private static readonly Config s_serializers = ConfigurationFactory.ParseString($$"""
        akka.actor {
          serializers.json = "{{typeof(RejectingSerializer).FullName}}, {{typeof(RejectingSerializer).Assembly.GetName().Name}}"
          serialization-settings.json.refuses = 1
        }
        """);

    /// <summary>Starts an actor system for one pool or node.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="remoting">Setups for Akka's remoting, if it has any.</param>
    /// <exception cref="SettingsException">Akka refuses its part of the configuration.</exception>
    public static ActorSystem Start(PoolSettings settings, params Setup[] remoting)
    {
        ActorSystem? system = null;
        try
        {
            system = Create(settings, remoting);
            ShutdownGate.Close(system);
            PoolConfig.CheckDispatchers(system);
            return system;
        }
        catch (Exception e)
        {
            if (system is not null)
                _ = ShutdownGate.TerminateAsync(system);
            if (e is SettingsException)
                throw;
            var advice = ProgramFile.HasNoHooks
                ? " This program seems to be trimmed (PublishTrimmed), and Akka does not run without what that removes. Publish it without."
                : "";
            throw new SettingsException(new SettingsFault(s_config, $"Akka refuses {s_config}: {e.Message}{advice}"), e);
        }
    }
    // Not ActorSystem.Create: with setups, it reads the program's app.config first, even if it has a configuration
    // (no issue is filed). That compiles a tenth of all methods of a start. Remove when it reads what it needs.
    private static ActorSystemImpl Create(PoolSettings settings, IEnumerable<Setup> remoting)
    {
        var config = settings.Config.WithFallback(s_serializers).WithFallback(ShutdownGate.Config);
        var setup = ActorSystemSetup.Create([AkkaLines.Filter, .. remoting]);
        if (settings.LogTarget is { } target)
            (config, setup) = (target.Configure(config, PoolConfig.DefaultLogLevel), setup.And(target));
        var system = new ActorSystemImpl(settings.SystemName, config, setup, guardianProps: null);
        system.Start();
        return system;
    }
}
