using System.Collections.Concurrent;
using System.Globalization;
using ActorPool.Child;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Child;

/// <summary>One worker without actors, for which a job means what it means in a pool.</summary>
public sealed class ChildPoolTests : IAsyncDisposable
{
    private static readonly AsyncLocal<string?> s_local = new();

    private readonly ConcurrentQueue<string> _log = new();
    private readonly TimerClock _clock = new();
    private readonly ChildPool _pool;

    public ChildPoolTests() => _pool = Start(new WorkerPoolOptions());

    public async ValueTask DisposeAsync() => await _pool.EndAsync(TimeSpan.Zero).Within("the pool's end");

    [Fact]
    public async Task Chunks_run_one_after_another_and_keep_the_order_of_their_inputs()
    {
        for (var i = 0; i < 100; i++)
            Assert.Equal([i, i + 1, i + 4], await Map(x => i + (x * x), [0, 1, 2]));
        Assert.Equal(300, _pool.State.Counters.Snapshot().ItemsDone);
    }

    [Fact]
    public async Task The_first_failure_ends_the_job()
    {
        var ran = new ConcurrentQueue<int>();

        var error = await Assert.ThrowsAsync<WorkItemException>(() => Map(
            x =>
            {
                ran.Enqueue(x);
                return x < 2 ? x : throw new SayWhenException();
            },
            [0, 1, 2, 3]));

        Assert.Equal((2, 1, "worker-0"), (error.Index, error.Attempts, error.Worker));
        Assert.IsType<SayWhenException>(error.InnerException);
        Assert.Equal([0, 1, 2], ran);
    }

    [Fact]
    public async Task Other_items_of_TryMap_have_their_results()
    {
        var (execution, completion) = JobFactory.TryMap(
            _pool.State, new ItemFunction<int, int>(x => x % 2 == 0 ? x : throw new SayWhenException()), Range(4), null);

        var outcomes = await Run(execution, completion);

        Assert.Equal([true, false, true, false], outcomes.Select(outcome => outcome.IsSuccess));
        Assert.Equal(2, outcomes[2].Value);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_item_that_throws_is_retried_alone_and_the_others_run_once(bool isAsync)
    {
        var attempts = new ConcurrentQueue<(int Input, int Attempt, long Index)>();
        int Fail(int x)
        {
            var context = WorkContext.Current!;
            attempts.Enqueue((x, context.Attempt, context.ItemIndex));
            return x != 2 || context.Attempt == 3 ? x * 10 : throw new SayWhenException();
        }

        var options = new JobOptions { ChunkSize = 4, Retries = 2 };
        ChunkFunction<int, int> function = isAsync
            ? new AsyncItemFunction<int, int>(async (x, _) =>
            {
                await Task.Yield();
                return Fail(x);
            })
            : new ItemFunction<int, int>(Fail);
        var (execution, completion) = JobFactory.Map(_pool.State, function, Range(4), options);
        var results = await Run(execution, completion);

        Assert.Equal([0, 10, 20, 30], results);
        Assert.Equal([(0, 1, 0), (1, 1, 1), (2, 1, 2), (3, 1, 3), (2, 2, 2), (2, 3, 2)], attempts);
        Assert.Equal(2, execution.Meter.Retried);
    }

    [Fact]
    public async Task A_chunk_that_is_one_item_is_retried_as_a_whole()
    {
        var attempts = 0;
        var function = new WholeChunkFunction<int, int>(
            chunk => ++attempts == 2 ? chunk.ToArray() : throw new SayWhenException());
        var (execution, completion) = JobFactory.MapChunks(
            _pool.State, function, Range(3), new JobOptions { ChunkSize = 3, Retries = 1 });
        var results = await Run(execution, completion);

        Assert.Equal([0, 1, 2], results);
        Assert.Equal(2, attempts);
    }

    [Fact]
    public async Task An_asynchronous_function_stays_on_the_thread_with_its_context()
    {
        var gate = new Gate();
        var threads = new ConcurrentDictionary<int, bool>();
        var function = new AsyncItemFunction<int, string>(async (x, token) =>
        {
            threads[Environment.CurrentManagedThreadId] = true;
            s_local.Value = $"{x}";
            await gate.PassAsync(token);
            threads[Environment.CurrentManagedThreadId] = true;
            await Task.Yield();
            threads[Environment.CurrentManagedThreadId] = true;
            return $"{s_local.Value} {WorkContext.Current!.ItemIndex}";
        });
        var (execution, completion) = JobFactory.Map(_pool.State, function, Range(2), new JobOptions { ChunkSize = 2 });
        var results = Run(execution, completion);
        await gate.HasArrived(1, "the first item");
        gate.Open();

        Assert.Equal(["0 0", "1 1"], await results);
        var byOthers = await Map(_ => Environment.CurrentManagedThreadId, [0]);
        Assert.Equal(byOthers, threads.Keys);
    }

    [Fact]
    public async Task What_a_function_leaves_in_its_context_does_not_reach_the_next_chunk()
    {
        s_local.Value = "of the caller";
        await Map(
            x =>
            {
                s_local.Value = "of a function";
                CultureInfo.CurrentCulture = new CultureInfo("tr-TR");
                return x;
            },
            [0]);
        string?[] seen = [];
        await Map(
            x =>
            {
                seen = [s_local.Value, CultureInfo.CurrentCulture.Name, WorkContext.Current?.JobName];
                return x;
            },
            [0]);

        Assert.Null(seen[0]);
        Assert.False(string.Equals("tr-TR", seen[1], StringComparison.Ordinal));
        Assert.NotNull(seen[2]);
    }

    [Fact]
    public async Task A_function_that_blocks_until_its_own_continuation_has_run_ends()
    {
        static async Task<int> Continue(int x)
        {
            await Task.Yield();
            return x + 1;
        }

        var function = new AsyncItemFunction<int, int>((x, _) => new ValueTask<int>(Continue(x).GetAwaiter().GetResult()));
        var (execution, completion) = JobFactory.Map(_pool.State, function, Range(2), new JobOptions { ChunkSize = 2 });
        var results = await Run(execution, completion);

        Assert.Equal([1, 2], results);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_job_that_is_stopped_is_answered_at_once_and_its_function_keeps_the_thread(bool isAsync)
    {
        var (gate, cancelled) = (new Gate(), new ConcurrentQueue<bool>());
        int Wait(int x)
        {
            gate.Pass();
            cancelled.Enqueue(WorkContext.Current!.CancellationToken.IsCancellationRequested);
            return x;
        }

        ChunkFunction<int, int> function = isAsync
            ? new AsyncItemFunction<int, int>(async (x, _) =>
            {
                await Task.Yield();
                return Wait(x);
            })
            : new ItemFunction<int, int>(Wait);
        var (execution, completion) = JobFactory.Map(_pool.State, function, Range(3), new JobOptions { ChunkSize = 3 });
        using var stop = new CancellationTokenSource();
        _pool.SubmitPart(execution, 1, stop.Token);
        await gate.HasArrived(1, "the function");

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => completion).Within("the answer");
        var next = Map(x => x, [5]);
        Assert.False(next.IsCompleted);
        gate.Open();
        var results = await next;

        Assert.Equal([5], results);
        Assert.Equal([true], cancelled);
    }

    [Fact]
    public async Task A_late_item_fails_with_the_coordinators_words_and_the_items_behind_it_run()
    {
        var (arrived, attempts) = (new Gate(), new ConcurrentQueue<(int Input, int Attempt)>());
        arrived.Open();
        int WaitIfOne(int x)
        {
            attempts.Enqueue((x, WorkContext.Current!.Attempt));
            if (x != 1)
                return x;
            arrived.Pass();
            WorkContext.Current!.CancellationToken.WaitHandle.WaitOne(Deadline.Limit);
            return -1; // which comes too late
        }

        var options = new JobOptions { ChunkSize = 4, ItemTimeout = TimeSpan.FromSeconds(5), Retries = 1 };
        var (execution, completion) = JobFactory.TryMap(_pool.State, new ItemFunction<int, int>(WaitIfOne), Range(4), options);
        var running = Run(execution, completion);
        await arrived.HasArrived(1, "the first attempt");
        _clock.Advance(options.ItemTimeout.Value);
        await arrived.HasArrived(2, "the second attempt");
        _clock.Advance(options.ItemTimeout.Value);
        var outcomes = await running;

        Assert.Equal([(0, 1), (1, 1), (1, 2), (2, 1), (3, 1)], attempts);
        Assert.Equal([0, 2, 3], outcomes.Where(outcome => outcome.IsSuccess).Select(outcome => outcome.Value));
        var error = outcomes[1].Error!;
        Assert.Equal((1, 2, ItemFailureCause.TimedOut), (error.Index, error.Attempts, error.Cause));
        Assert.IsType<TimeoutException>(error.InnerException);
        Assert.Equal("Item 1 ran longer than JobOptions.ItemTimeout [00:00:05].", error.InnerException.Message);
    }

    [Fact]
    public async Task Initializer_and_state_belong_to_the_thread_and_the_state_is_disposed_of_at_the_end()
    {
        var (states, initialized) = (new WorkerStates(), 0);
        var pool = Start(new WorkerPoolOptions
        {
            Initializer = () => initialized = Environment.CurrentManagedThreadId,
            WorkerState = states.Make,
        });
        Assert.True(await Map(pool, _ => ((WorkerStates.State)WorkContext.Current!.State!).Number, [0]) is [1]);
        var thread = await Map(pool, _ => Environment.CurrentManagedThreadId, [0]);

        Assert.True(await pool.EndAsync(Deadline.Limit).Within("the pool's end"));

        Assert.Equal([initialized], thread);
        Assert.Equal((1, 1), (states.Made, states.Disposed));
        var (execution, completion) = JobFactory.Map(pool.State, new ItemFunction<int, int>(x => x), Range(1), null);
        pool.SubmitPart(execution, 1, default);
        await Assert.ThrowsAsync<PoolTerminatedException>(() => completion);
    }

    [Fact]
    public async Task A_disposal_that_throws_is_logged()
    {
        var pool = Start(new WorkerPoolOptions { WorkerState = () => new BrokenState() });
        await Map(pool, x => x, [0]);

        Assert.True(await pool.EndAsync(Deadline.Limit).Within("the pool's end"));

        Assert.Contains("SayWhenException: Somebody said when", Assert.Single(_log), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_chunk_fails_when_the_initializer_has_thrown()
    {
        var pool = Start(new WorkerPoolOptions { Initializer = () => throw new SayWhenException() });
        for (var i = 0; i < 2; i++)
        {
            var error = await Assert.ThrowsAsync<NoWorkersException>(() => Map(pool, x => x, [0]));
            Assert.IsType<SayWhenException>(error.InnerException);
        }
        Assert.True(await pool.EndAsync(Deadline.Limit).Within("the pool's end"));
    }

    [Fact]
    public async Task The_end_of_the_pool_ends_its_job_and_does_not_wait_for_a_function_that_goes_on()
    {
        var gate = new Gate();
        var (execution, completion) = JobFactory.Map(
            _pool.State,
            new ItemFunction<int, int>(x =>
            {
                gate.Pass();
                return x;
            }),
            Range(1), null);
        _pool.SubmitPart(execution, 1, default);
        await gate.HasArrived(1, "the function");

        Assert.False(await _pool.EndAsync(TimeSpan.Zero).Within("the pool's end"));
        await Assert.ThrowsAsync<PoolTerminatedException>(() => completion);
        gate.Open();
        Assert.True(await _pool.EndAsync(Deadline.Limit).Within("the thread's end"));
    }

    [Fact]
    public async Task A_second_chunk_beside_a_running_one_is_refused()
    {
        var gate = new Gate();
        var first = Map(
            x =>
            {
                gate.Pass();
                return x;
            },
            [0]);
        await gate.HasArrived(1, "the function");

        await Assert.ThrowsAsync<InvalidOperationException>(() => Map(x => x, [0]));
        gate.Open();
        var results = await first;
        Assert.Equal([0], results);
    }

    [Fact]
    public async Task Inputs_that_are_not_in_memory_are_refused()
    {
        var (execution, completion) = JobFactory.Map(_pool.State, new ItemFunction<int, int>(x => x), Fixtures.ThrowingSource(3, 3), null);
        await Assert.ThrowsAsync<InvalidOperationException>(() => Run(execution, completion));
    }

    [Fact]
    public async Task The_note_has_the_item_in_the_chunk_also_while_it_is_retried_alone()
    {
        var path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            using var parent = WorkNote.Create(path);
            using var child = WorkNote.Open(path);
            var pool = Start(new WorkerPoolOptions(), child);
            var seen = new ConcurrentQueue<(long Chunk, int Position, bool HasStart)>();
            foreach (var limit in (TimeSpan?[])[null, TimeSpan.FromSeconds(1)])
            {
                seen.Clear();
                var function = new ItemFunction<int, int>(x =>
                {
                    seen.Enqueue((parent.Chunk, parent.Position, parent.ItemStarted != 0));
                    return x != 2 || WorkContext.Current!.Attempt > 1 ? x : throw new SayWhenException();
                });
                var options = new JobOptions { ChunkSize = 4, Retries = 1, ItemTimeout = limit };
                var (execution, completion) = JobFactory.Map(pool.State, function, Range(4), options);
                pool.SubmitPart(execution, 77, default);
                await completion.Within("the results");

                Assert.Equal(0, parent.Chunk);
                Assert.Equal(0, parent.ItemStarted);
                var guarded = limit is not null;
                Assert.Equal([(77, 0, guarded), (77, 1, guarded), (77, 2, guarded), (77, 3, guarded), (77, 2, guarded)], seen);
            }
            Assert.True(await pool.EndAsync(Deadline.Limit).Within("the pool's end"));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private ChildPool Start(WorkerPoolOptions options, WorkNote? note = null)
    {
        var child = new ChildHostOptions { TimeProvider = _clock, Log = _log.Enqueue };
        return ChildPool.Start(ChildSettings.Create(options, child), note, child.Log);
    }

    private Task<TOut[]> Map<TOut>(Func<int, TOut> function, int[] inputs) => Map(_pool, function, inputs);

    private static Task<TOut[]> Map<TOut>(ChildPool pool, Func<int, TOut> function, int[] inputs)
    {
        var options = new JobOptions { ChunkSize = inputs.Length };
        var (execution, completion) = JobFactory.Map(pool.State, new ItemFunction<int, TOut>(function), inputs, options);
        pool.SubmitPart(execution, 1, default);
        return completion.Within("the results");
    }

    private Task<T> Run<T>(JobExecution execution, Task<T> completion)
    {
        _pool.SubmitPart(execution, 1, default);
        return completion.Within("the results");
    }

    // An array, which is in memory; a collection expression of a sequence is not.
    private static int[] Range(int count) => [.. Enumerable.Range(0, count)];

    private sealed class BrokenState : IDisposable
    {
        public void Dispose() => throw new SayWhenException();
    }
}
