using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>Describes a call's function as the user wrote it, for nodes to rebuild.</summary>
/// <remarks>The engine's wrappers are not sent.</remarks>
/// <param name="Kind">The shape of the function.</param>
/// <param name="Types">
/// The type arguments of that shape, in the order of <see cref="CallKind"/>'s factory in <see cref="CallFactory"/>.
/// </param>
/// <param name="Functions">The user's delegates.</param>
internal sealed record CallDescription(CallKind Kind, IReadOnlyList<Type> Types, IReadOnlyList<Delegate> Functions)
{
    /// <summary>Describes a function of one item, or of an item's parts.</summary>
    /// <typeparam name="TIn">Type of the items; a tuple for a function of several arguments.</typeparam>
    /// <typeparam name="TOut">Type of the results.</typeparam>
    public static CallDescription For<TIn, TOut>(CallKind kind, Delegate function)
    {
        Type[] types = kind switch
        {
            CallKind.Apply or CallKind.ApplyAsync => [typeof(TOut)],
            CallKind.ForEach or CallKind.ForEachAsync => [typeof(TIn)],
            CallKind.StarMap2 or CallKind.StarMap3 or CallKind.StarMap4 or
                CallKind.StarMap2Async or CallKind.StarMap3Async or CallKind.StarMap4Async
                => [.. typeof(TIn).GetGenericArguments(), typeof(TOut)],
            _ => [typeof(TIn), typeof(TOut)],
        };
        return new CallDescription(kind, types, [function]);
    }
}
