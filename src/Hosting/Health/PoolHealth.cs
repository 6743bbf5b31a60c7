using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace ActorPool.Hosting.Health;

/// <summary>What a pool's health check answers.</summary>
internal sealed record PoolHealth(HealthStatus Status, string Description, Exception? Error = null)
{
    /// <summary>Judges a pool by the nodes that it has.</summary>
    public static PoolHealth ForNodes(PoolStatistics statistics, WorkerPool pool, string connect, int expected, HealthStatus failure)
    {
        if (statistics.Nodes >= expected)
            return new PoolHealth(HealthStatus.Healthy, pool.ToString());
        if (statistics.Nodes > 0)
            return new PoolHealth(HealthStatus.Degraded, $"The pool has [{statistics.Nodes}] of [{expected}] nodes.");
        var reason = $"No node of the cluster [{connect}] is connected. {pool.Client?.DescribeAttempts()}".TrimEnd();
        return pool.Workers > 0
            ? new PoolHealth(HealthStatus.Degraded, $"{reason} Jobs run on the [{pool.Workers}] workers of this process.")
            : new PoolHealth(failure, reason);
    }

    public HealthCheckResult ToResult(PoolStatistics statistics, int workers) => new(
        Status, Description, Error, new Dictionary<string, object>(StringComparer.Ordinal)
        {
            ["workers"] = workers,
            ["busy"] = statistics.Busy,
            ["nodes"] = statistics.Nodes,
            ["jobs"] = statistics.Jobs,
        });
}
