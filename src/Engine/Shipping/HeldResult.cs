namespace ActorPool.Shipping;

/// <summary>What a method gives to others of what a static field holds.</summary>
/// <param name="Returned">What it returns.</param>
/// <param name="Yielded">The place of what its task or its iterator has.</param>
/// <param name="Handed">The place of what it passes to a function that it is given.</param>
/// <param name="HandedType">The type that this function takes.</param>
internal sealed record HeldResult(Origin? Returned = null, Place? Yielded = null, Place? Handed = null, Type? HandedType = null);
