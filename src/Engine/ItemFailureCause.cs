namespace ActorPool;

/// <summary>What caused the error of a failed item.</summary>
internal enum ItemFailureCause : byte
{
    /// <summary>The function, or the caller's <see cref="JobOptions.RetryWhen"/>, threw it.</summary>
    /// <remarks>Or that predicate did not return in time.</remarks>
    Thrown = 1,

    /// <summary>The pool: the item ran longer than its <see cref="JobOptions.ItemTimeout"/>.</summary>
    TimedOut,

    /// <summary>The pool: the workers that had the item were lost.</summary>
    WorkersLost,
}
