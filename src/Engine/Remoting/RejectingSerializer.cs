using System.Runtime.Serialization;
using ActorPool.Diagnostics;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;

namespace ActorPool.Remoting;

/// <summary>Refuses to read and write, in place of a serializer that only strangers would use.</summary>
/// <remarks>
/// Akka picks the serializer by the number in the packet before it checks anything else, including untrusted mode and strict serialization.
/// So the number itself must lead nowhere. It has a string manifest because for any other serializer, Akka takes the manifest for the
/// name of a type, and loads that type.
/// <para>
/// No issue is filed for either; akka.net#5026 is close, and docs/akka.md has the measurements. Remove when Akka checks the sender's
/// rights, and the types that its settings list, before it picks a serializer.
/// </para>
/// </remarks>
internal sealed class RejectingSerializer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
{
    // A system message that cannot be read ends the association, which has to be made again. Other messages are just dropped.
    private readonly bool _drops = settings.GetBoolean("drops", false);

    /// <summary>The identifier of the serializer that this one replaces.</summary>
    public override int Identifier { get; } = settings.GetInt("refuses");

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) =>
        throw new SerializationException($"[{obj?.GetType()}] is not a message for another process, and was not sent.");

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_drops)
            throw new SerializationException("Messages of this kind are refused.");
        Logging.GetLogger(system, AkkaLines.Remoting).MessageRefused(Identifier);
        return Dropped.Instance;
    }

    /// <summary>Akka does not deliver it, because it comes from another process.</summary>
    private sealed class Dropped : IPossiblyHarmful
    {
        public static readonly Dropped Instance = new();
    }
}
