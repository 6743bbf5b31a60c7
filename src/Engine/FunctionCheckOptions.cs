namespace ActorPool;

/// <summary>How <c>WorkerPool.CheckAsync</c> checks a function.</summary>
public sealed record FunctionCheckOptions
{
    /// <summary>The options of the pool for which the function is meant.</summary>
    /// <value>
    /// Default: those of a pool without options. Initializer, worker state and converters are used, with one worker; nothing else is.
    /// </value>
    public WorkerPoolOptions Pool { get; init; } = new();

    /// <summary>Whether the function also runs in a process of its own.</summary>
    /// <value>
    /// Default <see langword="false"/>. That process is this program, started again as a node that has loaded none of its assemblies: it
    /// has other hash codes of strings, statics with their initial values and, except on Windows, another time zone. <c>Main</c> does not
    /// run there. Costs about two seconds.
    /// </value>
    public bool InSecondProcess { get; init; }
}
