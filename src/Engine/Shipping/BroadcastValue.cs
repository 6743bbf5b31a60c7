namespace ActorPool.Shipping;

/// <summary>A value that is sent once to each node.</summary>
/// <param name="Id">The id of its handle.</param>
/// <param name="Type">A manifest with its type.</param>
/// <param name="Payload">The value, serialized once for all nodes.</param>
internal sealed record BroadcastValue(Guid Id, CodeManifest Type, ReadOnlyMemory<byte> Payload);
