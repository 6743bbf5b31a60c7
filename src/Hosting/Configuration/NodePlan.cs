using ActorPool.Agent;
using ActorPool.Configuration;
using Microsoft.Extensions.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>The options of a host's node as the engine's, with all their faults.</summary>
/// <param name="Options">The engine's options.</param>
/// <param name="Faults">Sentences with key and value.</param>
internal sealed record NodePlan(PoolNodeOptions Options, IReadOnlyList<string> Faults)
{
    /// <summary>The section of the node in that of the pool without a name.</summary>
    public const string NodeSection = "Node";

    /// <summary>Fills the options from the host's configuration.</summary>
    public static void Read(ActorPoolNodeOptions options, IConfiguration configuration)
    {
        var reader = new SectionReader();
        reader.AddText(nameof(options.Host), value => options.Host = value);
        reader.AddNumber(nameof(options.Port), value => options.Port = (int)value);
        reader.AddText(nameof(options.Join), value => options.Join.Add(value));
        reader.AddNumber(nameof(options.Workers), value => options.Workers = (int)value, word: "auto");
        reader.AddText(nameof(options.Functions), value => options.Functions = value);
        reader.AddText(nameof(options.Config), value => options.Config = value);
        options.Section = reader.Read(configuration.GetSection(ConfigurationPath.Combine(PoolPlan.Section, NodeSection)));
    }

    /// <summary>Converts and checks options.</summary>
    public static NodePlan Create(ActorPoolNodeOptions options)
    {
        var text = new SettingsText(options.Section, options.Config, nameof(ActorPoolNodeOptions));
        var node = new PoolNodeOptions
        {
            Host = options.Host,
            Port = options.Port,
            Join = [.. options.Join],
            Workers = options.Workers,
            Functions = options.Functions,
            Config = text.Text,
            TimeProvider = options.TimeProvider,
        };
        return new NodePlan(node, [.. text.Faults, .. CheckSettings(node, text)]);
    }

    private static string[] CheckSettings(PoolNodeOptions node, SettingsText text)
    {
        try
        {
            NodeSettings.Read(node, out _);
            return [];
        }
        catch (SettingsException e)
        {
            return [.. e.Faults.Select(text.Describe)];
        }
    }
}
