namespace ActorPool.Values;

/// <summary>An object with a value in its middle.</summary>
public sealed class Holder<T>(int before, T value, string after)
{
    /// <summary>A number before the value.</summary>
    public int Before { get; } = before;

    /// <summary>The value.</summary>
    public T Value { get; } = value;

    /// <summary>A text after the value.</summary>
    public string After { get; } = after;
}
