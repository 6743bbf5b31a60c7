namespace ActorPool.Serialization;

/// <summary>Bounds the initial capacity of a collection whose length a payload claims.</summary>
/// <remarks>The collection grows with the items that really arrive.</remarks>
internal static class Claimed
{
    private const int MaxCapacity = 1024;

    public static int LimitCapacity(int claimed) => Math.Min(claimed, MaxCapacity);
}
