using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ActorPool.Cluster;

/// <summary>Writes and reads the control plane's messages: fields in their order, strings and lists with their lengths. No type is named in the bytes.</summary>
internal sealed class ControlSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const int LongestText = 1024;
    private const int MostMembers = 10_000;

    /// <summary>Fixed for ever; Akka's own end at 40.</summary>
    public override int Identifier => 8110;

    public override string Manifest(object o) => o switch
    {
        ControlProtocol.Enlist => "E",
        ControlProtocol.Enlisted => "D",
        ControlProtocol.Refused => "F",
        ControlProtocol.Renew => "R",
        ControlProtocol.Renewed => "W",
        ControlProtocol.Resign => "X",
        ControlProtocol.AskMembers => "A",
        ControlProtocol.MembersAre => "M",
        _ => throw new ArgumentException($"[{o.GetType()}] is no message of the control plane.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes, Encoding.UTF8);
        Write(writer, obj);
        writer.Flush();
        return bytes.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        try
        {
            return Read(reader, manifest);
        }
        catch (Exception e) when (e is IOException or FormatException or DecoderFallbackException or ArgumentException)
        {
            throw new InvalidDataException($"A message [{manifest}] of the control plane cannot be read.", e);
        }
    }

    private static void Write(BinaryWriter writer, object message)
    {
        switch (message)
        {
            case ControlProtocol.Enlist enlist:
                writer.Write(enlist.Session.ToByteArray());
                writer.Write(enlist.Process.ToByteArray());
                writer.Write(enlist.Pool);
                writer.Write(enlist.Protocol);
                writer.Write(enlist.Engine);
                break;
            case ControlProtocol.Enlisted enlisted:
                writer.Write(enlisted.Session.ToByteArray());
                writer.Write(enlisted.Workers);
                writer.Write(enlisted.DataPort);
                writer.Write((byte)enlisted.Secret.Length);
                writer.Write(enlisted.Secret);
                Write(writer, enlisted.Members);
                break;
            case ControlProtocol.Refused refused:
                writer.Write(refused.Session.ToByteArray());
                writer.Write(refused.Reason);
                writer.Write(refused.IsFinal);
                break;
            case ControlProtocol.Renew renew:
                writer.Write(renew.Session.ToByteArray());
                break;
            case ControlProtocol.Renewed renewed:
                writer.Write(renewed.Session.ToByteArray());
                writer.Write(renewed.IsKnown);
                writer.Write(renewed.IsLeaving);
                Write(writer, renewed.Members);
                Write(writer, renewed.Unreachable);
                break;
            case ControlProtocol.Resign resign:
                writer.Write(resign.Session.ToByteArray());
                break;
            case ControlProtocol.AskMembers:
                break;
            case ControlProtocol.MembersAre are:
                Write(writer, are.Members);
                break;
            default:
                throw new ArgumentException($"[{message.GetType()}] is no message of the control plane.", nameof(message));
        }
    }

    private static object Read(BinaryReader reader, string manifest) => manifest switch
    {
        "E" => new ControlProtocol.Enlist(Id(reader), Id(reader), Text(reader), reader.ReadInt32(), Text(reader)),
        "D" => new ControlProtocol.Enlisted(Id(reader), reader.ReadInt32(), reader.ReadInt32(), Exactly(reader, reader.ReadByte()), Members(reader)),
        "F" => new ControlProtocol.Refused(Id(reader), Text(reader), reader.ReadBoolean()),
        "R" => new ControlProtocol.Renew(Id(reader)),
        "W" => new ControlProtocol.Renewed(Id(reader), reader.ReadBoolean(), reader.ReadBoolean(), Members(reader), Members(reader)),
        "X" => new ControlProtocol.Resign(Id(reader)),
        "A" => ControlProtocol.AskMembers.Instance,
        "M" => new ControlProtocol.MembersAre(Members(reader)),
        _ => throw new InvalidDataException($"A message [{manifest}] is not of this version's control plane."),
    };

    private static Guid Id(BinaryReader reader) => new(Exactly(reader, 16));

    private static byte[] Exactly(BinaryReader reader, int count)
    {
        var bytes = reader.ReadBytes(count);
        return bytes.Length == count ? bytes : throw new EndOfStreamException();
    }

    private static string Text(BinaryReader reader)
    {
        var text = reader.ReadString();
        return text.Length <= LongestText ? text : throw new InvalidDataException($"A text of the control plane has [{text.Length}] characters; {LongestText} are the most.");
    }

    private static void Write(BinaryWriter writer, IReadOnlyList<string> members)
    {
        writer.Write(members.Count);
        foreach (var member in members)
            writer.Write(member);
    }

    private static List<string> Members(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count is < 0 or > MostMembers)
            throw new InvalidDataException($"A list of members says that it has [{count}]; {MostMembers} are the most.");
        var members = new List<string>();
        for (var i = 0; i < count; i++)
            members.Add(Text(reader));
        return members;
    }
}
