using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes the functions inside values that a function captured.</summary>
internal interface IFunctionWriter
{
    /// <summary>Writes a delegate of one method, with what it captured.</summary>
    /// <exception cref="PayloadException">It cannot run in another process.</exception>
    void Write(ref MessagePackWriter writer, Delegate function, PayloadContext context);
}
