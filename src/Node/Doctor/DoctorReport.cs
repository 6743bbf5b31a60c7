namespace ActorPool.Node.Doctor;

/// <summary>What is right and wrong.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Now">When it was found.</param>
/// <param name="Cluster">The cluster that was checked; null for none.</param>
/// <param name="Findings">In the order in which they are shown.</param>
internal sealed record DoctorReport(int Version, DateTimeOffset Now, string? Cluster, IReadOnlyList<Finding> Findings);

/// <summary>One thing that was checked.</summary>
/// <param name="Level">Whether it is right.</param>
/// <param name="Subject">What was checked, in one or two words that stay the same.</param>
/// <param name="Message">What was found, and what to do.</param>
/// <param name="Node">The node that it is about; null for this machine or the whole cluster.</param>
internal sealed record Finding(FindingLevel Level, string Subject, string Message, string? Node = null);

/// <summary>Whether something is right.</summary>
internal enum FindingLevel
{
    /// <summary>It is right.</summary>
    Ok,

    /// <summary>It works, and may not go on to, or not as expected.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Problem,
}
