namespace ActorPool.Configuration;

/// <summary>The versions of both planes that a node or a pool speaks.</summary>
/// <param name="Control">Those of the messages between links and agents.</param>
/// <param name="Data">Those of the frames between them.</param>
internal sealed record ProtocolVersions(VersionRange Control, VersionRange Data);
