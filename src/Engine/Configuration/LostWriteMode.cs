namespace ActorPool.Configuration;

/// <summary>What happens to a function that changes what a node has only a copy of.</summary>
internal enum LostWriteMode
{
    Warn,
    Refuse,
    Ignore,
}
