using ActorPool.Configuration;
using ActorPool.Hosting.Lifetime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Configuration;

/// <summary>Refuses keys in the section <c>ActorPool</c> that nothing reads.</summary>
/// <remarks>A pool whose name is misspelt there would run with its defaults, and no one would know.</remarks>
internal sealed class UnreadSectionsCheck(
    IServiceProvider services, IEnumerable<PoolRegistration> pools, IEnumerable<NodeRegistration> nodes) : IValidateOptions<UnreadSections>
{
    public ValidateOptionsResult Validate(string? name, UnreadSections options)
    {
        var faults = services.GetService<IConfiguration>() is { } configuration
            ? ListFaults(configuration.GetSection(PoolPlan.Section)).ToArray()
            : [];
        return faults.Length == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail($"Keys of the configuration that nothing reads:{SettingsException.FormatList(faults)}");
    }

    private IEnumerable<string> ListFaults(IConfigurationSection root)
    {
        var named = root.GetSection(PoolPlan.PoolsSection);
        if (SectionValues.FindOwn(named, "NAME:Workers") is { } value)
            yield return value;
        foreach (var section in named.GetChildren().Where(section => !pools.Any(pool => pool.ReadsSection(section.Key))))
        {
            if (List(section) is { } keys)
            {
                yield return $"No pool has the name [{section.Key}], so nothing reads {keys}. {DescribePools()} "
                    + $"Correct the name, or add the pool with AddActorPool(\"{section.Key}\").";
            }
        }
        if (!nodes.Any() && List(root.GetSection(NodePlan.NodeSection)) is { } ofNode)
            yield return $"The host has no node, so nothing reads {ofNode}. Add the node with AddActorPoolNode(), or remove the section.";
        if (!pools.Any(pool => pool.HasName("")) && List(root, PoolPlan.IsOwnKey) is { } ofPool)
        {
            yield return $"The host has no pool without a name, so nothing reads {ofPool}. {DescribePools()} "
                + $"Move the keys to {PoolPlan.Section}:{PoolPlan.PoolsSection}:NAME, or add the pool with AddActorPool().";
        }
    }

    private string DescribePools()
    {
        var names = pools.Select(pool => pool.ToString()).ToArray();
        return names.Length == 0 ? "The host has no pool." : $"The host has {string.Join(" and ", names)}.";
    }

    /// <returns>Keys and values; null if there are none.</returns>
    private static string? List(IConfigurationSection section, Func<string, bool>? isRead = null)
    {
        var values = SectionValues.List(section, isRead).Select(one => $"{section.Path}:{one.Key} [{one.Value}]");
        if (section.Value is { Length: > 0 } own)
            values = values.Prepend($"{section.Path} [{own}]");
        var list = string.Join(", ", values);
        return list.Length > 0 ? list : null;
    }
}
