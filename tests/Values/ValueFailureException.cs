namespace ActorPool.Values;

/// <summary>Is thrown with a value in its data.</summary>
public sealed class ValueFailureException() : Exception("A function throws it, to send a value in its data.")
{
    /// <summary>The key of the value.</summary>
    public const string Key = "value";
}
