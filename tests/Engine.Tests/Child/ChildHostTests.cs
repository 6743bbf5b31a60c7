using ActorPool.Child;
using ActorPool.Jobs;
using ActorPool.Tests.Support;
using ActorPool.Wire;

namespace ActorPool.Tests.Child;

/// <summary>A session without an actor system, over a real connection.</summary>
public sealed class ChildHostTests
{
    // Functions travel as references to this process's own code, so what they share with a test is static.
    private static Gate s_gate = new();
    private static int s_initialized;

    [Fact]
    public async Task It_maps_chunk_after_chunk()
    {
        await using var client = await ChildClient.StartAsync();
        for (var i = 0; i < 20; i++)
        {
            var reply = await client.RunAsync(new ItemFunction<int, string>(x => $"{x}"), [i, i + 1]);
            Assert.Equal(DataProtocol.OutcomeStatus.Ran, reply.Status);
            Assert.Equal([$"{i}", $"{i + 1}"], reply.Results);
        }
    }

    [Fact]
    public async Task It_awaits_asynchronous_functions()
    {
        await using var client = await ChildClient.StartAsync();
        var function = new AsyncItemFunction<int, long>(async (x, token) =>
        {
            await Task.Yield();
            token.ThrowIfCancellationRequested();
            return WorkContext.Current!.ItemIndex + x;
        });

        Assert.Equal([101, 103, 105], (await client.RunAsync(function, [1, 2, 3], start: 100)).Results);
    }

    [Fact]
    public async Task It_folds_and_maps_chunks()
    {
        await using var client = await ChildClient.StartAsync();

        var sum = await client.RunAsync(new FoldFunction<int, long>(() => 10L, (total, x) => total + x), [1, 2, 3]);
        var pairs = await client.RunAsync(new WholeChunkFunction<int, int>(chunk => [chunk.Length]), [1, 2, 3]);

        Assert.Equal([16], sum.Results);
        Assert.Equal([3], Assert.Single(pairs.Results));
    }

    [Fact]
    public async Task Failures_come_with_their_index_attempts_and_exception()
    {
        await using var client = await ChildClient.StartAsync();
        var function = new ItemFunction<int, int>(x => x != 1 ? x : throw new SayWhenException());

        var reply = await client.RunAsync(function, [0, 1, 2], new JobOptions { Retries = 2 }, failsFast: false, start: 50, attempt: 2);

        Assert.Equal([0, 0, 2], reply.Results);
        var failure = Assert.Single(reply.Failures);
        Assert.Equal((51, 3), (failure.Index, failure.Attempts)); // the second attempt is the first one here
        Assert.IsType<SayWhenException>(failure.InnerException);
        Assert.Equal(1, reply.Header.Retried);
        Assert.Equal([(0, 2), (2, 2), (1, 3)], reply.Header.Attempts);

        reply = await client.RunAsync(function, [0, 1, 2]);
        Assert.Equal(DataProtocol.OutcomeStatus.Failed, reply.Status);
        Assert.Equal(1, Assert.Single(reply.Failures).Index);
    }

    [Fact]
    public async Task The_end_of_a_job_stops_its_chunk()
    {
        await using var client = await ChildClient.StartAsync();
        var running = client.RunAsync(
            new ItemFunction<int, bool>(_ => WorkContext.Current!.CancellationToken.WaitHandle.WaitOne(Deadline.Limit)), [0]);
        await client.HasStarted(1);

        await client.EndJobsAsync();

        Assert.Equal(DataProtocol.OutcomeStatus.Stopped, (await running).Status);
        Assert.Equal([4], (await client.RunAsync(new ItemFunction<int, int>(x => x * x), [2])).Results);
    }

    [Fact]
    public async Task A_late_item_times_out()
    {
        await using var client = await ChildClient.StartAsync();
        var function = new ItemFunction<int, bool>(_ => WorkContext.Current!.CancellationToken.WaitHandle.WaitOne(Deadline.Limit));

        var reply = await client.RunAsync(function, [0], new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(20) });

        var failure = Assert.Single(reply.Failures);
        Assert.Equal(ItemFailureCause.TimedOut, failure.Cause);
        Assert.IsType<TimeoutException>(failure.InnerException);
    }

    [Fact]
    public async Task Initializer_and_state_are_the_parents()
    {
        await using var client = await ChildClient.StartAsync(() => s_initialized = 7, () => $"state {s_initialized}");

        var reply = await client.RunAsync(new ItemFunction<int, string?>(_ => (string?)WorkContext.Current!.State), [0]);

        Assert.Equal(["state 7"], reply.Results);
    }

    [Fact]
    public async Task An_initializer_that_throws_is_the_failure_of_the_session()
    {
        await using var client = await ChildClient.StartAsync(() => throw new SayWhenException());

        var reply = await client.RunAsync(new ItemFunction<int, int>(x => x), [0]);

        Assert.Equal(DataProtocol.OutcomeStatus.Stopped, reply.Status);
        Assert.Contains("Somebody said when", (await client.SessionFailed).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_cannot_be_sent_fails_its_job()
    {
        await using var client = await ChildClient.StartAsync();
        var function = new ItemFunction<int, object>(_ => new MemoryStream());

        var reply = await client.RunAsync(function, [0]);

        Assert.Equal(DataProtocol.OutcomeStatus.Stopped, reply.Status);
        Assert.IsType<PayloadException>(await client.JobFailed);
    }

    [Fact]
    public async Task Its_token_hands_back_what_runs()
    {
        s_gate = new Gate();
        var client = await ChildClient.StartAsync(options: new ChildHostOptions { AbandonAfter = TimeSpan.FromMilliseconds(1) });
        var function = new ItemFunction<int, int>(x =>
        {
            s_gate.Pass();
            return x;
        });
        var running = client.RunAsync(function, [0]);
        await s_gate.HasArrived(1, "the first chunk");

        await client.StopAsync();

        Assert.Equal(DataProtocol.OutcomeStatus.Interrupted, (await running).Status);
        Assert.Equal(new ChildEnd(HasStopped: false, Error: null), await client.Ended.Within("the end"));
        s_gate.Open();
        await client.DisposeAsync();
    }

    [Fact]
    public async Task It_ends_with_its_connection()
    {
        await using (var client = await ChildClient.StartAsync())
        {
            await client.RunAsync(new ItemFunction<int, int>(x => x), [0]);
            await client.CloseAsync();
            Assert.Equal(new ChildEnd(HasStopped: true, Error: null), await client.Ended.Within("the end after a close"));
        }
        await using (var client = await ChildClient.StartAsync())
        {
            await client.BreakAsync();
            var end = await client.Ended.Within("the end after a loss");
            Assert.True(end.HasStopped);
            Assert.NotNull(end.Error);
        }
    }

    [Fact]
    public async Task The_parent_reads_in_the_note_which_item_runs()
    {
        s_gate = new Gate();
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var parent = WorkNote.Create(path);
            using var child = WorkNote.Open(path);
            await using var client = await ChildClient.StartAsync(note: child);
            await client.RunAsync(new ItemFunction<int, int>(x => x), [0]);
            Assert.Equal(0, parent.Chunk);
            var running = client.RunAsync(
                new ItemFunction<int, int>(x =>
                {
                    if (x == 2)
                        s_gate.Pass();
                    return x;
                }),
                [0, 1, 2, 3], start: 1000);
            await s_gate.HasArrived(1, "the third item");

            Assert.Equal((2, 2), (parent.Chunk, parent.Position));
            s_gate.Open();
            await running;
            Assert.Equal(0, parent.Chunk);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
