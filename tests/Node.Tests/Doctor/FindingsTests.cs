using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Node.Doctor;
using ActorPool.Node.Observing;
using ActorPool.Security;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Doctor;

/// <summary>What the doctor concludes from what it has read.</summary>
public sealed class FindingsTests
{
    private static readonly DateTimeOffset s_now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 0)] // between question and answer
    [InlineData(15, 10)]
    [InlineData(-3, -3)]
    public void A_clock_differs_by_what_the_way_does_not_explain(int node, int expected) => Assert.Equal(
        TimeSpan.FromSeconds(expected),
        AnswerFindings.MeasureClock(s_now.AddSeconds(node), s_now, s_now.AddSeconds(5)));

    [Fact]
    public void A_clock_that_is_wrong_is_a_warning()
    {
        var findings = Find(Answer("a", ["a", "b"]), Answer("b", ["a", "b"], clock: 60));

        var clock = Assert.Single(findings, finding => finding.Level == FindingLevel.Warning);
        Assert.Equal(("clock", "b"), (clock.Subject, clock.Node));
        Assert.Contains("60 s ahead of", clock.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Clusters_without_a_common_member_are_a_problem_and_different_views_a_warning()
    {
        var islands = Find(Answer("a", ["a", "b"]), Answer("b", ["a", "b"]), Answer("c", ["c"]));
        var joining = Find(Answer("a", ["a", "b"]), Answer("b", ["b"]));

        var problem = Assert.Single(islands, finding => finding.Level == FindingLevel.Problem);
        Assert.Contains("a, b: the members [a, b]; c: the members [c]", problem.Message, StringComparison.Ordinal);
        Assert.Equal(FindingLevel.Warning, Assert.Single(joining, finding => finding.Subject is "members").Level);
    }

    [Fact]
    public void A_node_that_nobody_reaches_is_one_problem()
    {
        var lost = new NodeAnswer("b", Report: null, "It did not answer within [4] s.", IsUnreachable: true);
        var findings = Find(Answer("a", ["a", "b"]), lost, Answer("c", ["a", "b"]) with { IsUnreachable = true });

        var problem = Assert.Single(findings, finding => finding is { Level: FindingLevel.Problem, Node: "b" });
        Assert.Contains("Other nodes do not reach it", problem.Message, StringComparison.Ordinal);
        Assert.Contains("It did not answer within [4] s.", problem.Message, StringComparison.Ordinal);
        Assert.Single(findings, finding => finding is { Level: FindingLevel.Problem, Node: "c" });
    }

    [Fact]
    public void Nodes_of_two_releases_are_listed_with_what_they_speak()
    {
        var findings = Find(Answer("a", ["a", "b"], release: "0.1.0"), Answer("b", ["a", "b"], release: "0.2.0"));

        var release = Assert.Single(findings, finding => finding.Subject is "release");
        Assert.Equal(FindingLevel.Warning, release.Level);
        Assert.Contains(
            "0.1.0 (protocol 3, data 7 to 8): a; 0.2.0 (protocol 3, data 7 to 8): b", release.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_node_with_another_time_zone_is_a_warning()
    {
        var traits = ProcessTraits.Current with { TimeZone = "Mars/Olympus", ZoneRules = 1 };
        var findings = AnswerFindings.Find([Answer("a", ["a"]) with { Traits = traits }], ProcessTraits.Current);

        var cultures = Assert.Single(findings, finding => finding.Subject is "cultures");
        Assert.Contains("[Mars/Olympus]", cultures.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_limit_of_memory_is_told_and_a_small_one_is_a_warning()
    {
        var free = SystemFindings.FindResources(8L << 30, 8L << 30, 4);
        var limited = SystemFindings.FindResources(2L << 30, 8L << 30, 1);
        var small = SystemFindings.FindResources(100L << 20, 8L << 30, 1);

        Assert.Equal((FindingLevel.Ok, "4 processors, 8.0 GiB of memory."), (free.Level, free.Message));
        Assert.Equal(FindingLevel.Ok, limited.Level);
        Assert.Contains("1 processor, 2.0 GiB of memory, a limit", limited.Message, StringComparison.Ordinal);
        Assert.Equal(FindingLevel.Warning, small.Level);
    }

    [Theory]
    [InlineData("Max open files            1024                 4096                 files     ", FindingLevel.Warning)]
    [InlineData("Max open files            20000                20000                files     ", FindingLevel.Ok)]
    [InlineData("Max open files            unlimited            unlimited            files     ", FindingLevel.Ok)]
    public void Few_open_files_are_a_warning(string line, object level) =>
        Assert.Equal(level, SystemFindings.FindFiles(["Limit                     Soft Limit", line])!.Level);

    [Fact]
    public void A_listening_socket_is_found_by_its_port()
    {
        string[] lines =
        [
            "   0: 0100007F:1FAE 0200007F:A000 01 00000000:00000000 00:00000000 00000000  1000        0 111 1 0 100 0 0 10 0",
            "   1: 0100007F:1FAE 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 222 1 0 100 0 0 10 0",
        ];

        Assert.Equal(("222", "1000"), PortOwner.FindSocket(lines, 8110));
        Assert.Null(PortOwner.FindSocket(lines, 8111));
    }

    [Fact]
    public async Task A_data_port_answers_as_such_and_a_control_port_does_not()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("a node");
        await using var observer = await ClusterObserver.ConnectAsync(node.Address, "", default).Within("the observer");
        var data = (await observer.DescribeAsync(default)).Nodes[0].DataAddress;

        Assert.Null((await node.Security.ProbeDataAsync(NodeAddress.Parse(data), default)).Reason);
        Assert.Equal(
            "something else listens there", (await node.Security.ProbeDataAsync(NodeAddress.Parse(node.Address), default)).Reason);
        Assert.NotNull((await node.Security.ProbeDataAsync(NodeAddress.Parse("127.0.0.1:1"), default)).Reason);
    }

    private static List<Finding> Find(params NodeAnswer[] answers) => [.. AnswerFindings.Find(answers, ProcessTraits.Current)];

    private static NodeAnswer Answer(string address, string[] members, double clock = 0, string release = "0.1.0") => new(
        address,
        new AgentReport(NodeReport.CreateSilent(address, NodeState.Up) with { Engine = release }, [], members, [])
        {
            Now = s_now.AddSeconds(clock),
            ControlProtocol = "3",
            DataProtocol = "7 to 8",
        },
        Problem: null, IsUnreachable: false)
    {
        Asked = s_now,
        Answered = s_now,
        Traits = ProcessTraits.Current,
    };
}
