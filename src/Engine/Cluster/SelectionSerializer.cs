using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Remote.Serialization;
using Akka.Serialization;

namespace ActorPool.Cluster;

/// <summary>Akka's own serializer of messages to a selection of actors, without the two things that only a stranger sends: a selection in a selection, and the name of a type to load.</summary>
internal sealed class SelectionSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    // Reading one reads what is in it: thousands in each other fit into a frame, and into no small stack.
    [ThreadStatic]
    private static bool t_isInside;

    private readonly MessageContainerSerializer _akkas = new(system);

    /// <summary>That of the serializer whose place this one takes.</summary>
    public override int Identifier => 6;

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => _akkas.ToBinary(obj);

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (t_isInside)
            throw new SerializationException("A selection in a selection is refused.");
        t_isInside = true;
        try
        {
            return _akkas.FromBinary(bytes, type: null);
        }
        finally
        {
            t_isInside = false;
        }
    }
}
