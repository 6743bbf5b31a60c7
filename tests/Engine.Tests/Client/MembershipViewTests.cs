using ActorPool.Client;
using ActorPool.Configuration;

namespace ActorPool.Tests.Client;

public sealed class MembershipViewTests
{
    private readonly MembershipView _view = new([At("seed")]);

    [Fact]
    public void Before_any_node_has_reported_the_seeds_are_in_the_view() => AssertNodes("seed");

    [Fact]
    public void Nodes_that_a_node_reports_are_in_the_view()
    {
        Assert.True(Report("seed", "seed", "a", "b"));

        AssertNodes("a", "b", "seed");
    }

    [Fact]
    public void The_same_report_again_changes_nothing()
    {
        Report("seed", "seed", "a");

        Assert.False(Report("seed", "seed", "a"));
        Assert.True(Report("seed", "seed"));
    }

    [Fact]
    public void A_seed_that_tells_its_own_address_is_in_the_view_by_that()
    {
        Assert.True(_view.Rename(At("seed"), At("own")));
        AssertNodes("own");
        Assert.False(_view.Rename(At("seed"), At("other")));

        Report("own", "own", "a");
        _view.MarkLost(At("own"));

        AssertNodes("a", "own");
    }

    [Fact]
    public void A_lost_node_stays_while_another_reports_it()
    {
        Report("seed", "seed", "a");
        Report("a", "seed", "a");

        Assert.True(_view.MarkLost(At("a")));

        AssertNodes("a", "seed");
    }

    [Fact]
    public void A_lost_node_is_removed_when_no_other_reports_it_any_longer()
    {
        Report("seed", "seed", "a", "b");
        Report("a", "seed", "a", "b");
        Report("b", "seed", "a", "b");
        _view.MarkLost(At("a"));

        Report("seed", "seed", "b");
        AssertNodes("a", "b", "seed"); // b still reports it
        Report("b", "seed", "b");

        AssertNodes("b", "seed");
    }

    [Fact]
    public void A_node_that_the_others_have_removed_stays_until_it_is_lost()
    {
        Report("seed", "seed", "a");
        Report("a", "seed", "a");

        Report("seed", "seed");
        AssertNodes("a", "seed");

        _view.MarkLost(At("a"));
        AssertNodes("seed");
    }

    [Fact]
    public void Seeds_stay_though_no_node_reports_them()
    {
        Report("seed", "seed", "a");
        Report("a", "seed", "a");
        _view.MarkLost(At("seed"));

        Report("a", "a");

        AssertNodes("a", "seed");
    }

    [Fact]
    public void While_every_node_is_lost_all_earlier_ones_are_tried()
    {
        Report("seed", "seed", "a", "b");
        Report("a", "seed", "a", "b");
        _view.MarkLost(At("a"));
        _view.MarkLost(At("seed"));
        Assert.False(_view.MarkLost(At("b")));

        AssertNodes("a", "b", "seed");
    }

    [Fact]
    public void A_restarted_seed_is_believed_when_it_is_the_only_node_that_reports()
    {
        Report("seed", "seed", "a");
        _view.MarkLost(At("seed"));

        Report("seed", "seed");

        AssertNodes("seed");
    }

    [Fact]
    public void A_node_is_suspect_while_any_other_cannot_reach_it()
    {
        Report("seed", "seed", "a", "b");
        Assert.True(_view.Record(At("b"), [At("seed"), At("a"), At("b")], [At("a")]));
        Assert.True(_view.IsSuspect(At("a")));
        Assert.False(_view.IsSuspect(At("b")));

        Assert.True(_view.Record(At("b"), [At("seed"), At("a"), At("b")], []));
        Assert.False(_view.IsSuspect(At("a")));

        _view.Record(At("b"), [At("seed"), At("a"), At("b")], [At("a")]);
        _view.MarkLost(At("b"));
        Assert.False(_view.IsSuspect(At("a")));
    }

    private static NodeAddress At(string host) => NodeAddress.From(host, 1);

    private bool Report(string node, params string[] members) => _view.Record(At(node), [.. members.Select(At)], []);

    private void AssertNodes(params string[] expected) =>
        Assert.True(_view.Nodes.SetEquals(expected.Select(At)), string.Join(", ", _view.Nodes));
}
