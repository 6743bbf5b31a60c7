using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Coordination;

/// <summary>Whose failed items run again by order, and what the answer says.</summary>
public sealed class RetryRulesTests
{
    private static readonly JobOptions s_named = new() { Name = "prices" };

    [Fact]
    public void A_job_that_keeps_its_outcomes_is_not_refused() => Assert.Null(RetryRules.FindRefusal(TestJobs.TryMap(10)));

    [Fact]
    public void A_job_that_its_first_failure_ends_is_refused()
    {
        var refusal = RetryRules.FindRefusal(TestJobs.Map(10, s_named));

        Assert.Equal(
            "The first failure ends prices, so it has no failed items to run again. "
            + "Items of a job of TryMapAsync or StartTryMap can be run again while it runs.",
            refusal?.Message);
        Assert.True(refusal!.IsRefused);
    }

    [Fact]
    public void A_stream_is_refused_with_the_line_that_runs_its_failed_items()
    {
        var job = TestJobs.Stream(10, s_named);
        job.Meter.Add(done: 3, failed: 2, retried: 0);
        job.GetRecorder().RecordFailures([Fail(7), Fail(2)]);

        var refusal = RetryRules.FindRefusal(job)!;

        Assert.Equal(
            "The outcomes of prices go to its caller as they come, so none can be replaced. To run the failed items again, from the same "
            + "inputs: var again = new[] { 2, 7 }.Select(i => inputs[i]);",
            refusal.Message);
        Assert.Equal((0L, 2L, true), (refusal.Again, refusal.Left, refusal.IsRefused));
    }

    [Fact]
    public void An_ended_job_is_refused_with_the_first_of_many_items()
    {
        var job = TestJobs.TryMap(100, s_named);
        job.Meter.Add(done: 100, failed: 30, retried: 0);
        job.GetRecorder().RecordFailures(Enumerable.Range(0, 30).Select(i => Fail(i)));
        job.Succeed();

        var refusal = RetryRules.RefuseEnded(job.Describe([]));

        Assert.Equal((0L, 30L, true), (refusal.Again, refusal.Left, refusal.IsRefused));
        Assert.StartsWith("prices has ended: its failed items cannot run again in it.", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("To run the first 20 of 30 failed items again", refusal.Message, StringComparison.Ordinal);
        Assert.EndsWith("16, 17, 18, 19 }.Select(i => inputs[i]);", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "prices has no failed items.")]
    [InlineData(1, "1 failed item of prices runs again.")]
    [InlineData(3, "3 failed items of prices run again.")]
    public void The_answer_counts_the_items_that_run_again(int items, string expected)
    {
        var taken = new TakenFailures(items == 0 ? [] : [new ItemRun(4, items)], [], []);

        var answer = RetryRules.Describe(TestJobs.TryMap(100, s_named), taken);

        Assert.Equal(new RetriedItems(items, 0, expected), answer);
    }

    [Fact]
    public void The_answer_says_which_items_keep_their_failure_and_why()
    {
        var job = TestJobs.TryMap(100, s_named with { Window = 1 });
        job.GetRecorder().RecordFailures([Fail(8)]);
        var taken = new TakenFailures([], [job.Cut(1)!], [Fail(8)]);

        var answer = RetryRules.Describe(job, taken);

        Assert.Equal((1L, 1L, false), (answer.Again, answer.Left, answer.IsRefused));
        Assert.Contains("runs again. 1 other cannot: of inputs that are read while the job runs", answer.Message, StringComparison.Ordinal);
        Assert.Contains("only those of [1] failed items are kept", answer.Message, StringComparison.Ordinal);
        Assert.EndsWith("var again = new[] { 8 }.Select(i => inputs[i]);", answer.Message, StringComparison.Ordinal);
        Assert.True(RetryRules.Describe(job, taken with { Items = [] }).IsRefused);
    }

    private static WorkItemException Fail(long index) => new(index, "worker-1", 1, new SayWhenException());
}
