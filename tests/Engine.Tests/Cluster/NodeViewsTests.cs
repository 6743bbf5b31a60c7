using ActorPool.Cluster;

namespace ActorPool.Tests.Cluster;

public sealed class NodeViewsTests
{
    private readonly NodeViews _views = new(["seed"]);

    [Fact]
    public void Before_any_node_is_heard_there_are_the_seeds() => Are("seed");

    [Fact]
    public void What_a_node_names_is_there()
    {
        Assert.True(Hear("seed", "seed", "a", "b"));

        Are("a", "b", "seed");
    }

    [Fact]
    public void The_same_once_more_changes_nothing()
    {
        Hear("seed", "seed", "a");

        Assert.False(Hear("seed", "seed", "a"));
        Assert.True(Hear("seed", "seed"));
    }

    [Fact]
    public void A_lost_node_stays_while_another_names_it()
    {
        Hear("seed", "seed", "a");
        Hear("a", "seed", "a");

        Assert.True(_views.Lose("a"));

        Are("a", "seed");
    }

    [Fact]
    public void A_lost_node_is_let_go_when_the_others_name_it_no_more()
    {
        Hear("seed", "seed", "a", "b");
        Hear("a", "seed", "a", "b");
        Hear("b", "seed", "a", "b");
        _views.Lose("a");

        Hear("seed", "seed", "b");
        Are("a", "b", "seed"); // b has not heard of it yet
        Hear("b", "seed", "b");

        Are("b", "seed");
    }

    [Fact]
    public void A_node_that_the_others_have_removed_stays_while_it_is_heard()
    {
        Hear("seed", "seed", "a");
        Hear("a", "seed", "a");

        Hear("seed", "seed");
        Are("a", "seed");

        _views.Lose("a");
        Are("seed");
    }

    [Fact]
    public void Seeds_stay_though_nobody_names_them()
    {
        Hear("seed", "seed", "a");
        Hear("a", "seed", "a");
        _views.Lose("seed");

        Hear("a", "a");

        Are("a", "seed");
    }

    [Fact]
    public void While_none_is_heard_all_of_before_are_tried()
    {
        Hear("seed", "seed", "a", "b");
        Hear("a", "seed", "a", "b");
        _views.Lose("a");
        _views.Lose("seed");
        Assert.False(_views.Lose("b"));

        Are("a", "b", "seed");
    }

    [Fact]
    public void A_seed_that_started_anew_has_the_last_word_when_it_is_the_only_one_heard()
    {
        Hear("seed", "seed", "a");
        _views.Lose("seed");

        Hear("seed", "seed");

        Are("seed");
    }

    [Fact]
    public void A_node_is_suspect_while_any_other_cannot_reach_it()
    {
        Hear("seed", "seed", "a", "b");
        Assert.True(_views.Hear("b", ["seed", "a", "b"], ["a"]));
        Assert.True(_views.IsSuspect("a"));
        Assert.False(_views.IsSuspect("b"));

        Assert.True(_views.Hear("b", ["seed", "a", "b"], []));
        Assert.False(_views.IsSuspect("a"));

        _views.Hear("b", ["seed", "a", "b"], ["a"]);
        _views.Lose("b");
        Assert.False(_views.IsSuspect("a"));
    }

    private bool Hear(string node, params string[] members) => _views.Hear(node, members, []);

    private void Are(params string[] expected) => Assert.True(_views.Nodes.SetEquals(expected), string.Join(", ", _views.Nodes));
}
