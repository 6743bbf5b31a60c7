using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Gathering;

/// <summary>Failures until the end of a job, and which of their items can run again.</summary>
public sealed class KeptFailuresTests
{
    private static readonly string[] s_inputs = [.. Enumerable.Range(0, 100).Select(i => $"input {i}")];

    [Fact]
    public void Of_inputs_in_memory_neighbours_run_again_together()
    {
        var kept = new KeptFailures(maxInputs: null);
        foreach (var index in new long[] { 12, 3, 5, 4, 13, 9 })
            Fail(kept, index);

        var taken = kept.Take();

        Assert.Equal([new ItemRun(3, 3), new ItemRun(9, 1), new ItemRun(12, 2)], taken.Runs);
        Assert.Empty(taken.Items);
        Assert.Empty(taken.Left);
        Assert.Equal(6, taken.Count);
        Assert.Equal([3L, 4, 5, 9, 12, 13], taken.Indices);
        Assert.Null(kept.Find(3));
        Assert.Equal(0, kept.Take().Count);
    }

    [Fact]
    public void Of_inputs_that_are_read_meanwhile_only_those_of_failed_items_are_kept()
    {
        var kept = new KeptFailures(maxInputs: 10);
        Fail(kept, 7);
        Fail(kept, 2);

        var taken = kept.Take();

        Assert.Empty(taken.Runs);
        Assert.Equal([2L, 7], taken.Indices);
        Assert.Equal(["input 2", "input 7"], taken.Items.SelectMany(Read), StringComparer.Ordinal);
        Assert.All(taken.Items, item => Assert.Equal(1, item.Count));
    }

    [Fact]
    public void The_kept_input_of_an_item_keeps_no_other_in_memory()
    {
        var (item, others) = Keep();

        GC.Collect();

        Assert.False(others.IsAlive);
        GC.KeepAlive(item);

        static (Chunk Item, WeakReference Others) Keep()
        {
            var inputs = new object[10];
            var chunk = new Chunk<object, int>(0, inputs, new int[10], ResultShape.PerItem);
            return (chunk.CopyItem(4), new WeakReference(inputs));
        }
    }

    [Fact]
    public void The_result_of_an_item_that_runs_again_goes_where_the_first_would_have_gone()
    {
        var results = new int[10];
        var chunk = new Chunk<string, int>(20, s_inputs.AsMemory(20, 10), results, ResultShape.PerItem);

        var item = (Chunk<string, int>)chunk.CopyItem(4);
        item.Results.Span[0] = 42;

        Assert.Equal(24, item.Start);
        Assert.Equal(42, results[4]);
    }

    [Fact]
    public void No_more_inputs_are_kept_than_the_limit_says_and_the_other_failures_stay()
    {
        var kept = new KeptFailures(maxInputs: 2);
        foreach (var index in new long[] { 1, 2, 3, 4 })
            Fail(kept, index);

        var taken = kept.Take();

        Assert.Equal([1L, 2], taken.Indices);
        Assert.Equal([3L, 4], taken.Left.Select(failure => failure.Index));
        Assert.Null(kept.Find(1));
        Assert.NotNull(kept.Find(3));
        Fail(kept, 5);
        Assert.Equal([5L], kept.Take().Indices);
    }

    private static void Fail(KeptFailures kept, long index)
    {
        var start = index / 10 * 10;
        var chunk = new Chunk<string, int>(start, s_inputs.AsMemory((int)start, 10), new int[10], ResultShape.PerItem);
        kept.Add(new WorkItemException(index, "worker-1", 1, new SayWhenException()), chunk);
    }

    private static IEnumerable<string> Read(Chunk chunk) => ((Chunk<string, int>)chunk).Inputs.ToArray();
}
