namespace ActorPool.Wire;

/// <summary>The shape of function that a node builds from a call's delegates.</summary>
internal enum CallKind : byte
{
    /// <summary>Func of an item.</summary>
    Map = 1,

    /// <summary>Asynchronous func of an item, with or without a token.</summary>
    MapAsync,

    /// <summary>Action for an item.</summary>
    ForEach,

    /// <summary>Asynchronous action for an item, with or without a token.</summary>
    ForEachAsync,

    /// <summary>Func of a slice of the inputs.</summary>
    MapChunks,

    /// <summary>Seed and fold; the merge stays with the caller.</summary>
    Aggregate,

    /// <summary>Func without an argument.</summary>
    Apply,

    /// <summary>Asynchronous func of a token, or without an argument.</summary>
    ApplyAsync,

    /// <summary>Func of a pair's two values.</summary>
    StarMap2,

    /// <summary>Func of a triple's three values.</summary>
    StarMap3,

    /// <summary>Func of a quadruple's four values.</summary>
    StarMap4,

    /// <summary>Asynchronous func of a pair's two values.</summary>
    StarMap2Async,

    /// <summary>Asynchronous func of a triple's three values.</summary>
    StarMap3Async,

    /// <summary>Asynchronous func of a quadruple's four values.</summary>
    StarMap4Async,
}
