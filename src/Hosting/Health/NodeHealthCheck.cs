using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorPool.Hosting.Health;

/// <summary>Tells whether the host's node is in its cluster.</summary>
internal sealed class NodeHealthCheck(HostedPoolNode node) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(node.Current is { } current
            ? HealthCheckResult.Healthy(current.ToString())
            : new HealthCheckResult(
                context.Registration.FailureStatus, node.Failure?.Message ?? "The node is not in a cluster now.", node.Failure));
}
