using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>Describes a call's function as the user wrote it, for nodes to rebuild.</summary>
/// <remarks>The engine's wrappers are not sent.</remarks>
/// <param name="Kind">The shape of the function.</param>
/// <param name="Types">
/// The type arguments of that shape, in the order of <see cref="CallKind"/>'s factory in <see cref="CallFactory"/>.
/// </param>
/// <param name="Functions">The user's delegates.</param>
internal sealed record CallDescription(CallKind Kind, IReadOnlyList<Type> Types, IReadOnlyList<Delegate> Functions);
