namespace ActorPool.Values.Kinds;

/// <summary>A type-safe enum whose fields anybody could set, and nobody does.</summary>
public sealed class OpenLevel
{
    public static readonly OpenLevel High = new(3), Low = new(1);

    public int Weight;

    private OpenLevel(int weight) => Weight = weight;
}

/// <summary>The same, and the tests of the engine set a field.</summary>
public sealed class TunedLevel
{
    public static readonly TunedLevel High = new();

    public int Weight;
}
