using ActorPool.Diagnostics;

namespace ActorPool;

/// <summary>The function failed for one input; <see cref="Exception.InnerException"/> is the function's own exception.</summary>
/// <remarks>
/// A job that fails fast throws this for the lowest failing index that had been seen when it ended. An item that ran longer than its
/// <see cref="JobOptions.ItemTimeout"/> has a <see cref="TimeoutException"/> inside, one that lost its workers a
/// <see cref="PoisonItemException"/>. What a function threw on a node is inside as itself, with the node's stack; a
/// <see cref="RemoteException"/> stands for one that cannot travel.
/// </remarks>
public sealed class WorkItemException : ActorPoolException
{
    /// <summary>Creates the error of one item.</summary>
    /// <param name="index">0-based position of the input.</param>
    /// <param name="worker">Name of the worker that ran the last attempt.</param>
    /// <param name="attempts">Attempts made, the first one included; 1 or more.</param>
    /// <param name="innerException">What the function threw.</param>
    public WorkItemException(long index, string worker, int attempts, Exception innerException)
        : this(index, worker, attempts, innerException, Describe(index, worker, attempts, innerException, GetText(innerException)))
    {
    }

    internal WorkItemException(long index, string worker, int attempts, Exception innerException, string message)
        : base(message, innerException)
    {
        Index = index;
        Worker = worker;
        Attempts = attempts;
    }

    /// <summary>The 0-based position of the failing input.</summary>
    /// <value>
    /// 0 or more. For <c>MapChunksAsync</c>, and for a fold with <see cref="JobOptions.ItemTimeout"/>, the position of the chunk's first
    /// input.
    /// </value>
    public long Index { get; }

    /// <summary>The name of the worker that ran the last attempt, for example <c>worker-3</c>.</summary>
    public string Worker { get; }

    /// <summary>Attempts made, the first one included; 1 or more.</summary>
    public int Attempts { get; }

    /// <summary>What caused the error: a function may throw the same types as the pool.</summary>
    internal ItemFailureCause Cause { get; init; } = ItemFailureCause.Thrown;

    /// <summary>Writes the message about an item.</summary>
    /// <param name="index">Its position.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="attempts">Attempts made.</param>
    /// <param name="inner">What the function threw; nothing of its class runs.</param>
    /// <param name="text">The message of that.</param>
    internal static string Describe(long index, string worker, int attempts, Exception inner, string text)
    {
        var tries = attempts == 1 ? "" : $" after {attempts} attempts";
        var type = inner is RemoteException remote ? remote.ShortTypeName : inner.GetType().Name;
        return $"Item {index} failed on {worker}{tries}: {type}: {text}";
    }

    private static string GetText(Exception inner) => inner is RemoteException remote ? remote.RemoteMessage : SafeText.GetMessage(inner);
}
