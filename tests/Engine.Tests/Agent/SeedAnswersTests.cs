using ActorPool.Agent;
using ActorPool.Configuration;

namespace ActorPool.Tests.Agent;

public sealed class SeedAnswersTests
{
    private readonly SeedAnswers _answers = new();

    [Fact]
    public void A_seed_that_names_the_node_is_in_its_cluster() =>
        Assert.Equal(SeedVerdict.Same, Record("a", own: "a self", listed: "a self"));

    [Fact]
    public void A_seed_whose_list_is_a_little_out_of_date_proves_nothing()
    {
        Assert.Equal(SeedVerdict.Same, Record("a", own: "a self", listed: "a"));
        Assert.Equal(SeedVerdict.Same, Record("a", own: "a self", listed: "a"));
        Assert.Equal(SeedVerdict.Same, Record("a", own: "a self", listed: "a self"));
        Assert.Equal(SeedVerdict.Same, Record("a", own: "a self", listed: "a"));
    }

    [Fact]
    public void The_only_seed_has_restarted_when_it_does_not_name_the_node_again_and_again()
    {
        Record("a", own: "a self", listed: "a self");
        Record("a", own: "a self", listed: "a");
        Record("a", own: "a self", listed: "a");

        Assert.Equal(SeedVerdict.Outside, Record("a", own: "a self", listed: "a"));
    }

    [Fact]
    public void The_only_seed_has_left_and_come_back_when_its_cluster_has_no_common_member()
    {
        Record("a", own: "self", listed: "a");
        Record("a", own: "self", listed: "a");

        Assert.Equal(SeedVerdict.Outside, Record("a", own: "self", listed: "a"));
    }

    [Fact]
    public void The_cluster_of_a_node_that_is_a_seed_itself_goes_on()
    {
        for (var i = 0; i < 4; i++)
            Assert.Equal(SeedVerdict.Island, _answers.Record(At("a"), ReadAll("a"), At("self"), ReadAll("self"), isSeed: true));
    }

    [Fact]
    public void A_seed_without_a_common_member_is_in_another_cluster_at_once()
    {
        Record("a", own: "a self", listed: "a self");

        Assert.Equal(SeedVerdict.Island, Record("b", own: "a self", listed: "b c"));
    }

    [Fact]
    public void A_seed_that_has_restarted_alone_is_in_another_cluster_while_a_second_seed_names_the_node()
    {
        foreach (var listed in new[] { "a b self", "a", "a" })
        {
            Record("a", own: "a b self", listed);
            Record("b", own: "a b self", "a b self");
        }

        Assert.Equal(SeedVerdict.Island, Record("a", own: "a b self", listed: "a"));
    }

    [Fact]
    public void A_second_seed_that_does_not_answer_any_longer_does_not_count()
    {
        Record("b", own: "a b self", listed: "a b self");
        Record("a", own: "a b self", listed: "a");
        Record("a", own: "a b self", listed: "a");

        Assert.Equal(SeedVerdict.Outside, Record("a", own: "a b self", listed: "a"));
    }

    private SeedVerdict Record(string seed, string own, string listed) =>
        _answers.Record(At(seed), ReadAll(listed), At("self"), ReadAll(own));

    private static HashSet<NodeAddress> ReadAll(string names) => [.. names.Split(' ').Select(At)];

    private static NodeAddress At(string name) => NodeAddress.Parse($"{name}:1");
}
