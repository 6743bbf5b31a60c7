namespace ActorPool.Terminal;

/// <summary>Where jobs are shown: a terminal, or output that is none.</summary>
/// <remarks>Not thread-safe: the board calls it.</remarks>
internal interface IProgressDisplay
{
    /// <summary>How often <see cref="Show"/> is called.</summary>
    TimeSpan Interval { get; }

    /// <summary>Makes ready for the first job.</summary>
    void Open();

    /// <summary>Shows the running jobs, in the order of their start.</summary>
    void Show(IReadOnlyList<JobLine> running);

    /// <summary>Writes what stays of a job that has ended, or whose process exits.</summary>
    void End(JobLine ended, IReadOnlyList<JobLine> running);

    /// <summary>Leaves the console as it was: the last job has ended.</summary>
    void Close();
}
