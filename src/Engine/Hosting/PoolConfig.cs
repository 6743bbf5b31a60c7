using System.Runtime.CompilerServices;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using ActorPool.Telemetry;

namespace ActorPool.Hosting;

/// <summary>Lays a pool's configuration together: the caller's text over what the pool brings along.</summary>
/// <remarks>
/// The text reaches Akka only as the keys that <see cref="HoconText"/> read from it. What it could not read is for <see cref="PoolSettings.Read(WorkerPoolOptions, Config)"/> to report,
/// together with all else that is wrong: nothing may start from a configuration that has not been through there.
/// </remarks>
internal static class PoolConfig
{
    private static readonly Config s_reference = Reference();

    // Akka does not notice that it has a fallback already, and its configuration would grow with each pool.
    private static readonly ConditionalWeakTable<ActorSystem, Config> s_injected = [];

    // Standard output belongs to the program: a pool in a pipeline must not write into its data. Nor may a function that never returns hold up the end of the process,
    // as the hook does that waits for an orderly shutdown.
    private static readonly Config s_ownSystem = ConfigurationFactory.ParseString($$"""
        akka {
          loggers = ["{{typeof(StandardErrorLogger).FullName}}, {{typeof(StandardErrorLogger).Assembly.GetName().Name}}"]
          loglevel = WARNING
          stdout-loglevel = OFF
          stdout-logger-class = "{{typeof(StartAndEndLogger).FullName}}, {{typeof(StartAndEndLogger).Assembly.GetName().Name}}"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
            phases.{{ShutdownGate.Phase}}.timeout = {{ShutdownGate.LongestWait}}
          }
        }
        """);

    /// <summary>What lies under the configuration of any actor system of ours.</summary>
    public static Config OwnSystem { get; } = s_reference.WithFallback(s_ownSystem);

    /// <summary>For a pool with an actor system of its own, which starts from this.</summary>
    public static Config ForOwnSystem(WorkerPoolOptions options) => TextOf(options).ToConfig().WithFallback(OwnSystem);

    /// <summary>For a pool in a caller's actor system, which learns of the pool's dispatchers here; its own settings for them win.</summary>
    /// <returns>The section <c>actorpool</c> alone.</returns>
    public static Config Within(ActorSystem system, WorkerPoolOptions options)
    {
        lock (s_injected)
        {
            if (s_injected.TryAdd(system, s_reference))
                system.Settings.InjectTopLevelFallback(s_reference);
        }
        return TextOf(options).ToConfig().WithFallback(system.Settings.Config.GetValue("actorpool").AtKey("actorpool"));
    }

    /// <summary>Starts an actor system for one pool or node.</summary>
    /// <param name="settings">Its settings.</param>
    /// <param name="remoting">For Akka's remoting, if it has any.</param>
    /// <exception cref="ArgumentException">Akka refuses its own part of the configuration.</exception>
    public static ActorSystem StartSystem(PoolSettings settings, params Setup[] remoting)
    {
        ActorSystem? system = null;
        try
        {
            var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(settings.Config));
            system = ActorSystem.Create(settings.SystemName, remoting.Aggregate(setup, (all, one) => all.And(one)));
            ShutdownGate.Close(system);
            CheckDispatchers(system);
            return system;
        }
        catch (Exception e)
        {
            if (system is not null)
                _ = ShutdownGate.TerminateAsync(system);
            throw new ArgumentException($"Akka refuses WorkerPoolOptions.Config: {e.Message}", e);
        }
    }

    /// <summary>Akka makes a dispatcher only when an actor needs it, and one that it cannot make would be a pool that never answers.</summary>
    /// <exception cref="ArgumentException">A dispatcher's section is not valid.</exception>
    public static void CheckDispatchers(ActorSystem system)
    {
        foreach (var id in new[] { PoolSettings.WorkerDispatcher, PoolSettings.CoordinationDispatcher })
        {
            try
            {
                system.Dispatchers.Lookup(id);
            }
            catch (Exception e)
            {
                throw new ArgumentException($"{id} is not a dispatcher that Akka can make: {e.Message} Correct its type and executor.", e);
            }
        }
    }

    public static HoconText TextOf(WorkerPoolOptions options) => new("WorkerPoolOptions.Config", options.Config);

    /// <summary>Keys of the text that would have no effect where the pool lives.</summary>
    public static IEnumerable<string> MisplacedKeys(HoconText text, Config config)
    {
        var ownsSystem = config.HasPath("akka.loggers"); // Within takes nothing but actorpool from a caller's system
        foreach (var entry in text.Entries)
        {
            if (HoconText.Root(entry.Path) is not ("actorpool" or "akka"))
                yield return $"{entry.Path} is an unknown key{text.Where(entry.Path)}. A pool's settings are in actorpool {{ … }}, Akka's in akka {{ … }}.";
            else if (!ownsSystem && IsOfTheSystem(entry.Path))
                yield return $"{entry.Path} is set{text.Where(entry.Path)}, but the pool runs in an actor system that has started already. Set it in that system's configuration.";
        }
    }

    private static bool IsOfTheSystem(string path) =>
        HoconText.Root(path) is "akka" || $"{path}.".StartsWith($"{PoolSettings.WorkerDispatcher}.", StringComparison.Ordinal) || $"{path}.".StartsWith($"{PoolSettings.CoordinationDispatcher}.", StringComparison.Ordinal);

    private static Config Reference()
    {
        using var stream = typeof(PoolConfig).Assembly.GetManifestResourceStream("ActorPool.reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
