using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace ActorPool.Remoting;

/// <summary>Akka's serializer of messages to actor selections, without what only strangers send.</summary>
/// <remarks>
/// It refuses a selection inside a selection, and loads no type that the sender names. No issue is filed; see docs/akka.md. Remove when
/// Akka bounds the depth of selections, and loads no type because of a manifest.
/// </remarks>
internal sealed class SelectionSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Reading a selection also reads the message in it: thousands of nested ones fit into a frame, and overflow the stack.
    [ThreadStatic]
    private static bool s_isInside;

    private readonly MessageContainerSerializer _inner = new(system);

    /// <summary>The identifier of the serializer that this one replaces.</summary>
    public override int Identifier => 6;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => _inner.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (s_isInside)
            throw new SerializationException("A selection in a selection is refused.");
        s_isInside = true;
        try
        {
            return _inner.FromBinary(bytes, type: null);
        }
        finally
        {
            s_isInside = false;
        }
    }
}
