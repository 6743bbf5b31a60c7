namespace ActorPool.Values;

/// <summary>A list of kinds, which a node creates again from the same code.</summary>
/// <remarks>So only the value travels, and the probe is found by name.</remarks>
public interface IKindSource
{
    /// <summary>Creates all kinds, without making values.</summary>
    IEnumerable<Kind> Create();
}
