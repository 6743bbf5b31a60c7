using ActorPool.Configuration;

namespace ActorPool.Tests.Configuration;

public sealed class ListenAddressTests
{
    [Theory]
    [InlineData("9110", "127.0.0.1:9110")]
    [InlineData("0", "127.0.0.1:0")]
    [InlineData("localhost:9110", "127.0.0.1:9110")]
    [InlineData("0.0.0.0:9110", "0.0.0.0:9110")]
    [InlineData("10.0.0.5:65535", "10.0.0.5:65535")]
    [InlineData("[::]:9110", "[::]:9110")]
    [InlineData("[fe80::1]:1", "[fe80::1]:1")]
    public void An_address_is_a_port_or_an_address_with_one(string text, string expected) =>
        Assert.Equal(expected, $"{ListenAddress.TryParse(text)}");

    [Theory]
    [InlineData("")]
    [InlineData("on")]
    [InlineData("-1")]
    [InlineData("65536")]
    [InlineData("9110/metrics")]
    [InlineData(":9110")]
    [InlineData("*:9110")]
    [InlineData("1:9110")]
    [InlineData("example.org:9110")]
    [InlineData("::1:9110")]
    [InlineData("[127.0.0.1]:9110")]
    [InlineData("http://127.0.0.1:9110")]
    [InlineData("127.0.0.1:")]
    public void All_else_is_none(string text) => Assert.Null(ListenAddress.TryParse(text));
}
