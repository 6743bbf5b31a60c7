namespace ActorPool.Diagnostics;

/// <summary>Whose measurements and spans these are.</summary>
/// <param name="Pool">The name of the pool; at a node, that of the client's pool. Null for the node itself.</param>
/// <param name="Role">Whether the pool's own process measures, or a node that works for it.</param>
/// <param name="Node">The address of the node; null in the pool's own process.</param>
internal sealed record PoolIdentity(string? Pool, PoolRole Role, string? Node = null)
{
    private const string Generated = "actorpool-";

    /// <summary>The pool as a tag of instruments.</summary>
    /// <value>Pools without a name of their own share one value: the names that they get are numbered.</value>
    public string? PoolTag { get; } = IsGenerated(Pool) ? "actorpool" : Pool;

    public string RoleTag => Role == PoolRole.Node ? "node" : "pool";

    private static bool IsGenerated(string? pool) =>
        pool is not null && pool.StartsWith(Generated, StringComparison.Ordinal) && pool.Length > Generated.Length
        && !pool.AsSpan(Generated.Length).ContainsAnyExceptInRange('0', '9');
}

/// <summary>On which side of a cluster something is measured.</summary>
internal enum PoolRole
{
    /// <summary>In the process of the pool, wherever its workers are.</summary>
    Pool,

    /// <summary>At a node, for what it runs.</summary>
    Node,
}
