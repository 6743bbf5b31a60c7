using ActorPool.Hosting.Lifetime;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace ActorPool.Hosting.Health;

/// <summary>Tells whether a pool takes jobs.</summary>
/// <remarks>As a liveness check: whether only a new process would help.</remarks>
internal sealed class PoolHealthCheck(
    IServiceProvider services, PoolRegistration registration, bool isLiveness, IHostApplicationLifetime? lifetime = null) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var pool = registration.GetPool(services);
        var statistics = pool.Statistics;
        var isStopping = lifetime?.ApplicationStopping.IsCancellationRequested == true;
        var health = pool.State switch
        {
            { Failure: { } failure } => new PoolHealth(context.Registration.FailureStatus, failure.Message, failure),
            { HasEnded: true } when !(isLiveness && isStopping) =>
                new PoolHealth(context.Registration.FailureStatus, "The pool has ended."),
            _ when isLiveness => new PoolHealth(HealthStatus.Healthy, pool.ToString()),
            _ when isStopping => new PoolHealth(context.Registration.FailureStatus, "The host is stopping."),
            _ when registration.GetOptions(services) is { Connect: { } connect } options =>
                PoolHealth.ForNodes(statistics, pool, connect, options.ExpectedNodes ?? 1, context.Registration.FailureStatus),
            _ => new PoolHealth(HealthStatus.Healthy, pool.ToString()),
        };
        return Task.FromResult(health.ToResult(statistics, pool.Workers));
    }
}
