using ActorPool.Cluster;

namespace ActorPool.Tests.Cluster;

public sealed class NodeAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:8110", "127.0.0.1:8110")]
    [InlineData("localhost:8110", "127.0.0.1:8110")]
    [InlineData("a.example:1, b.example:65535 ,a.example:1", "a.example:1 b.example:65535")]
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
    [InlineData("akka.tcp://actorpool@host:8110", "leave out")]
    public void What_is_no_address_is_refused_in_words(string text, string words) =>
        Assert.Contains(words, Assert.Throws<FormatException>(() => NodeAddress.ParseList(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("127.1.2.3", true)]
    [InlineData("::1", true)]
    [InlineData("0.0.0.0", false)]
    [InlineData("192.168.0.1", false)]
    [InlineData("example.org", false)]
    public void Loopback_is_known_by_its_address(string host, bool isLoopback) => Assert.Equal(isLoopback, NodeAddress.IsLoopback(host));
}
