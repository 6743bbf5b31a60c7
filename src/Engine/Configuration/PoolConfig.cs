using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using Akka.Actor;
using Akka.Configuration;

namespace ActorPool.Configuration;

/// <summary>Builds a pool's configuration: the caller's text over the pool's defaults.</summary>
/// <remarks>
/// The text reaches Akka only as the keys that <see cref="HoconText"/> read from it.
/// <see cref="PoolSettings.Read(WorkerPoolOptions, Config)"/> reports what could not be read, together with all other faults:
/// nothing may start from a configuration that was not checked there.
/// </remarks>
internal static class PoolConfig
{
    /// <summary>The default log level of the actor systems that the engine starts.</summary>
    public const string DefaultLogLevel = "WARNING";

    private static readonly SettingsOption s_config = SettingsOption.ForPool(nameof(WorkerPoolOptions.Config));

    private static readonly Config s_reference = ReadReference();

    // Akka does not notice that it already has a fallback, and its configuration would grow with each pool.
    // akka.net#7426 is close to it (closed: the race in it). Remove when a second injection of the same fallback changes nothing.
    private static readonly ConditionalWeakTable<ActorSystem, Config> s_injected = [];

    // Standard output belongs to the program: a pool in a pipeline must not write into its data. And a function that never returns must not
    // delay the end of the process; Akka's hook would, because it waits for an orderly shutdown.
    private static readonly Config s_ownSystem = ConfigurationFactory.ParseString($$"""
        akka {
          loggers = ["{{typeof(StandardErrorLogger).FullName}}, {{typeof(StandardErrorLogger).Assembly.GetName().Name}}"]
          loglevel = {{DefaultLogLevel}}
          stdout-loglevel = OFF
          stdout-logger-class = "{{typeof(StartAndEndLogger).FullName}}, {{typeof(StartAndEndLogger).Assembly.GetName().Name}}"
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          coordinated-shutdown {
            run-by-clr-shutdown-hook = off
            exit-clr = off
          }
        }
        """);

    /// <summary>The defaults of each actor system that the engine starts.</summary>
    public static Config OwnSystem { get; } = s_reference.WithFallback(s_ownSystem);

    /// <summary>Builds the configuration of a pool that starts its own actor system.</summary>
    public static Config ForOwnSystem(WorkerPoolOptions options) => ReadText(options).ToConfig().WithFallback(OwnSystem);

    /// <summary>Builds the configuration of a pool of worker processes with its own actor system.</summary>
    public static Config ForProcesses(WorkerPoolOptions options) =>
        ReadText(options).ToConfig().WithFallback(Processes.Config).WithFallback(OwnSystem);

    /// <summary>Builds the configuration of a pool in a caller's actor system.</summary>
    /// <returns>Only the section <c>actorpool</c>.</returns>
    /// <remarks>It also adds the pool's dispatchers to the system as fallbacks; the system's own settings for them win.</remarks>
    public static Config ForCallersSystem(ActorSystem system, WorkerPoolOptions options)
    {
        lock (s_injected)
        {
            if (s_injected.TryAdd(system, s_reference))
                system.Settings.InjectTopLevelFallback(s_reference);
        }
        return ReadText(options).ToConfig().WithFallback(system.Settings.Config.GetValue("actorpool").AtKey("actorpool"));
    }

    /// <summary>What pools of worker processes have besides.</summary>
    /// <remarks>Read only when it is needed: reading HOCON takes time at the start of a program.</remarks>
    private static class Processes
    {
        // A spinning thread takes a processor from the processes.
        public static readonly Config Config = ConfigurationFactory.ParseString("actorpool.worker-dispatcher.worker-threads.spin = 0");
    }

    /// <summary>Makes Akka create the pool's dispatchers now.</summary>
    /// <exception cref="SettingsException">A dispatcher's section is not valid.</exception>
    /// <remarks>Akka creates a dispatcher only when an actor needs it; if that failed then, the pool would never answer.</remarks>
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
                throw new SettingsException(
                    new SettingsFault(id, null, $"Akka cannot create the dispatcher {id}: {e.Message} Correct its type and executor."), e);
            }
        }
    }

    public static HoconText ReadText(WorkerPoolOptions options) => new(s_config.ToString(), options.Config);

    /// <summary>Finds keys of the text that would have no effect for this pool.</summary>
    public static IEnumerable<SettingsFault> FindMisplacedKeys(HoconText text, Config config)
    {
        var ownsSystem = config.HasPath("akka.loggers"); // ForCallersSystem takes only actorpool from a caller's system
        foreach (var entry in text.Entries)
        {
            var place = text.Find(entry.Path);
            if (HoconText.GetFirstKey(entry.Path) is not ("actorpool" or "akka"))
            {
                yield return new SettingsFault(
                    entry.Path, place,
                    $"{entry.Path} is an unknown key ({place}). A pool's settings are in actorpool {{ … }}, Akka's in akka {{ … }}.");
            }
            else if (!ownsSystem && BelongsToSystem(entry.Path))
            {
                const string Advice = "Set it in that system's configuration.";
                yield return new SettingsFault(
                    entry.Path, place,
                    $"{entry.Path} is set ({place}), but the pool runs in an actor system that has started already. {Advice}");
            }
        }
    }

    private static bool BelongsToSystem(string path) =>
        HoconText.GetFirstKey(path) is "akka"
        || $"{path}.".StartsWith($"{PoolSettings.WorkerDispatcher}.", StringComparison.Ordinal)
        || $"{path}.".StartsWith($"{PoolSettings.CoordinationDispatcher}.", StringComparison.Ordinal);

    private static Config ReadReference()
    {
        using var stream = typeof(PoolConfig).Assembly.GetManifestResourceStream("ActorPool.reference.conf")!;
        using var reader = new StreamReader(stream);
        return ConfigurationFactory.ParseString(reader.ReadToEnd());
    }
}
