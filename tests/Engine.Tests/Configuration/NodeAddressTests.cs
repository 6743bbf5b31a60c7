using ActorPool.Configuration;
using Akka.Actor;

namespace ActorPool.Tests.Configuration;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8110", "127.0.0.1:8110")]
    [InlineData("localhost:8110", "127.0.0.1:8110")]
    [InlineData("a.example:1, b.example:65535 ,a.example:1", "a.example:1 b.example:65535")]
    [InlineData("Node5:8110,node5:8110", "node5:8110")]
    [InlineData("[::1]:8110", "[::1]:8110")]
    [InlineData("[FE80:0:0:0:0:0:0:1]:8110,[fe80::1]:8110", "[fe80::1]:8110")]
    public void Addresses_are_read(string text, string expected) => Assert.Equal(expected, string.Join(' ', NodeAddress.ParseList(text)));

    [Theory]
    [InlineData("", "No address")]
    [InlineData(",", "No address")]
    [InlineData("host", "host:port")]
    [InlineData("host:", "host:port")]
    [InlineData(":8110", "host:port")]
    [InlineData("host:0", "1 to 65535")]
    [InlineData("host:65536", "1 to 65535")]
    [InlineData("host:-1", "1 to 65535")]
    [InlineData("a b:8110", "no host's name")]
    [InlineData("::1:8110", "in brackets")]
    [InlineData("[::1]", "host:port")]
    [InlineData("[::1:8110", "no host's name")]
    [InlineData("[127.0.0.1]:8110", "no host's name")]
    [InlineData("[[::1]]:8110", "no host's name")]
    [InlineData("akka.tcp://actorpool@host:8110", "Remove everything before the host")]
    public void Text_that_is_no_address_is_refused_with_the_reason(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<FormatException>(() => NodeAddress.ParseList(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "akka.tcp://actorpool@127.0.0.1:8110")]
    [InlineData("::1", "::1", "akka.tcp://actorpool@[::1]:8110")]
    [InlineData("[::1]", "::1", "akka.tcp://actorpool@[::1]:8110")]
    [InlineData("Node5", "node5", "akka.tcp://actorpool@node5:8110")]
    public void Addresses_convert_to_Akka_addresses_and_back(string host, string expected, string akkaAddress)
    {
        var address = NodeAddress.From(host, 8110);
        Assert.Equal(expected, address.Host);

        var there = address.ToAkka(new Address("akka.tcp", "actorpool", "10.0.0.1", 1));

        Assert.Equal(akkaAddress, there.ToString());
        Assert.Equal(there, Address.Parse(akkaAddress));
        Assert.Equal(address, NodeAddress.From(there));
        Assert.Equal(address, NodeAddress.Parse(address.ToString()));
    }

    [Fact]
    public void Addresses_are_ordered_by_host_and_port() =>
        Assert.Equal("a:1 a:2 a:10 b:1", string.Join(' ', NodeAddress.ParseList("b:1, a:10, a:2, a:1").Order(NodeAddress.Order)));

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("example.org", false)]
    public void Loopback_is_recognized_by_its_address(string host, bool isLoopback) =>
        Assert.Equal(isLoopback, NodeAddress.IsLoopback(host));
}
