namespace ActorPool.Insights;

/// <summary>What a problem is about.</summary>
internal enum ProblemSubject
{
    /// <summary>A node that did not answer, or is not up.</summary>
    Node,

    /// <summary>A pool that did not tell its jobs.</summary>
    Pool,

    /// <summary>A job with failures.</summary>
    Job,
}
