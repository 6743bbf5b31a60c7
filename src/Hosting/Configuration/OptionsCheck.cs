using ActorPool.Configuration;
using ActorPool.Hosting.Lifetime;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting.Configuration;

/// <summary>Checks the options of pools and nodes when the host starts.</summary>
internal sealed class OptionsCheck(IServiceProvider services) : IValidateOptions<ActorPoolOptions>, IValidateOptions<ActorPoolNodeOptions>
{
    public ValidateOptionsResult Validate(string? name, ActorPoolOptions options)
    {
        var what = string.IsNullOrEmpty(name) ? "The settings of the pool" : $"The settings of the pool [{name}]";
        return ToResult(what, PoolPlan.Create(options, name ?? "", PoolFactory.FindSystem(services, options)).Faults);
    }

    public ValidateOptionsResult Validate(string? name, ActorPoolNodeOptions options) =>
        ToResult("The settings of the node", NodePlan.Create(options).Faults);

    private static ValidateOptionsResult ToResult(string what, IReadOnlyList<string> faults) => faults.Count == 0
        ? ValidateOptionsResult.Success
        : ValidateOptionsResult.Fail($"{what} are not valid:{SettingsException.FormatList(faults)}");
}
