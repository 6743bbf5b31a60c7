using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>What a call and a chunk allocate; docs/benchmarks.md has the exact figures.</summary>
/// <remarks>
/// Other tests allocate at the same time, in the same process: the least of many short rounds counts. The bounds leave some room.
/// </remarks>
public sealed class AllocationTests : IAsyncLifetime
{
    private const int Rounds = 300;
    private const int Items = 1000;

    private readonly WorkerPool _pool = WorkerPool.Create(2);
    private readonly int[] _inputs = [.. Enumerable.Range(0, Items)];
    private readonly int[] _results = new int[Items];

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task A_call_of_one_item() =>
        Assert.InRange(await MeasureAsync(100, () => _pool.ApplyAsync(static x => x, 1)), 0, 1_210);

    [Fact]
    public async Task A_call_of_many_items_besides_its_results() =>
        Assert.InRange(await MeasureAsync(50, () => _pool.MapAsync(static x => x, _inputs, _results)), 0, 2_000);

    [Fact]
    public async Task A_chunk()
    {
        var options = new JobOptions { ChunkSize = 1 };
        Assert.InRange(await MeasureAsync(1, () => _pool.MapAsync(static x => x, _inputs, _results, options)) / Items, 0, 380);
    }

    private async Task<double> MeasureAsync(int calls, Func<Task> callAsync)
    {
        var least = double.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            await RepeatAsync(calls, callAsync).Within($"round {round}", _pool);
            least = Math.Min(least, (GC.GetTotalAllocatedBytes(precise: true) - before) / (double)calls);
        }
        return least;
    }

    private static async Task RepeatAsync(int calls, Func<Task> callAsync)
    {
        for (var i = 0; i < calls; i++)
            await callAsync();
    }
}
