using ActorPool.Cluster;
using Akka.Actor;
using CsCheck;

namespace ActorPool.Tests.Cluster;

public sealed class ControlSerializerTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("serializing", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");
    private readonly ControlSerializer _serializer;

    public ControlSerializerTests() => _serializer = new ControlSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Each_message_comes_back_as_it_was()
    {
        var id = Guid.NewGuid();
        string[] members = ["127.0.0.1:8110", "127.0.0.1:4711"];

        Assert.Equal(new ControlProtocol.Enlist(id, Guid.Empty, "püol", 1, "0.1.0"), ThereAndBack(new ControlProtocol.Enlist(id, Guid.Empty, "püol", 1, "0.1.0")));
        Assert.Equal(new ControlProtocol.Refused(id, "why", true), ThereAndBack(new ControlProtocol.Refused(id, "why", true)));
        Assert.Equal(new ControlProtocol.Renew(id), ThereAndBack(new ControlProtocol.Renew(id)));
        Assert.Equal(new ControlProtocol.Resign(id), ThereAndBack(new ControlProtocol.Resign(id)));
        Assert.Same(ControlProtocol.AskMembers.Instance, ThereAndBack(ControlProtocol.AskMembers.Instance));
        Assert.Equal(members, ThereAndBack(new ControlProtocol.MembersAre(members)).Members);
        var enlisted = ThereAndBack(new ControlProtocol.Enlisted(id, 4, 1234, [1, 2, 3], members));
        Assert.Equal((id, 4, 1234), (enlisted.Session, enlisted.Workers, enlisted.DataPort));
        Assert.Equal([1, 2, 3], enlisted.Secret);
        Assert.Equal(members, enlisted.Members);
        var renewed = ThereAndBack(new ControlProtocol.Renewed(id, true, false, members, ["10.0.0.2:1"]));
        Assert.Equal((id, true, false), (renewed.Session, renewed.IsKnown, renewed.IsLeaving));
        Assert.Equal(members, renewed.Members);
        Assert.Equal(["10.0.0.2:1"], renewed.Unreachable);
    }

    [Fact]
    public void Whatever_bytes_come_either_give_a_message_or_are_refused() =>
        Gen.Select(Gen.Byte.Array[0, 200], Gen.Int[0, 9].Select(i => "EDFRWXAM? "[i].ToString())).Sample((bytes, manifest) =>
        {
            try
            {
                return _serializer.FromBinary(bytes, manifest) is IWireMessage;
            }
            catch (InvalidDataException)
            {
                return true;
            }
        });

    [Fact]
    public void A_text_of_negative_length_is_refused() =>
        Assert.Throws<InvalidDataException>(() => _serializer.FromBinary([.. new byte[16], 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], "F"));

    [Fact]
    public void Only_messages_of_the_control_plane_are_written() =>
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("text"));

    private T ThereAndBack<T>(T message)
        where T : notnull => (T)_serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
