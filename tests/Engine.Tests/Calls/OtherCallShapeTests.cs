using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Calls;

/// <summary>The shapes of functions that calls other than Map take.</summary>
/// <remarks>As <see cref="CallShapeTests"/>: a shape that becomes ambiguous breaks the build.</remarks>
public sealed class OtherCallShapeTests : IAsyncLifetime
{
    private static readonly int[] s_inputs = [1, 2];
    private static readonly int[] s_doubled = [2, 4];
    private static readonly JobOptions s_named = new() { Name = "named" };

    private readonly WorkerPool _pool = WorkerPool.Create(2);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task Try_maps()
    {
        ItemResult<int>[][] outcomes =
        [
            await _pool.TryMapAsync(x => x * 2, s_inputs).Within("a value", _pool),
            await _pool.TryMapAsync(Twice, s_inputs).Within("a method", _pool),
            await _pool.TryMapAsync(async (x, _) => await TwiceAsync(x), s_inputs).Within("a token", _pool),
            await _pool.TryMapAsync(async x => await TwiceAsync(x), s_inputs).Within("async", _pool),
            await _pool.TryMapAsync(TwiceAsync, s_inputs).Within("a method that returns a task", _pool),
            await _pool.TryMapAsync(x => new ValueTask<int>(x * 2), s_inputs).Within("a value task", _pool),
            await _pool.TryMapAsync<int, int>(async x => await TwiceAsync(x), s_inputs, s_named).Within("type arguments", _pool),
        ];
        Assert.All(outcomes, one => Assert.Equal(s_doubled, one.Select(y => y.Value)));
        var failures = await _pool.TryMapAsync<int, string?>(_ => throw new FormatException(), s_inputs).Within("throw", _pool);
        Assert.All(failures, one => Assert.IsType<FormatException>(one.Error!.InnerException));
    }

    [Fact]
    public async Task Started_maps()
    {
        Job<int[]>[] jobs =
        [
            _pool.StartMap(x => x * 2, s_inputs),
            _pool.StartMap(Twice, s_inputs, s_named),
            _pool.StartMap(async (x, _) => await TwiceAsync(x), s_inputs),
            _pool.StartMap((x, token) => new ValueTask<int>(x * 2), s_inputs, s_named),
            _pool.StartMap(async x => await TwiceAsync(x), s_inputs),
            _pool.StartMap(TwiceAsync, s_inputs, s_named),
            _pool.StartMap(x => new ValueTask<int>(x * 2), s_inputs),
        ];
        foreach (var job in jobs)
            Assert.Equal(s_doubled, await job.Within("a job", _pool));
        Assert.Equal(Inputs(1.0, 2.0), await _pool.StartMap(Math.Sqrt, new double[] { 1, 4 }).Within("a method of .NET", _pool));
        await FailsByItem<FormatException>(
            _pool.StartMap<int, int>(_ => throw new FormatException(), s_inputs).Completion, "throw", _pool);
    }

    [Fact]
    public async Task Started_try_maps()
    {
        Job<ItemResult<int>[]>[] jobs =
        [
            _pool.StartTryMap(x => x * 2, s_inputs),
            _pool.StartTryMap(Twice, s_inputs, s_named),
            _pool.StartTryMap(async (x, _) => await TwiceAsync(x), s_inputs),
            _pool.StartTryMap((x, token) => new ValueTask<int>(x * 2), s_inputs, s_named),
            _pool.StartTryMap(async x => await TwiceAsync(x), s_inputs),
            _pool.StartTryMap(TwiceAsync, s_inputs, s_named),
            _pool.StartTryMap(x => new ValueTask<int>(x * 2), s_inputs),
        ];
        foreach (var job in jobs)
            Assert.Equal(s_doubled, (await job.Within("a job", _pool)).Select(y => y.Value));
        var failures = await _pool.StartTryMap<int, int>(_ => throw new FormatException(), s_inputs).Within("throw", _pool);
        Assert.All(failures, one => Assert.IsType<FormatException>(one.Error!.InnerException));
    }

    [Fact]
    public async Task Streams()
    {
        var slow = GeneratedAsync(s_inputs);
        IAsyncEnumerable<int>[] streams =
        [
            _pool.StreamAsync(x => x * 2, s_inputs),
            _pool.StreamAsync(Twice, slow),
            _pool.StreamAsync(async (x, _) => await TwiceAsync(x), s_inputs),
            _pool.StreamAsync(async (x, _) => await TwiceAsync(x), slow),
            _pool.StreamAsync(async x => await TwiceAsync(x), s_inputs),
            _pool.StreamAsync(async x => await TwiceAsync(x), slow),
            _pool.StreamAsync(TwiceAsync, s_inputs, s_named),
            _pool.StreamAsync(x => new ValueTask<int>(x * 2), s_inputs),
            _pool.StreamAsync(x => new ValueTask<int>(x * 2), slow),
        ];
        foreach (var stream in streams)
            Assert.Equal(s_doubled, await stream.ReadAll("a stream", _pool));

        IAsyncEnumerable<ItemResult<int>>[] outcomes =
        [
            _pool.TryStreamAsync(x => x * 2, s_inputs),
            _pool.TryStreamAsync(async (x, _) => await TwiceAsync(x), slow),
            _pool.TryStreamAsync(async x => await TwiceAsync(x), s_inputs),
            _pool.TryStreamAsync(async x => await TwiceAsync(x), slow),
            _pool.TryStreamAsync(x => new ValueTask<int>(x * 2), s_inputs),
            _pool.TryStreamAsync(x => new ValueTask<int>(x * 2), slow),
        ];
        foreach (var stream in outcomes)
            Assert.Equal(s_doubled, (await stream.ReadAll("a stream of outcomes", _pool)).Select(y => y.Value));
    }

    [Fact]
    public async Task Star_maps()
    {
        (int, int)[] pairs = [(1, 2), (3, 4)];
        (int, int, int)[] triples = [(1, 2, 3)];
        (int, int, int, int)[] fours = [(1, 2, 3, 4)];
        int[] sums = [3, 7];
        Assert.Equal(sums, await _pool.StarMapAsync((a, b) => a + b, pairs).Within("two", _pool));
        Assert.Equal(sums, await _pool.StarMapAsync(Sum, pairs).Within("a method", _pool));
        Assert.Equal(s_doubled, await _pool.StarMapAsync(Math.Max, s_inputs.Zip(s_doubled)).Within("a method of .NET", _pool));
        Assert.Equal(sums, await _pool.StarMapAsync(async (a, b) => await SumAsync(a, b), pairs).Within("two, async", _pool));
        Assert.Equal(sums, await _pool.StarMapAsync(SumAsync, pairs).Within("a method that returns a task", _pool));
        Assert.Equal(sums, await _pool.StarMapAsync((a, b) => new ValueTask<int>(a + b), pairs).Within("two, a value task", _pool));
        Assert.Equal(Inputs(6), await _pool.StarMapAsync((a, b, c) => a + b + c, triples).Within("three", _pool));
        Assert.Equal(Inputs(6), await _pool.StarMapAsync(async (a, b, c) => await SumAsync(a, b) + c, triples).Within("three", _pool));
        Assert.Equal(Inputs(6), await _pool.StarMapAsync((a, b, c) => new ValueTask<int>(a + b + c), triples).Within("three", _pool));
        Assert.Equal(Inputs(10), await _pool.StarMapAsync((a, b, c, d) => a + b + c + d, fours).Within("four", _pool));
        Assert.Equal(Inputs(10), await _pool.StarMapAsync(async (a, b, c, d) => await SumAsync(a, b) + c + d, fours).Within("four", _pool));
        Assert.Equal(Inputs(10), await _pool.StarMapAsync((a, b, c, d) => new ValueTask<int>(a + b + c + d), fours).Within("four", _pool));
        await FailsByItem<FormatException>(
            _pool.StarMapAsync<int, int, string>((_, _) => throw new FormatException(), pairs), "throw", _pool);
    }

    [Fact]
    public async Task Actions()
    {
        var seen = new ConcurrentBag<int>();
        Action<int> variable = seen.Add;
        Func<int, Task> awaited = async x => { await Task.Yield(); seen.Add(x); };
        var count = 0;
        Task[] calls =
        [
            _pool.ForEachAsync(x => seen.Add(x), s_inputs),
            _pool.ForEachAsync(x => { seen.Add(x); }, s_inputs),
            _pool.ForEachAsync(seen.Add, s_inputs),
            _pool.ForEachAsync(variable, s_inputs),
            _pool.ForEachAsync<int>(x => seen.Add(x), s_inputs, s_named),
            _pool.ForEachAsync(delegate (int x) { seen.Add(x); }, s_inputs),
            _pool.ForEachAsync(async (x, token) => { await Task.Delay(0, token); seen.Add(x); }, s_inputs),
            _pool.ForEachAsync((x, _) => { seen.Add(x); return default; }, s_inputs),
            _pool.ForEachAsync(async x => { await Task.Yield(); seen.Add(x); }, s_inputs),
            _pool.ForEachAsync<int>(async x => { await Task.Yield(); seen.Add(x); }, s_inputs),
            _pool.ForEachAsync(async x => await AddAsync(x), s_inputs),
            _pool.ForEachAsync(awaited, s_inputs),
            _pool.ForEachAsync(AddAsync, s_inputs),
            _pool.ForEachAsync(x => AddAsync(x), s_inputs),
            _pool.ForEachAsync(x => AddValueAsync(x), s_inputs),
            _pool.ForEachAsync(AddValueAsync, s_inputs),
        ];
        foreach (var (i, call) in calls.Index())
            await call.Within($"call {i}", _pool);
        Assert.Equal(calls.Length * s_inputs.Sum(), seen.Sum());

        await _pool.ForEachAsync(x => Interlocked.Add(ref count, x), s_inputs).Within("an expression with a value", _pool);
        Assert.Equal(3, count);
        await _pool.ForEachAsync(x => { dynamic y = x; seen.Add(y); }, s_inputs).Within("a dynamic call", _pool);
        Assert.Equal((calls.Length + 1) * s_inputs.Sum(), seen.Sum());
        await FailsByItem<FormatException>(_pool.ForEachAsync(_ => throw new FormatException(), s_inputs), "throw", _pool);
        await FailsByItem<FormatException>(_pool.ForEachAsync(_ => { throw new FormatException(); }, s_inputs), "throw", _pool);
        await FailsByItem<FormatException>(_pool.ForEachAsync(delegate { throw new FormatException(); }, s_inputs), "throw");

        async Task AddAsync(int x)
        {
            await Task.Yield();
            seen.Add(x);
        }
        async ValueTask AddValueAsync(int x) => await AddAsync(x);
    }

    [Fact]
    public async Task Single_calls()
    {
        static int Two() => 2;
        static Task<int> TwoAsync() => Task.FromResult(2);
        Task<int>[] calls =
        [
            _pool.ApplyAsync(() => 2),
            _pool.ApplyAsync(Two, s_named),
            _pool.ApplyAsync(x => x * 2, 1),
            _pool.ApplyAsync(Twice, 1, s_named),
            _pool.ApplyAsync(token => new ValueTask<int>(2)),
            _pool.ApplyAsync(async token => { await Task.Delay(0, token); return 2; }, s_named),
            _pool.ApplyAsync(async _ => { await Task.Yield(); return 2; }),
            _pool.ApplyAsync(async (x, token) => { await Task.Delay(0, token); return x * 2; }, 1),
            _pool.ApplyAsync(async () => { await Task.Yield(); return 2; }),
            _pool.ApplyAsync(async () => { await Task.Yield(); return 2; }, s_named, CancellationToken.None),
            _pool.ApplyAsync<int>(async () => { await Task.Yield(); return 2; }),
            _pool.ApplyAsync(TwoAsync),
            _pool.ApplyAsync(() => new ValueTask<int>(2)),
            _pool.ApplyAsync(async x => await TwiceAsync(x), 1),
            _pool.ApplyAsync(TwiceAsync, 1, s_named),
            _pool.ApplyAsync(x => new ValueTask<int>(x * 2), 1),
        ];
        foreach (var (i, call) in calls.Index())
            Assert.Equal(2, await call.Within($"call {i}", _pool));
#pragma warning disable MA0022 // who writes this null means a result, not a task
        Assert.Null(await _pool.ApplyAsync<string?>(() => null).Within("null", _pool));
#pragma warning restore MA0022
        await FailsByItem<FormatException>(_pool.ApplyAsync<int>(() => throw new FormatException()), "throw", _pool);
    }

    [Fact]
    public async Task Options_are_no_argument_of_an_asynchronous_function()
    {
        var name = await _pool.ApplyAsync(async _ => { await Task.Yield(); return WorkContext.Current!.JobName; }, s_named)
            .Within("the call", _pool);

        Assert.Equal("named", name);
    }

    [Fact]
    public async Task Checks()
    {
        Assert.Equal(2, (await WorkerPool.CheckAsync(x => x * 2, 1).Within("a value")).Result);
        Assert.Equal(2, (await WorkerPool.CheckAsync(Twice, 1).Within("a method")).Result);
        Assert.Equal(2, (await WorkerPool.CheckAsync((x, _) => new ValueTask<int>(x * 2), 1).Within("a token")).Result);
        Assert.Equal(2, (await WorkerPool.CheckAsync(async x => await TwiceAsync(x), 1).Within("async")).Result);
        Assert.Equal(2, (await WorkerPool.CheckAsync(TwiceAsync, 1).Within("a method that returns a task")).Result);
        Assert.Equal(2, (await WorkerPool.CheckAsync(x => new ValueTask<int>(x * 2), 1).Within("a value task")).Result);
#pragma warning disable MA0022 // who writes this null means a result, not a task
        Assert.Null((await WorkerPool.CheckAsync<int, string?>(_ => null, 1).Within("null")).Result);
#pragma warning restore MA0022
        await Assert.ThrowsAsync<FormatException>(() => WorkerPool.CheckAsync<int, int>(_ => throw new FormatException(), 1));
    }

    private static int Twice(int x) => x * 2;

    private static async Task<int> TwiceAsync(int x)
    {
        await Task.Yield();
        return x * 2;
    }

    private static int Sum(int a, int b) => a + b;

    private static async Task<int> SumAsync(int a, int b)
    {
        await Task.Yield();
        return a + b;
    }
}
