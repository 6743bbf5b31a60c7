namespace ActorPool;

/// <summary>The function failed for one input; <see cref="Exception.InnerException"/> is the function's own exception.</summary>
/// <remarks>
/// A job that fails fast throws this for the lowest failing index that had been seen when it ended. An item that ran out of its
/// <see cref="JobOptions.ItemTimeout"/> has a <see cref="TimeoutException"/> inside, one that lost its workers a <see cref="PoisonItemException"/>.
/// </remarks>
public sealed class WorkItemException : ActorPoolException
{
    /// <summary>Makes the error of one item.</summary>
    /// <param name="index">0-based position of the input.</param>
    /// <param name="worker">Name of the worker that ran the last attempt.</param>
    /// <param name="attempts">Attempts made, the first one included; 1 or more.</param>
    /// <param name="innerException">What the function threw.</param>
    public WorkItemException(long index, string worker, int attempts, Exception innerException)
        : base(Describe(index, worker, attempts, innerException), innerException)
    {
        Index = index;
        Worker = worker;
        Attempts = attempts;
    }

    /// <summary>The 0-based position of the failing input; for a function over whole chunks, of the chunk's first input.</summary>
    public long Index { get; }

    /// <summary>The name of the worker that ran the last attempt, for example <c>worker-3</c>.</summary>
    public string Worker { get; }

    /// <summary>Attempts made, the first one included; 1 or more.</summary>
    public int Attempts { get; }

    private static string Describe(long index, string worker, int attempts, Exception inner)
    {
        var tries = attempts == 1 ? "" : $" after {attempts} attempts";
        return $"Item {index} failed on {worker}{tries}: {inner.GetType().Name}: {SafeText.MessageOf(inner)}";
    }
}
