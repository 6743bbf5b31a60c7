using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>The pool as actors see it: jobs by Ask and by Tell.</summary>
/// <remarks>Akka's check for serializable messages is off: its own <see cref="Status.Failure"/> fails it on the way to an actor.</remarks>
public sealed class MessageTests() : PoolScenario("akka.actor.serialize-messages = off")
{
    [Fact]
    public async Task An_asked_job_is_answered_with_the_ordered_results_and_its_name()
    {
        var pool = CreatePool(3);
        var options = new JobOptions { Name = "brackets", ChunkSize = 7 };
        var job = new MapJob<int, string>(x => $"<{x}>", Enumerable.Range(0, 200).ToArray(), options);
        var result = await pool.Coordinator.Ask<MapResult<string>>(job, Deadline.Limit).Within("ask", pool);
        Assert.Equal("brackets", result.Name);
        Assert.Equal(Enumerable.Range(0, 200).Select(x => $"<{x}>"), result.Results, StringComparer.Ordinal);
    }

    [Fact]
    public async Task A_told_job_answers_its_sender_once()
    {
        var pool = CreatePool(3);
        var asker = CreateTestProbe();
        pool.Coordinator.Tell(new MapJob<int, int>(Fixtures.Sqr, new List<int> { 1, 2, 3 }), asker);
        var result = await asker.ExpectMsgAsync<MapResult<int>>(Deadline.Limit);
        Assert.Equal([1, 4, 9], result.Results);
        Assert.StartsWith("job-", result.Name, StringComparison.Ordinal);
        await WaitUntilIdle(pool);
        Assert.False(asker.HasMessages);
    }

    [Fact]
    public async Task A_job_that_fails_is_answered_with_its_error_and_its_name()
    {
        var pool = CreatePool(2);
        var asker = CreateTestProbe();
        var options = new JobOptions { Name = "three" };
        pool.Coordinator.Tell(
            new MapJob<int, int>(x => x == 3 ? throw new SayWhenException() : x, Enumerable.Range(0, 5).ToArray(), options), asker);
        var failure = await asker.ExpectMsgAsync<Status.Failure>(Deadline.Limit);
        Assert.Equal("three", failure.State);
        var error = Assert.IsType<WorkItemException>(failure.Cause);
        Assert.Equal(3, error.Index);
        Assert.IsType<SayWhenException>(error.InnerException);
    }

    [Fact]
    public async Task An_ask_throws_what_the_call_would_have_thrown()
    {
        var pool = CreatePool(2);
        var job = new MapJob<int, int>(_ => throw new SayWhenException(), new int[1]);
        var asked = pool.Coordinator.Ask<MapResult<int>>(job, Deadline.Limit);
        var error = await Assert.ThrowsAnyAsync<Exception>(() => asked.Within("ask", pool));
        Assert.IsType<SayWhenException>(error.GetBaseException());
    }

    [Fact]
    public async Task A_job_is_cancelled_by_its_name_and_only_that_one()
    {
        var pool = CreatePool(2);
        var (doomed, other) = (CreateTestProbe(), CreateTestProbe());
        var gate = new Gate();
        foreach (var (name, asker) in new[] { ("doomed", doomed), ("other", other) })
            pool.Coordinator.Tell(new MapJob<int, int>(Wait, Fixtures.Inputs(1), new JobOptions { Name = name }), asker);
        await gate.HasArrived(2, "both run", pool);
        pool.Coordinator.Tell(new CancelJob("nobody"));
        pool.Coordinator.Tell(new CancelJob("doomed"));
        var failure = await doomed.ExpectMsgAsync<Status.Failure>(Deadline.Limit);
        Assert.IsAssignableFrom<OperationCanceledException>(failure.Cause);
        Assert.Equal("doomed", failure.State);
        Assert.False(other.HasMessages);
        gate.Open();
        Assert.Equal([1], (await other.ExpectMsgAsync<MapResult<int>>(Deadline.Limit)).Results);

        int Wait(int x)
        {
            gate.PassAsync(WorkContext.Current!.CancellationToken).AsTask().GetAwaiter().GetResult();
            return x;
        }
    }

    [Fact]
    public async Task A_bad_request_is_answered_with_its_error_and_the_pool_goes_on()
    {
        var pool = CreatePool(2);
        var asker = CreateTestProbe();
        pool.Coordinator.Tell(new MapJob<int, Task<int>>(x => Task.FromResult(x), new int[1]), asker);
        Assert.IsType<ArgumentException>((await asker.ExpectMsgAsync<Status.Failure>(Deadline.Limit)).Cause);
        Assert.Equal(4, await pool.ApplyAsync(Fixtures.Sqr, 2).Within("a good call", pool));
    }

    [Fact]
    public void A_job_message_refuses_wrong_arguments_when_it_is_made()
    {
        Assert.Throws<ArgumentNullException>("Function", () => new MapJob<int, int>(null!, new int[1]));
        Assert.Throws<ArgumentNullException>("Inputs", () => new MapJob<int, int>(x => x, null!));
        var right = new MapJob<int, int>(x => x, new int[1]);
        Assert.Throws<ArgumentNullException>("Function", () => right with { Function = null! });
        Assert.Throws<ArgumentNullException>("Inputs", () => right with { Inputs = null! });
        var wrong = new JobOptions { ChunkSize = 0 };
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => new MapJob<int, int>(x => x, new int[1], wrong));
        Assert.Contains("ChunkSize is [0]", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => right with { Options = wrong });
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new MapJob<int, int>(x => x, new int[1], new JobOptions { Order = JobOrder.Completion }));
    }

    [Fact]
    public async Task A_job_message_to_an_ended_pool_is_answered_with_a_failure()
    {
        var pool = CreatePool(1);
        await pool.DisposeAsync().Within("dispose");
        var error = await Fixtures.Fails<PoolTerminatedException>(
            pool.Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x, new int[1])), "the answer");
        Assert.Contains("[pool] has ended", error.Message, StringComparison.Ordinal);
        var asker = CreateTestProbe();
        pool.Coordinator.Tell(new MapJob<int, int>(x => x, new int[1]), asker);
        Assert.IsType<PoolTerminatedException>((await asker.ExpectMsgAsync<Status.Failure>(Deadline.Limit)).Cause);
    }

    [Fact]
    public async Task A_job_message_to_a_pool_whose_own_system_has_ended_is_answered_with_a_failure()
    {
        var pool = WorkerPool.Create(1);
        await pool.DisposeAsync().Within("dispose");
        await Fixtures.Fails<PoolTerminatedException>(
            pool.Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x, new int[1])), "the answer");
    }

    [Fact]
    public void A_result_shows_its_first_values()
    {
        Assert.Equal("MapResult { Name = roots, Results = [1.5, 2] }", new MapResult<double>("roots", [1.5, 2]).ToString());
        Assert.Equal(
            "MapResult { Name = many, Results = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, and 990 more] }",
            new MapResult<int>("many", Enumerable.Range(0, 1000).ToArray()).ToString());
        Assert.Equal("MapResult { Name = none, Results = [] }", new MapResult<int>("none", []).ToString());
        Assert.Equal("MapResult { Name = texts, Results = [null, a] }", new MapResult<string?>("texts", [null, "a"]).ToString());
    }

    [Fact]
    public async Task Each_pool_counts_its_own_jobs()
    {
        for (var i = 0; i < 2; i++)
        {
            await using var pool = WorkerPool.Create(Sys, new WorkerPoolOptions { Workers = 1 });
            Assert.Equal("job-1", pool.StartMap(Fixtures.Sqr, [1]).Name);
            var second = await pool.ApplyAsync(() => (WorkContext.Current!.JobId, WorkContext.Current!.JobName)).Within("call");
            Assert.Equal((2, "job-2"), second);
        }
    }

    [Fact]
    public async Task A_closed_pool_answers_a_job_message_with_a_failure()
    {
        var pool = CreatePool(1);
        var gate = new Gate();
        var running = pool.ApplyAsync(() =>
        {
            gate.Pass();
            return 1;
        });
        await gate.HasArrived(1, "job runs", pool);
        var closed = pool.CloseAsync();
        var asker = CreateTestProbe();
        pool.Coordinator.Tell(new MapJob<int, int>(x => x, new int[1]), asker);
        Assert.IsType<InvalidOperationException>((await asker.ExpectMsgAsync<Status.Failure>(Deadline.Limit)).Cause);
        gate.Open();
        Assert.Equal(1, await running.Within("running job", pool));
        await closed.Within("close", pool);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(3, 4)]
    public async Task Workers_run_at_most_their_maximum_of_tasks_and_are_replaced(int maxTasks, int workers)
    {
        var pool = CreatePool(workers, with: options => options with { MaxTasksPerWorker = maxTasks });
        var ran = new System.Collections.Concurrent.ConcurrentDictionary<int, int>();
        var results = await pool.MapAsync(x =>
        {
            ran.AddOrUpdate(WorkContext.Current!.WorkerId, 1, (_, count) => count + 1);
            return x;
        }, Enumerable.Range(0, 60), new JobOptions { ChunkSize = 2 }).Within("map", pool);
        Assert.Equal(Enumerable.Range(0, 60), results);
        Assert.All(ran.Values, count => Assert.InRange(count, 1, maxTasks));
        Assert.InRange(ran.Count, 60 / maxTasks, 60);
        await WaitUntilIdle(pool);
        Assert.Equal(0, pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_source_that_throws_on_dispose_ends_a_map_and_is_a_warning_after_an_early_end()
    {
        var pool = CreatePool(2);
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings, typeof(Akka.Event.Warning));
        await Fixtures.Fails<SayWhenException>(pool.MapAsync(x => x, Source(3)), "map", pool);
        await using (var stream = pool.StreamAsync(x => x, Source(int.MaxValue), new JobOptions { Window = 4 }).GetAsyncEnumerator())
            Assert.Equal(0, await stream.Next("first", pool));
        var warning = await warnings.ExpectMsgAsync<Akka.Event.Warning>(Deadline.Limit);
        Assert.IsType<SayWhenException>(warning.Cause);
        await CheckFullCapacity(pool);

        static IEnumerable<int> Source(int total)
        {
            try
            {
                for (var i = 0; i < total; i++)
                    yield return i;
            }
            finally
            {
                Throw();
            }
        }

        static void Throw() => throw new SayWhenException();
    }

    [Fact]
    public async Task A_progress_handler_that_throws_ends_its_job_with_its_own_exception()
    {
        var pool = CreatePool(2);
        var options = new JobOptions { Progress = new ProgressTo(_ => throw new SayWhenException()) };
        await Fixtures.Fails<SayWhenException>(pool.MapAsync(x => x, Enumerable.Range(0, 1000), options), "map", pool);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_worker_state_that_throws_on_dispose_is_only_a_warning()
    {
        var warnings = CreateTestProbe();
        Sys.EventStream.Subscribe(warnings, typeof(Akka.Event.Warning));
        var pool = CreatePool(1, with: options => options with { WorkerState = () => new BadState(), MaxTasksPerWorker = 1 });
        Assert.Equal([1, 2], (await pool.MapAsync(x => x, new List<int> { 1, 2 }).Within("map", pool)).ToList());
        var warning = await warnings.ExpectMsgAsync<Akka.Event.Warning>(Deadline.Limit);
        Assert.Contains($"threw [{typeof(SayWhenException)}]", warning.Message.ToString(), StringComparison.Ordinal);
        await WaitUntilIdle(pool);
    }

    private sealed class BadState : IDisposable
    {
        public void Dispose() => throw new SayWhenException();
    }
}
