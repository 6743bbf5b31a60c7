namespace ActorPool.Serialization;

/// <summary>A value is not written in a draft, since the user's own code would run for it.</summary>
internal sealed class DraftException() : Exception("Values that are written twice must not run code of their own.");
