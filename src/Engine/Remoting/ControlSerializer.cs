using System.Buffers;
using System.Collections.Frozen;
using ActorPool.Serialization;
using Akka.Actor;
using Akka.Serialization;

namespace ActorPool.Remoting;

/// <summary>Writes and reads the control plane's messages as records.</summary>
/// <remarks>The bytes name no type: each kind has a letter.</remarks>
internal sealed class ControlSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private static readonly Kind[] s_kinds =
    [
        Kind.Create<ControlProtocol.Enlist>("E"),
        Kind.Create<ControlProtocol.Enlisted>("D"),
        Kind.Create<ControlProtocol.Refused>("F"),
        Kind.Create<ControlProtocol.Renew>("R"),
        Kind.Create<ControlProtocol.Renewed>("W"),
        Kind.Create<ControlProtocol.Resign>("X"),
        Kind.Create<ControlProtocol.GetMembers>("A"),
        Kind.Create<ControlProtocol.MemberList>("M"),
    ];

    private static readonly FrozenDictionary<Type, Kind> s_byType = s_kinds.ToFrozenDictionary(kind => kind.Type);
    private static readonly FrozenDictionary<string, Kind> s_byManifest =
        s_kinds.ToFrozenDictionary(kind => kind.Manifest, StringComparer.Ordinal);

    /// <summary>Must never change; Akka's own identifiers end at 40.</summary>
    public override int Identifier => 8110;

    public override string Manifest(object o) => GetKind(o).Manifest;

    public override byte[] ToBinary(object obj)
    {
        _ = GetKind(obj);
        var bytes = new ArrayBufferWriter<byte>();
        ((IWireMessage)obj).WriteFields(new RecordWriter(bytes));
        return bytes.WrittenSpan.ToArray();
    }

    /// <exception cref="InvalidDataException">It is not a message of this version's control plane.</exception>
    public override object FromBinary(byte[] bytes, string manifest)
    {
        if (!s_byManifest.TryGetValue(manifest, out var kind))
            throw new InvalidDataException($"A message [{manifest}] is not of this version's control plane.");
        if (bytes.Length > kind.MaxBytes)
            throw new InvalidDataException(
                $"A message [{manifest}] of the control plane has [{bytes.Length}] bytes; the limit is [{kind.MaxBytes}].");
        var reader = new RecordReader(bytes);
        var message = kind.Read(reader);
        reader.ReadEnd();
        return message;
    }

    private static Kind GetKind(object message) =>
        s_byType.TryGetValue(message.GetType(), out var kind)
            ? kind
            : throw new ArgumentException($"[{message.GetType()}] is not a message of the control plane.", nameof(message));

    private sealed record Kind(Type Type, string Manifest, int MaxBytes, Func<RecordReader, object> Read)
    {
        public static Kind Create<T>(string manifest)
            where T : class, IWireMessage, IWireRecord<T> => new(typeof(T), manifest, T.MaxBytes, T.ReadFields);
    }
}
