namespace ActorPool;

/// <summary>Whether a job runs, or how it has ended.</summary>
public enum JobState
{
    /// <summary>It has not ended; it may wait for workers.</summary>
    Running,

    /// <summary>Its caller gets the results; single items may have failed where the call allows that.</summary>
    Succeeded,

    /// <summary>Its caller gets an error: of an item, of the job or of the pool.</summary>
    Failed,

    /// <summary>Its caller gets an <see cref="OperationCanceledException"/>.</summary>
    Cancelled,
}
