namespace ActorPool.TestKit;

/// <summary>A schedule has failed; the message begins with <c>ACTORPOOL_SEED=…</c>, which repeats it.</summary>
/// <remarks>The inner exception is what the scenario threw. The message ends with the last events of the schedule.</remarks>
public sealed class ScheduleException : Exception
{
    /// <summary>Creates the error without a message of its own.</summary>
    public ScheduleException() { }

    /// <summary>Creates the error with a message.</summary>
    /// <param name="message">The seed, what failed, and the last events.</param>
    public ScheduleException(string? message) : base(message) { }

    /// <summary>Creates the error with a message and a cause.</summary>
    /// <param name="message">The seed, what failed, and the last events.</param>
    /// <param name="innerException">What the scenario threw.</param>
    public ScheduleException(string? message, Exception? innerException) : base(message, innerException) { }
}
