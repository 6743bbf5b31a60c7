using System.Globalization;
using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Client;

public sealed class NodeNewsTests
{
    private static readonly ProcessTraits s_here = new(CultureSupport.Full, 0x48010000, "Europe/Berlin", 1, "de-DE");
    private static readonly ProcessTraits s_abroad = s_here with { TimeZone = "Asia/Tokyo", ZoneRules = 2 };

    private readonly NodeNews _news = new(s_here, new StillClock());
    private readonly NodeAddress _node = NodeAddress.Parse("10.0.0.1:8110");

    [Fact]
    public void A_node_that_does_not_differ_is_no_news() => Assert.Null(_news.TakeDifferences(_node, s_here with { }));

    [Fact]
    public void Each_node_that_differs_is_told_of_once()
    {
        var other = NodeAddress.Parse("10.0.0.2:8110");

        Assert.Contains("Asia/Tokyo", _news.TakeDifferences(_node, s_abroad), StringComparison.Ordinal);
        Assert.Contains("Asia/Tokyo", _news.TakeDifferences(other, s_abroad), StringComparison.Ordinal);
        Assert.Null(_news.TakeDifferences(_node, s_abroad));
        Assert.Null(_news.TakeDifferences(other, s_abroad));
    }

    [Fact]
    public void A_node_that_comes_back_is_told_of_only_if_it_differs_in_another_way()
    {
        Assert.NotNull(_news.TakeDifferences(_node, s_abroad));
        Assert.Null(_news.TakeDifferences(_node, s_here));
        Assert.Null(_news.TakeDifferences(_node, s_abroad));
        var moved = s_abroad with { TimeZone = "America/Lima", ZoneRules = 3 };
        Assert.Contains("America/Lima", _news.TakeDifferences(_node, moved), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_remembered_of_nodes_that_come_and_go_is_bounded()
    {
        for (var port = 1; port <= 1000; port++)
        {
            var address = NodeAddress.Parse(string.Create(CultureInfo.InvariantCulture, $"10.0.0.1:{port}"));
            Assert.NotNull(_news.TakeDifferences(address, s_abroad));
            Assert.Null(_news.TakeDifferences(address, s_abroad));
        }
        Assert.NotNull(_news.TakeDifferences(NodeAddress.Parse("10.0.0.1:1"), s_abroad)); // forgotten by now
    }
}
