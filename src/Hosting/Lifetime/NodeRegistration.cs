namespace ActorPool.Hosting.Lifetime;

/// <summary>Says that a host has a node.</summary>
internal sealed class NodeRegistration;
