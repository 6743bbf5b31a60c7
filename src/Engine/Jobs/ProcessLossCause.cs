namespace ActorPool.Jobs;

/// <summary>Why a worker process has ended.</summary>
internal enum ProcessLossCause
{
    /// <summary>It was told to end: no item is to blame.</summary>
    Stopped,

    /// <summary>It died before its worker was ready: no item is to blame.</summary>
    /// <remarks>The pool's initializer has ended it, perhaps.</remarks>
    Unready,

    /// <summary>It was killed because its function went on after the end of the job.</summary>
    Overdue,

    /// <summary>It died of itself, or was killed from outside.</summary>
    Died,

    /// <summary>It was killed because an item took too long and did not watch its token.</summary>
    TimedOut,

    /// <summary>It was killed because the caller's <see cref="JobOptions.RetryWhen"/> did not return.</summary>
    Unanswered,
}
