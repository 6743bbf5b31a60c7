using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Tests.Serialization;
using ActorPool.Transport;
using Akka.Actor;
using CsCheck;

namespace ActorPool.Tests.Remoting;

public sealed class ControlSerializerTests : IDisposable
{
    private readonly ActorSystem _system = ActorSystem.Create("serializing", "akka.loglevel = OFF, akka.stdout-loglevel = OFF");
    private readonly ControlSerializer _serializer;

    public ControlSerializerTests() => _serializer = new ControlSerializer((ExtendedActorSystem)_system);

    public void Dispose() => _system.Dispose();

    [Fact]
    public void Each_message_comes_back_unchanged_and_has_its_own_letter()
    {
        var letters = new HashSet<string>(StringComparer.Ordinal);
        foreach (var message in WireSamples.All.OfType<IWireMessage>())
        {
            Assert.True(letters.Add(_serializer.Manifest(message)));
            var bytes = _serializer.ToBinary(message);
            var read = _serializer.FromBinary(bytes, _serializer.Manifest(message));
            Assert.Equal(message.GetType(), read.GetType());
            Assert.Equal(bytes, _serializer.ToBinary(read));
        }
        Assert.Equal(8, letters.Count);
    }

    [Fact]
    public void Addresses_and_names_come_back()
    {
        const string Path = "/tmp/actorpool-ä/node.sock";
        var enlisted = RoundTrip(
            new ControlProtocol.Enlisted(Guid.NewGuid(), 4, 1234, Path, [1, 2, 3], [NodeAddress.Parse("[::1]:8110")]));
        Assert.Equal([1, 2, 3], enlisted.Secret);
        Assert.Equal(Path, enlisted.SocketPath);
        Assert.Equal("[::1]:8110", string.Join(' ', enlisted.Members));
        Assert.Equal("püol", RoundTrip(new ControlProtocol.Enlist(Guid.Empty, Guid.Empty, "püol", 1, "0.1.0")).Pool);
    }

    [Fact]
    public void A_pool_name_of_any_length_can_be_read_by_the_node() =>
        Assert.StartsWith(
            "ööö",
            RoundTrip(new ControlProtocol.Enlist(Guid.Empty, Guid.Empty, new string('ö', 100_000), 1, "0.1.0")).Pool,
            StringComparison.Ordinal);

    [Fact]
    public void A_socket_path_that_is_longer_than_the_systems_limit_is_refused()
    {
        var (fits, tooLong) = (CreateEnlisted(LocalSocket.MaxPathBytes), CreateEnlisted(LocalSocket.MaxPathBytes + 1));
        Assert.Equal(LocalSocket.MaxPathBytes, RoundTrip(fits).SocketPath.Length);
        var bytes = _serializer.ToBinary(tooLong);
        Assert.Throws<InvalidDataException>(() => _serializer.FromBinary(bytes, _serializer.Manifest(tooLong)));

        static ControlProtocol.Enlisted CreateEnlisted(int length) => new(Guid.NewGuid(), 1, 1, new string('x', length), [1], []);
    }

    [Fact]
    public void A_message_that_is_cut_off_or_followed_by_more_bytes_is_refused()
    {
        foreach (var message in WireSamples.All.OfType<IWireMessage>())
        {
            var bytes = _serializer.ToBinary(message);
            Assert.Throws<InvalidDataException>(() => _serializer.FromBinary(bytes[..^1], _serializer.Manifest(message)));
            Assert.Throws<InvalidDataException>(() => _serializer.FromBinary([.. bytes, 0], _serializer.Manifest(message)));
        }
    }

    [Fact]
    public void Any_bytes_give_a_message_or_are_refused() =>
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
    public void Only_messages_of_the_control_plane_are_written() =>
        Assert.Throws<ArgumentException>(() => _serializer.ToBinary("text"));

    private T RoundTrip<T>(T message)
        where T : notnull => (T)_serializer.FromBinary(_serializer.ToBinary(message), _serializer.Manifest(message));
}
