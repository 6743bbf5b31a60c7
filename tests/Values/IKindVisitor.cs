namespace ActorPool.Values;

/// <summary>Does something with a kind that needs its declared type.</summary>
public interface IKindVisitor<out TResult>
{
    /// <summary>Does it.</summary>
    TResult Visit<T>(Kind<T> kind);
}
