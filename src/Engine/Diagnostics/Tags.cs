namespace ActorPool.Diagnostics;

/// <summary>The names of tags of measurements and spans; docs/telemetry.md explains them.</summary>
internal static class Tags
{
    public const string PoolName = "actorpool.pool";
    public const string RoleName = "actorpool.role";
    public const string OutcomeName = "actorpool.outcome";
    public const string JobName = "actorpool.job.name";
    public const string JobItems = "actorpool.job.items";
    public const string JobState = "actorpool.job.state";
    public const string WorkerState = "actorpool.worker.state";
    public const string Function = "actorpool.function";
    public const string ChunkSize = "actorpool.chunk.size";
    public const string ChunkStart = "actorpool.chunk.start";
    public const string ChunkFailures = "actorpool.chunk.failures";
    public const string ItemIndex = "actorpool.item.index";
    public const string Attempt = "actorpool.attempt";
    public const string Worker = "actorpool.worker";
    public const string Node = "actorpool.node";
    public const string ErrorType = "error.type";
    public const string Direction = "network.io.direction";

    public static KeyValuePair<string, object?> Pool(string? pool) => new(PoolName, pool);

    public static KeyValuePair<string, object?> Role(string role) => new(RoleName, role);

    public static KeyValuePair<string, object?> Outcome(string outcome) => new(OutcomeName, outcome);
}
