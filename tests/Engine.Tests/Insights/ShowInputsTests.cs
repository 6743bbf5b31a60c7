using ActorPool.Insights;
using ActorPool.Tests.Cluster;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Insights;

/// <summary>Inputs in the facts of a job, which its options ask for.</summary>
public sealed class ShowInputsTests
{
    private static readonly JobOptions s_shown = new() { ChunkSize = 1, ShowInputs = true };

    [Fact]
    public async Task Failed_items_and_slow_ones_show_their_inputs()
    {
        await using var pool = WorkerPool.Create(2);
        var orders = Enumerable.Range(0, 30).Select(i => new Order(i, 1.5 * i)).ToArray();

        var failing = pool.StartMap(order => order.Id == 3 ? throw new FormatException() : order.Id, orders, s_shown);
        await Assert.ThrowsAsync<WorkItemException>(() => failing.Completion.Within("the first job", pool));
        var ending = pool.StartMap(order => order.Id, orders, s_shown);
        await ending.Completion.Within("the second job", pool);

        Assert.Equal(new ItemInput(3, "Order { Id = 3, Price = 4.5 }"), Assert.Single(Assert.Single(failing.Insights.Failures).Inputs));
        await Deadline.Until(
            () => ending.Insights is { Chunks.Count: 30 } insights && insights.Slowest.All(slow => slow.Input is not null),
            "the inputs of slow items", pool);
        Assert.All(ending.Insights.Slowest, slow => Assert.Equal(orders[slow.Start].ToString(), slow.Input));
    }

    [Fact]
    public async Task Each_kept_index_of_a_group_has_its_input()
    {
        await using var pool = WorkerPool.Create(2);
        var inputs = Enumerable.Range(0, 100).Select(i => i + 0.5).ToArray();

        await pool.TryMapAsync(Fail, inputs, s_shown with { ChunkSize = 7, Name = "many" }).Within("the map", pool);

        var archived = pool.State.Archive.ToList().Single(one => one.Summary.Name is "many");
        archived.Recorder!.AwaitInputs();
        var group = Assert.Single(archived.Describe().Failures);
        Assert.Equal(20, group.Indices.Count);
        Assert.Equal(group.Indices.Select(i => new ItemInput(i, $"{i}.5")), group.Inputs); // in the invariant culture

        static int Fail(double x) => throw new FormatException();
    }

    [Fact]
    public async Task Without_the_option_no_input_is_asked_for_its_text()
    {
        await using var pool = WorkerPool.Create(1);
        var input = new Hostile(() => throw new FormatException());

        var job = pool.StartMap(
            x => x is null ? 1 : throw new TimeoutException(), [input, input], new JobOptions { ChunkSize = 1 });
        await Assert.ThrowsAsync<WorkItemException>(() => job.Completion.Within("the job", pool));

        Assert.Empty(Assert.Single(job.Insights.Failures).Inputs);
        Assert.All(job.Insights.Slowest, slow => Assert.Null(slow.Input));
        Assert.Equal(0, input.Asked);
    }

    [Fact]
    public void A_text_is_cut_and_clean_and_says_what_was_thrown()
    {
        var texts = new InputTexts();
        var thrown = texts.Add(new Hostile(() => throw new FormatException()));
        var cut = texts.Add(new string('x', 500));
        var control = texts.Add("a\u001b[31m\nb\u202e\ud800");
        var none = texts.Add(null);

        texts.Await();

        Assert.Equal("(its ToString threw FormatException)", thrown.Text);
        Assert.Equal($"{new string('x', 200)}... [500 characters]", cut.Text);
        Assert.Equal("a\ufffd[31m\ufffdb\ufffd\ufffd", control.Text);
        Assert.Equal("null", none.Text);
    }

    [Fact]
    public async Task An_input_whose_text_never_comes_holds_up_nothing()
    {
        await using var pool = WorkerPool.Create(1);
        var gate = new Gate();
        var inputs = Enumerable.Range(0, 3).Select(_ => new Hostile(() =>
        {
            gate.Pass();
            return "late";
        })).ToArray();

        var job = pool.StartMap(x => x is null ? 1 : throw new TimeoutException(), inputs, s_shown);
        await Assert.ThrowsAsync<WorkItemException>(() => job.Completion.Within("the job", pool));
        await gate.HasArrived(1, "the text is being made", pool);
        Assert.Empty(Assert.Single(job.Insights.Failures).Inputs);

        gate.Open();
        await Deadline.Until(() => job.Insights.Failures[0].Inputs is [{ Text: "late" }], "the text", pool);
    }

    [Fact]
    public async Task What_failed_at_a_node_shows_its_input_too()
    {
        await using var node = await LoopbackCluster.StartNodeAsync(workers: 1);
        await using var pool = await WorkerPool.ConnectAsync(node.Address).Within("the pool");

        var job = pool.StartMap(x => x == 5 ? throw new FormatException() : x, Enumerable.Range(0, 10).ToArray(), s_shown);
        await Assert.ThrowsAsync<WorkItemException>(() => job.Completion.Within("the job", pool));

        Assert.Equal(new ItemInput(5, "5"), Assert.Single(Assert.Single(job.Insights.Failures).Inputs));
    }

    private sealed record Order(int Id, double Price);

    private sealed class Hostile(Func<string> text)
    {
        private int _asked;

        public int Asked => Volatile.Read(ref _asked);

        public override string ToString()
        {
            Interlocked.Increment(ref _asked);
            return text();
        }
    }
}
