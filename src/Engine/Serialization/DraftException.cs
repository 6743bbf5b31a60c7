namespace ActorPool.Serialization;

/// <summary>A draft has no value whose writing runs the user's own code.</summary>
internal sealed class DraftException() : Exception("Values that are written twice must not run code of their own.");
