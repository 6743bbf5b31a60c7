using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorPool.Cluster;

/// <summary>Stands where Akka has its JSON serializer, which would make an object of whatever type the bytes name: refuses to read and to write.</summary>
/// <remarks>
/// Akka picks the serializer by the number in the packet before it looks at anything else, untrusted mode and strict serialization included, so that
/// the number itself must lead nowhere.
/// </remarks>
internal sealed class RefusingSerializer : Serializer
{
    public RefusingSerializer(ExtendedActorSystem system) : base(system) { }

    /// <summary>Akka has settings for the serializer whose place this one takes.</summary>
    public RefusingSerializer(ExtendedActorSystem system, Config settings) : base(system) => _ = settings;

    /// <summary>That of Akka's JSON serializer.</summary>
    public override int Identifier => 1;

    public override bool IncludeManifest => false;

    public override byte[] ToBinary(object obj) => throw new SerializationException($"[{obj?.GetType()}] is no message for another process, and was not sent.");

    public override object FromBinary(byte[] bytes, Type type) => throw new SerializationException("A message whose bytes would choose their own type was refused.");
}
