using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Calls the whole API with functions that run in other processes.</summary>
/// <remarks>The nodes get these tests' assembly from the pool.</remarks>
public sealed class ApiTests(TwoNodes nodes) : IClassFixture<TwoNodes>, IAsyncLifetime
{
    private static readonly int[] s_inputs = [.. Enumerable.Range(0, 1000)];

    private readonly RemoteGate _gate = new();
    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await nodes.ConnectAsync();

    public async Task DisposeAsync()
    {
        _gate.Dispose();
        await _pool.DisposeAsync();
    }

    [Fact]
    public async Task A_lambda_with_a_captured_variable_runs_on_all_nodes_and_its_results_are_in_order()
    {
        var factor = 3;

        var results = await _pool.MapAsync(x => (Value: x * factor, Environment.ProcessId), s_inputs, new JobOptions { ChunkSize = 1 })
            .Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => x * 3), results.Select(result => result.Value));
        Assert.Equal(new[] { nodes.Seed.Id, nodes.Second.Id }.Order(), results.Select(result => result.ProcessId).Distinct().Order());
    }

    [Fact]
    public async Task Static_methods_generic_methods_and_nested_closures_run()
    {
        var (a, b) = (2, new[] { 1, 10 });
        Func<int, int> inner = x => x + a;

        Assert.Equal(s_inputs.Select(Square), await _pool.MapAsync(Square, s_inputs).Within("a static method", _pool));
        Assert.Equal(s_inputs, await _pool.MapAsync(Identity<int>, s_inputs).Within("a generic method", _pool));
        var nested = await _pool.MapAsync(x => inner(x) * b[1], s_inputs).Within("a closure in a closure", _pool);
        Assert.Equal(s_inputs.Select(x => (x + 2) * 10), nested);
    }

    [Fact]
    public async Task A_function_runs_once()
    {
        var captured = "b";

        Assert.Equal("ab", await _pool.ApplyAsync(() => "a" + captured).Within("without an argument", _pool));
        Assert.Equal(16, await _pool.ApplyAsync(Square, 4).Within("with one", _pool));
        Assert.NotEqual(Environment.ProcessId, await _pool.ApplyAsync(() => Environment.ProcessId).Within("elsewhere", _pool));
    }

    [Fact]
    public async Task Results_go_into_the_callers_buffer()
    {
        var buffer = new double[s_inputs.Length];

        await _pool.MapAsync(x => x / 2.0, s_inputs, buffer).Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => x / 2.0), buffer);
    }

    [Fact]
    public async Task Asynchronous_functions_are_awaited_on_the_nodes()
    {
        var results = await _pool.MapAsync(async (x, _) => { await Task.Yield(); return x * 2; }, s_inputs).Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => x * 2), results);
    }

    [Fact]
    public async Task Tuples_are_taken_apart()
    {
        var two = await _pool.StarMapAsync((x, y) => x + y, [(1, 2), (3, 4)]).Within("two", _pool);
        var three = await _pool.StarMapAsync((x, y, z) => $"{x}{y}{z}", [(1, 'a', "c")]).Within("three", _pool);

        Assert.Equal([3, 7], two);
        Assert.Equal("1ac", Assert.Single(three));
    }

    [Fact]
    public async Task A_try_map_returns_the_outcome_of_each_item()
    {
        var results = await _pool.TryMapAsync(x => x % 10 == 7 ? throw new FormatException($"no {x}") : x, s_inputs)
            .Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => x % 10 != 7), results.Select(result => result.IsSuccess));
        Assert.All(
            results,
            result => Assert.Equal(result.IsSuccess ? "" : $"no {result.Index}", result.Error?.InnerException!.Message ?? ""));
    }

    [Fact]
    public async Task A_function_can_map_whole_chunks()
    {
        var options = new JobOptions { ChunkSize = 10 };

        var results = await _pool.MapChunksAsync(chunk => Array.ConvertAll(chunk.ToArray(), x => x + chunk.Length), s_inputs, options)
            .Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => x + 10), results);
    }

    [Fact]
    public async Task An_aggregate_is_folded_on_the_nodes_and_merged_in_order()
    {
        var text = await _pool.AggregateAsync(() => "", (string all, int x) => $"{all},{x}", (a, b) => a + b, s_inputs)
            .Within("the fold", _pool);

        Assert.Equal(string.Concat(s_inputs.Select(x => $",{x}")), text);
    }

    [Fact]
    public async Task A_stream_is_in_order_and_reads_no_further_than_its_window()
    {
        var read = 0;
        IEnumerable<int> Source()
        {
            foreach (var x in s_inputs)
            {
                Interlocked.Increment(ref read);
                yield return x;
            }
        }
        await using var stream = _pool.StreamAsync(Square, Source(), new JobOptions { Window = 20 }).GetAsyncEnumerator();

        for (var i = 0; i < s_inputs.Length; i++)
        {
            Assert.Equal(Square(i), await stream.Next($"result {i}", _pool));
            Assert.InRange(Volatile.Read(ref read), i + 1, i + 1 + 20);
        }
        Assert.False(await stream.MoveNextAsync().Within("the end", _pool));
    }

    [Fact]
    public async Task A_stream_in_completion_order_does_not_wait_for_its_first_item()
    {
        var port = _gate.Port;
        var stream = _pool.StreamAsync(
            async (x, token) =>
            {
                if (x == 0)
                    await RemoteGate.PassAsync(port, "first", token);
                return x;
            },
            Enumerable.Range(0, 20), new JobOptions { Order = JobOrder.Completion, ChunkSize = 1 });
        await using var results = stream.GetAsyncEnumerator();
        var others = new List<int>();
        for (var i = 1; i < 20; i++)
            others.Add(await results.Next($"result {i}", _pool));

        _gate.Open();

        Assert.Equal(Enumerable.Range(1, 19), others.Order());
        Assert.Equal(0, await results.Next("the first", _pool));
    }

    [Fact]
    public async Task Actions_run_for_their_effects()
    {
        var port = _gate.Port;

        await _pool.ForEachAsync(x => RemoteGate.Tell(port, x.ToString(CultureInfo.InvariantCulture)), s_inputs[..50])
            .Within("the loop", _pool);

        await _gate.Until(gate => gate.Visits.Count == 50, "all reports", _pool, nodes.Log);
        Assert.Equal(s_inputs[..50], _gate.Visits.Select(visit => int.Parse(visit.Label, CultureInfo.InvariantCulture)).Order());
    }

    [Fact]
    public async Task Progress_counts_what_was_done()
    {
        var progress = new LastProgress();

        await _pool.MapAsync(Square, s_inputs, new JobOptions { Progress = progress }).Within("the map", _pool);

        Assert.Equal((1000, 0, 1000L), (progress.Last!.Done, progress.Last.Failed, progress.Last.Total));
    }

    [Fact]
    public async Task A_cancelled_map_stops_what_runs()
    {
        var port = _gate.Port;
        using var cancellation = new CancellationTokenSource();
        var map = _pool.MapAsync(
            async (x, token) => { await RemoteGate.PassAsync(port, $"{x}", token); return x; },
            s_inputs, cancellationToken: cancellation.Token);
        await _gate.Until(gate => gate.Waiting.Count == 3, "an item on each worker", _pool, nodes.Log);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => map.Within("the map", _pool));
        await _gate.Until(
            gate => gate.Visits.Count == 3 && gate.Visits.All(visit => visit.WasCancelled), "the items to see it", _pool, nodes.Log);
        Assert.Equal(9, await _pool.ApplyAsync(Square, 3).Within("another call", _pool));
    }

    [Fact]
    public async Task A_job_that_takes_too_long_times_out()
    {
        var port = _gate.Port;
        var options = new JobOptions { Timeout = TimeSpan.FromMilliseconds(300) };

        await Assert.ThrowsAsync<TimeoutException>(
            () => _pool.MapAsync(async (x, token) => { await RemoteGate.PassAsync(port, "", token); return x; }, s_inputs, options)
                .Within("the map", _pool));
    }

    [Fact]
    public async Task Only_the_item_that_takes_too_long_fails()
    {
        var port = _gate.Port;
        var options = new JobOptions { ItemTimeout = TimeSpan.FromMilliseconds(300) };

        var results = await _pool.TryMapAsync(
            async (x, token) =>
            {
                if (x == 5)
                    await RemoteGate.PassAsync(port, "slow", token);
                return x;
            },
            s_inputs[..10], options).Within("the map", _pool);

        Assert.Equal(5, Assert.Single(results, result => !result.IsSuccess).Index);
        Assert.Contains(nameof(TimeoutException), results[5].Error!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Items_that_throw_are_tried_again()
    {
        var progress = new LastProgress();
        var options = new JobOptions { Retries = 2, Progress = progress };

        var attempts = await _pool.MapAsync(
            _ => WorkContext.Current!.Attempt is var attempt && attempt < 3 ? throw new FormatException($"attempt {attempt}") : attempt,
            s_inputs[..20], options).Within("the map", _pool);

        Assert.All(attempts, attempt => Assert.Equal(3, attempt));
        Assert.Equal(40, progress.Last!.Retried);
    }

    [Fact]
    public async Task A_predicate_decides_what_is_retried()
    {
        var options = new JobOptions { Retries = 5, RetryWhen = e => e is FormatException };

        var error = await Assert.ThrowsAsync<WorkItemException>(() => _pool.MapAsync(
            x => WorkContext.Current!.Attempt == 1 ? throw new FormatException("first")
                : x == 3 ? throw new InvalidDataException("second")
                : x,
            s_inputs[..10], options).Within("the map", _pool));

        Assert.Equal("second", error.InnerException!.Message);
        Assert.Equal(2, error.Attempts);
    }

    [Fact]
    public async Task Each_worker_of_the_nodes_runs_the_initializer_and_has_its_state()
    {
        var port = _gate.Port;
        var options = new WorkerPoolOptions
        {
            Initializer = () => RemoteGate.Tell(port, "initialized"),
            WorkerState = () => new StringBuilder("state"),
        };
        await using var pool = await nodes.ConnectAsync(options);

        var results = await pool.MapAsync(
            x =>
            {
                var state = (StringBuilder)WorkContext.Current!.State!;
                return state.Append('.').ToString();
            },
            s_inputs[..100], new JobOptions { ChunkSize = 1 }).Within("the map", pool);

        Assert.All(results, result => Assert.StartsWith("state.", result, StringComparison.Ordinal));
        Assert.InRange(results.Count(result => result is "state."), 1, 3);
        await _gate.Until(gate => gate.Visits.Count == 3, "three initializers", pool, nodes.Log);
        Assert.Equal([1, 2], _gate.Visits.CountBy(visit => visit.ProcessId).Select(count => count.Value).Order());
    }

    [Fact]
    public async Task An_initializer_that_fails_is_reported()
    {
        var options = ClusterNode.AddLongTimeout(new WorkerPoolOptions { Initializer = () => throw new FormatException("bad start") });
        await using var pool = await WorkerPool.ConnectAsync(nodes.Seed.Address, options).Within("the connection");

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(Square, s_inputs).Within("the map", pool));

        Assert.Contains("bad start", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_knows_its_job_item_and_attempt()
    {
        var contexts = await _pool.MapAsync(
            x => $"{WorkContext.Current!.JobName} {WorkContext.Current.ItemIndex} {WorkContext.Current.Attempt}",
            s_inputs, new JobOptions { Name = "mine" }).Within("the map", _pool);

        Assert.Equal(s_inputs.Select(x => $"mine {x} 1"), contexts, StringComparer.Ordinal);
    }

    [Fact]
    public async Task An_exception_arrives_with_its_index_type_message_stack_and_inner_one()
    {
        var error = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.MapAsync(x => x == 42 ? FailOnOdd(x) : x, s_inputs).Within("the map", _pool));

        Assert.Equal(42, error.Index);
        var odd = Assert.IsType<OddException>(error.InnerException);
        Assert.Equal(42, odd.Number);
        Assert.Equal("42 is odd", odd.Message);
        Assert.Contains(nameof(FailOnOdd), odd.ToString(), StringComparison.Ordinal);
        Assert.Equal("inside", Assert.IsType<InvalidDataException>(odd.InnerException).Message);
        Assert.Contains(nameof(FailOnOdd), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_programs_types_travel_both_ways()
    {
        var notes = new Dictionary<string, double?>(StringComparer.Ordinal) { ["x"] = double.NaN, ["y"] = null };
        Account[] accounts = [new("a", 1.5m, [DateTime.UnixEpoch], notes), new("b", -1, [], [])];

        var results = await _pool.MapAsync(account => account with { Name = account.Name + "!", Balance = account.Balance * 2 }, accounts)
            .Within("the map", _pool);

        Assert.Equal(["a!", "b!"], results.Select(account => account.Name), StringComparer.Ordinal);
        Assert.Equal([3m, -2m], results.Select(account => account.Balance));
        Assert.Equal(DateTime.UnixEpoch, Assert.Single(results[0].Days));
        Assert.Equal(double.NaN, results[0].Notes["x"]);
        Assert.Null(results[0].Notes["y"]);
        Assert.Equal("secret of a", results[0].Reveal());
    }

    [Fact]
    public async Task What_cannot_travel_is_refused_at_the_call_by_name()
    {
        using var stream = new MemoryStream();

        var error = await Assert.ThrowsAsync<FunctionNotShippableException>(
            () => _pool.MapAsync(x => x + stream.Length, s_inputs).Within("the map", _pool));

        Assert.Contains(nameof(stream), error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(MemoryStream), error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hundred_megabytes_pass_as_one_item_and_as_many()
    {
        var numbers = new double[12_500_000];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = i;

        var one = await _pool.ApplyAsync(all => Array.ConvertAll(all, x => -x), numbers).Within("one item", _pool);
        Assert.Equal(numbers.Length, one.Length);
        for (var i = 0; i < one.Length; i++)
            if (one[i] != -numbers[i])
                Assert.Equal(-numbers[i], one[i]);

        var many = await _pool.MapAsync(x => x + 1, numbers).Within("many", _pool);
        for (var i = 0; i < many.Length; i++)
            if (many[i] != i + 1)
                Assert.Equal(i + 1, many[i]);
        Assert.Equal(3, _pool.Workers);
        Assert.DoesNotContain("UNREACHABLE", nodes.Log(), StringComparison.Ordinal); // heartbeats were not delayed
    }

    [Fact]
    public async Task A_broadcast_value_is_there_once_on_each_node()
    {
        var table = await _pool.BroadcastAsync(new Table([.. Enumerable.Range(0, 1_000_000).Select(x => x * 2)]))
            .Within("the broadcast", _pool);

        var seen = new List<(int Value, int Process, int Identity)>();
        for (var job = 0; job < 2; job++)
        {
            seen.AddRange(await _pool.MapAsync(
                x => (table.Value.Numbers[x], Environment.ProcessId, RuntimeHelpers.GetHashCode(table.Value)),
                s_inputs, new JobOptions { ChunkSize = 1 }).Within("the map", _pool));
        }

        Assert.Equal(s_inputs.Concat(s_inputs).Select(x => x * 2), seen.Select(one => one.Value));
        // Two nodes; if the machine was so busy that one was given up, its chunks were run by worker processes of the other.
        var processes = seen.Select(one => one.Process).Distinct().Count();
        Assert.InRange(processes, 2, 4);
        Assert.Equal(processes, seen.Select(one => (one.Process, one.Identity)).Distinct().Count());
    }

    private static int Square(int x) => x * x;

    private static T Identity<T>(T x) => x;

    private static int FailOnOdd(int x) => throw new OddException(x, new InvalidDataException("inside"));

    private sealed class OddException(int number, Exception inner) : Exception($"{number} is odd", inner)
    {
        public int Number => number;
    }

    private sealed record Table(int[] Numbers);

    [SuppressMessage("Design", "MA0016", Justification = "A type as a program has it.")]
    private sealed record Account(string Name, decimal Balance, List<DateTime> Days, Dictionary<string, double?> Notes)
    {
        private readonly string _secret = $"secret of {Name}";

        public string Reveal() => _secret;
    }

    private sealed class LastProgress : IProgress<JobProgress>
    {
        public JobProgress? Last { get; private set; }

        public void Report(JobProgress value) => Last = value;
    }
}
