using Akka.Actor;
using Akka.Serialization;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Writes two bytes for operation and type, then the array's memory.</summary>
/// <remarks>Akka allows no faster serializer.</remarks>
public sealed class RawSerializer(ExtendedActorSystem system) : Serializer(system)
{
    private const int Header = 2;

    private static readonly Type[] s_elements = [typeof(int), typeof(long), typeof(double)];

    /// <inheritdoc/>
    public override int Identifier => 4711;

    /// <inheritdoc/>
    public override bool IncludeManifest => false;

    /// <inheritdoc/>
    public override byte[] ToBinary(object obj)
    {
        var (operation, items) = (RawMessage)obj;
        var length = Buffer.ByteLength(items);
        var bytes = GC.AllocateUninitializedArray<byte>(Header + length);
        bytes[0] = (byte)operation;
        bytes[1] = (byte)Array.IndexOf(s_elements, items.GetType().GetElementType());
        Buffer.BlockCopy(items, 0, bytes, Header, length);
        return bytes;
    }

    /// <inheritdoc/>
    public override object FromBinary(byte[] bytes, Type type)
    {
        var length = bytes.Length - Header;
        Array items = bytes[1] switch
        {
            0 => GC.AllocateUninitializedArray<int>(length / sizeof(int)),
            1 => GC.AllocateUninitializedArray<long>(length / sizeof(long)),
            _ => GC.AllocateUninitializedArray<double>(length / sizeof(double)),
        };
        Buffer.BlockCopy(bytes, Header, items, 0, length);
        return new RawMessage((RawOperation)bytes[0], items);
    }
}
