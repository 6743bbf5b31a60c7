using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Serialization;
using ActorPool.Telemetry;

namespace ActorPool.Cluster;

/// <summary>Stands where Akka has a serializer that a node has no use for and a stranger would: refuses to read and to write.</summary>
/// <remarks>
/// Akka picks the serializer by the number in the packet before it looks at anything else, untrusted mode and strict serialization included, so the number itself must lead nowhere.
/// With a manifest that is a text: of any other serializer Akka takes the manifest for the name of a type, and loads it.
/// </remarks>
internal sealed class RefusingSerializer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
{
    // An association ends with a system message that cannot be read, and has to be made again. Akka's other messages are dropped alone.
    private readonly bool _drops = settings.GetBoolean("drops", false);

    /// <summary>That of the serializer whose place this one takes.</summary>
    public override int Identifier { get; } = settings.GetInt("refuses");

    public override string Manifest(object o) => "";

    public override byte[] ToBinary(object obj) => throw new SerializationException($"[{obj?.GetType()}] is no message for another process, and was not sent.");

    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!_drops)
            throw new SerializationException("Messages of this kind are refused.");
        Logging.GetLogger(system, StandardErrorLogger.Remoting).MessageRefused(Identifier);
        return Dropped.Instance;
    }

    /// <summary>Akka delivers nothing of this kind that comes from another process.</summary>
    private sealed class Dropped : IPossiblyHarmful
    {
        public static readonly Dropped Instance = new();
    }
}
