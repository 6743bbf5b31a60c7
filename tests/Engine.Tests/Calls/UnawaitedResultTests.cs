using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Calls;

/// <summary>Functions whose result would still have to be awaited are refused at the call.</summary>
public sealed class UnawaitedResultTests : IAsyncLifetime
{
    private static readonly int[] s_inputs = [1];

    private readonly WorkerPool _pool = WorkerPool.Create(1);

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task A_task_without_a_result_has_nothing_to_map_to()
    {
        Refused("[Task]", "ForEachAsync", () => _pool.MapAsync(async _ => await Task.Yield(), s_inputs));
        Refused("[Task]", "ForEachAsync", () => _pool.MapAsync(_ => Task.CompletedTask, s_inputs));
        Refused("[ValueTask]", "ForEachAsync", () => _pool.TryMapAsync(_ => ValueTask.CompletedTask, s_inputs));
        Refused("[Task]", "ForEachAsync", () => _pool.ApplyAsync(async () => await Task.Yield()));
        await RefusedAsync("[Task]", "ForEachAsync", () => WorkerPool.CheckAsync(_ => Task.CompletedTask, 1));
    }

    [Fact]
    public async Task A_task_of_a_task_is_awaited_once_and_so_refused()
    {
        Refused("[Task<int>]", "await", () => _pool.MapAsync(_ => Task.FromResult(Task.FromResult(1)), s_inputs));
        Refused("[Task<int>]", "await", () => _pool.MapAsync(async x => { await Task.Yield(); return Task.FromResult(x); }, s_inputs));
        Refused("[ValueTask<int>]", "await", () => _pool.MapAsync(_ => Task.FromResult(new ValueTask<int>(1)), s_inputs));
        Refused("[Task]", "ForEachAsync", () => _pool.StartMap(_ => new ValueTask<Task>(Task.CompletedTask), s_inputs));
        Refused("[Task<int>]", "await", () => _pool.StreamAsync((x, _) => new ValueTask<Task<int>>(Task.FromResult(x)), s_inputs));
        Refused("[Task<int>]", "await", () => _pool.ApplyAsync(() => Task.FromResult(Task.FromResult(1))));
        Refused("[Task<int>]", "await", () => _pool.StarMapAsync((a, b) => Task.FromResult(Task.FromResult(a + b)), [(1, 2)]));
        await RefusedAsync("[Task<int>]", "await", () => WorkerPool.CheckAsync(_ => Task.FromResult(Task.FromResult(1)), 1));
    }

    [Fact]
    public void A_task_that_only_generic_code_meets_is_refused()
    {
        Task<TOut[]> RunAsync<TOut>(Func<int, TOut> function) => _pool.MapAsync(function, s_inputs);

        Refused("[Task<int>]", "Func<…, Task<T>>", () => RunAsync(async x => { await Task.Yield(); return x; }));
        Refused("[ValueTask<int>]", "Func<…, Task<T>>", () => RunAsync(x => new ValueTask<int>(x)));
    }

    [Fact]
    public void Other_awaitables_and_asynchronous_sequences_are_refused()
    {
        Refused("[ConfiguredTaskAwaitable<int>]", "await", () => _pool.MapAsync(x => Task.FromResult(x).ConfigureAwait(false), s_inputs));
        Refused("[YieldAwaitable]", "await", () => _pool.MapAsync(_ => Task.Yield(), s_inputs));
        Refused("[UnawaitedResultTests.Own]", "await", () => _pool.MapAsync(_ => new Own(), s_inputs));
        Refused("[Job<int[]>]", "await", () => _pool.ApplyAsync(() => _pool.StartMap(x => x, s_inputs)));
        Refused("[IAsyncEnumerable<int>]", "Read it", () => _pool.MapAsync(_ => Fixtures.GeneratedAsync(s_inputs), s_inputs));
    }

    [Fact]
    public void An_action_that_cannot_be_awaited_is_refused()
    {
#pragma warning disable MA0147 // such an action is what is refused
        Action<int> action = async _ => await Task.Yield();
#pragma warning restore MA0147

        Refused("async method that returns nothing", "Func<T, Task>", () => _pool.ForEachAsync(action, s_inputs));
    }

    [Fact]
    public async Task What_only_looks_like_a_task_is_a_result()
    {
        Assert.Equal(1, (await _pool.MapAsync(x => new HasGetAwaiter(x), s_inputs).Within("the map", _pool))[0].GetAwaiter());
        Assert.Equal([1], (await _pool.MapAsync(x => new Lazy<int>(x), s_inputs).Within("the map", _pool)).Select(y => y.Value));
    }

    private static void Refused(string type, string advice, Func<object> call) =>
        Check(Assert.Throws<ArgumentException>(() => { _ = call(); }), type, advice);

    private static async Task RefusedAsync(string type, string advice, Func<Task> call) =>
        Check(await Assert.ThrowsAsync<ArgumentException>(call), type, advice);

    private static void Check(ArgumentException refusal, string type, string advice)
    {
        Assert.Contains(type, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(advice, refusal.Message, StringComparison.Ordinal);
    }

    private sealed class Own
    {
        private readonly int _result = 1;

        public TaskAwaiter<int> GetAwaiter() => Task.FromResult(_result).GetAwaiter();
    }

    private sealed record HasGetAwaiter(int Value)
    {
        public int GetAwaiter() => Value;
    }
}
