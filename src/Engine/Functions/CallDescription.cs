namespace ActorPool.Functions;

/// <summary>Which shape of function a node has to make of a call's delegates.</summary>
internal enum CallKind : byte
{
    /// <summary>Func of an item.</summary>
    Map = 1,

    /// <summary>Asynchronous func of an item and a token.</summary>
    MapAsync,

    /// <summary>Action for an item.</summary>
    ForEach,

    /// <summary>Asynchronous action for an item and a token.</summary>
    ForEachAsync,

    /// <summary>Func of a slice of the inputs.</summary>
    MapChunks,

    /// <summary>Seed and fold; the merge stays with the caller.</summary>
    Aggregate,

    /// <summary>Func without an argument.</summary>
    Apply,

    /// <summary>Asynchronous func of a token.</summary>
    ApplyAsync,

    /// <summary>Func of a pair's two values.</summary>
    StarMap2,

    /// <summary>Func of a triple's three values.</summary>
    StarMap3,

    /// <summary>Func of a quadruple's four values.</summary>
    StarMap4,
}

/// <summary>A call's function as what the user wrote, so that a node can make the same of it: the engine's own wrappers do not travel.</summary>
/// <param name="Kind">What to make of it.</param>
/// <param name="Types">The type arguments of that shape, in the order of <see cref="CallKind"/>'s factory in <see cref="CallFactory"/>.</param>
/// <param name="Functions">The user's delegates.</param>
internal sealed record CallDescription(CallKind Kind, IReadOnlyList<Type> Types, IReadOnlyList<Delegate> Functions);
