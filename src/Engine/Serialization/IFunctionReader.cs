using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Reads what <see cref="IFunctionWriter"/> wrote, and trusts none of it.</summary>
internal interface IFunctionReader
{
    /// <summary>Reads a delegate of one method.</summary>
    Delegate Read(ref MessagePackReader reader, PayloadContext context);
}
