using ActorPool.Configuration;
using ActorPool.Remoting;
using Akka.Actor;
using Akka.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>The options of a host's pool as the engine's, with all their faults.</summary>
/// <param name="Options">The engine's options; faults there are faults of the host's.</param>
/// <param name="Faults">Sentences with key and value.</param>
internal sealed record PoolPlan(WorkerPoolOptions Options, IReadOnlyList<string> Faults)
{
    /// <summary>The section of the pool without a name.</summary>
    public const string Section = "ActorPool";

    /// <summary>The section in it with those that have one.</summary>
    public const string PoolsSection = "Pools";

    /// <summary>Fills the options from the host's configuration.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">The pool's name; empty for none.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static void Read(ActorPoolOptions options, string name, IConfiguration configuration)
    {
        var reader = new SectionReader(name.Length == 0 ? IsOwnKey : null);
        reader.AddText(nameof(options.Connect), value => options.Connect = value);
        reader.AddNumber(nameof(options.ExpectedNodes), value => options.ExpectedNodes = (int)value);
        reader.AddNumber(nameof(options.Workers), value => options.Workers = (int)value, word: "auto");
        reader.AddNumber(nameof(options.MaxMemoryPerWorker), value => options.MaxMemoryPerWorker = value, long.MaxValue);
        reader.AddNumber(nameof(options.MaxTasksPerWorker), value => options.MaxTasksPerWorker = (int)value);
        reader.AddFlag(nameof(options.UseHostActorSystem), value => options.UseHostActorSystem = value);
        reader.AddText(nameof(options.Config), value => options.Config = value);
        var path = name.Length == 0 ? Section : ConfigurationPath.Combine(Section, PoolsSection, name);
        options.Section = reader.Read(configuration.GetSection(path));
    }

    /// <summary>Tells whether a key in <see cref="Section"/> is one of the pool without a name.</summary>
    /// <remarks>The names of sections are as the host compares them: a dash or an underscore counts.</remarks>
    public static bool IsOwnKey(string key) =>
        !key.Equals(PoolsSection, StringComparison.OrdinalIgnoreCase)
        && !key.Equals(NodePlan.NodeSection, StringComparison.OrdinalIgnoreCase);

    /// <summary>Converts and checks options.</summary>
    /// <param name="options">The options.</param>
    /// <param name="name">The pool's name; empty for none.</param>
    /// <param name="system">The host's actor system that the pool runs in; null if it has its own.</param>
    public static PoolPlan Create(ActorPoolOptions options, string name, ActorSystem? system)
    {
        var text = new SettingsText(options.Section, options.Config, nameof(ActorPoolOptions));
        var pool = new WorkerPoolOptions
        {
            Name = name.Length == 0 ? "actorpool" : name,
            Workers = options.Workers,
            Isolation = options.Isolation,
            MaxMemoryPerWorker = options.MaxMemoryPerWorker,
            MaxTasksPerWorker = options.MaxTasksPerWorker,
            ForwardOutput = options.ForwardOutput,
            Initializer = options.Initializer,
            WorkerState = options.WorkerState,
            Converters = [.. options.Converters],
            ConnectInBackground = true,
            Config = text.Text,
            TimeProvider = options.TimeProvider,
        };
        var config = system is not null ? PoolConfig.ForCallersSystem(system, pool)
            : options.Connect is null ? PoolConfig.ForOwnSystem(pool)
            : ClusterConfig.ForClient(pool);
        return new PoolPlan(pool, [.. text.Faults, .. CheckNodes(options), .. CheckSettings(pool, config, text)]);
    }

    private static IEnumerable<string> CheckNodes(ActorPoolOptions options)
    {
        if (options.ExpectedNodes is < 1)
        {
            yield return $"{GetName(options, nameof(options.ExpectedNodes))} is [{options.ExpectedNodes}]. "
                + "Set 1 or more, or leave it out for 1.";
        }
        if (options.ExpectedNodes is not null && options.Connect is null)
        {
            yield return $"{GetName(options, nameof(options.ExpectedNodes))} is [{options.ExpectedNodes}], but the pool has no nodes. "
                + $"Set {nameof(options.Connect)} as well, or leave it out.";
        }
        if (options.Connect is { } connect && FindAddressFault(connect) is { } fault)
            yield return $"{GetName(options, nameof(options.Connect))} is [{connect}]: {fault}";
    }

    private static string? FindAddressFault(string addresses)
    {
        try
        {
            NodeAddress.ParseList(addresses);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private static string GetName(ActorPoolOptions options, string name) =>
        options.Section.Options.GetValueOrDefault(name, $"{nameof(ActorPoolOptions)}.{name}");

    private static string[] CheckSettings(WorkerPoolOptions pool, Config config, SettingsText text)
    {
        try
        {
            WorkerPool.CreateConversions(pool);
            PoolSettings.Read(pool, config);
            return [];
        }
        catch (SettingsException e)
        {
            return [.. e.Faults.Select(text.Describe)];
        }
        catch (ArgumentException e)
        {
            return [e.Message];
        }
    }
}
