namespace ActorPool.Diagnostics;

/// <summary>A kind of line that the engine logs.</summary>
/// <param name="Id">The number; no other kind has it, also in later versions.</param>
/// <param name="Name">The name.</param>
/// <param name="Category">The topic, such as <c>ActorPool.Nodes</c>.</param>
internal sealed record LogKind(int Id, string Name, string Category);
