using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Processes;
using Akka.Actor;
using Akka.Actor.Setup;

namespace ActorPool.Remoting;

/// <summary>Starts the private actor systems of pools and nodes.</summary>
internal static class SystemStarter
{
    private static readonly SettingsOption s_config = SettingsOption.ForPool(nameof(WorkerPoolOptions.Config));

    /// <summary>Starts an actor system for one pool or node.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="remoting">Setups for Akka's remoting, if it has any.</param>
    /// <exception cref="SettingsException">Akka refuses its part of the configuration.</exception>
    public static ActorSystem Start(PoolSettings settings, params Setup[] remoting)
    {
        ActorSystem? system = null;
        try
        {
            var bootstrap = BootstrapSetup.Create().WithConfig(settings.Config.WithFallback(ShutdownGate.Config));
            var setup = ActorSystemSetup.Create(bootstrap, AkkaLines.Filter);
            system = ActorSystem.Create(settings.SystemName, remoting.Aggregate(setup, (all, one) => all.And(one)));
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
}
