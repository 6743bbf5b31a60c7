using System.Collections.Concurrent;
using System.Collections.Immutable;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Conformance;

/// <summary>Calls with inputs that change, or that are the default of an immutable array.</summary>
public sealed class ChangingInputTests : IAsyncLifetime
{
    private readonly WorkerPool _pool = WorkerPool.Create(2);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task The_default_of_an_immutable_array_is_refused_at_each_call()
    {
        var none = default(ImmutableArray<int>);
        Action[] calls =
        [
            () => _ = _pool.MapAsync(x => x, none),
            () => _ = _pool.MapAsync((x, _) => ValueTask.FromResult(x), none),
            () => _ = _pool.TryMapAsync(x => x, none),
            () => _ = _pool.ForEachAsync(_ => { }, none),
            () => _ = _pool.ForEachAsync((_, _) => ValueTask.CompletedTask, none),
            () => _pool.StartMap(x => x, none),
            () => _ = _pool.AggregateAsync(() => 0, (sum, x) => sum + x, (a, b) => a + b, none),
            () => _ = _pool.StarMapAsync((a, b) => a + b, default(ImmutableArray<(int, int)>)),
            () => _pool.StreamAsync(x => x, none),
            () => _pool.StreamAsync((x, _) => ValueTask.FromResult(x), none),
            () => _pool.TryStreamAsync(x => x, none),
            () => _pool.TryStreamAsync((x, _) => ValueTask.FromResult(x), none),
            () => _ = _pool.MapAsync(x => x, (IEnumerable<object>)(object)default(ImmutableArray<string>)),
        ];
        Assert.All(calls, call => Assert.Contains(
            "ImmutableArray", Assert.Throws<ArgumentException>(call).Message, StringComparison.Ordinal));
        var asked = _pool.Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x, none));
        await Assert.ThrowsAsync<ArgumentException>(() => asked.Within("the answer", _pool));
        Assert.Empty(await _pool.MapAsync(x => x, ImmutableArray<int>.Empty).Within("the map", _pool));
    }

    [Fact]
    public async Task Each_call_sees_a_concurrent_collection_as_it_is_at_one_moment()
    {
        var dictionary = new ConcurrentDictionary<int, string>();
        var queue = new ConcurrentQueue<string>();
        using var blocking = new BlockingCollection<string>(queue);
        await using var pairs = ConcurrentWriter.Over(dictionary);
        await using var texts = ConcurrentWriter.Over(queue);
        for (var i = 0; i < 50; i++)
        {
            Assert.DoesNotContain(false, await _pool.MapAsync(IsPair, dictionary).Within("the map", _pool));
            Assert.All(await _pool.TryMapAsync(IsPair, dictionary).Within("the outcomes", _pool), outcome => Assert.True(outcome.Value));
            var fold = _pool.AggregateAsync(
                () => 0, (int bad, KeyValuePair<int, string> pair) => bad + (IsPair(pair) ? 0 : 1), (a, b) => a + b, dictionary);
            Assert.Equal(0, await fold.Within("the fold", _pool));
            await _pool.ForEachAsync(pair => Assert.True(IsPair(pair)), dictionary).Within("the loop", _pool);
            await foreach (var good in _pool.StreamAsync(IsPair, dictionary))
                Assert.True(good);
            Assert.DoesNotContain(false, await _pool.MapAsync(text => text is "item", queue).Within("the queue", _pool));
            Assert.DoesNotContain(false, await _pool.MapAsync(text => text is "item", blocking).Within("the blocking collection", _pool));
        }

        static bool IsPair(KeyValuePair<int, string> pair) => string.Equals($"{pair.Key}", pair.Value, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_array_is_read_in_place_and_a_list_as_it_was_at_the_call()
    {
        var gate = new Gate();
        int[] array = [1, 2, 3];
        List<int> list = [1, 2, 3];
        var options = new JobOptions { ChunkSize = 1 };
        await using var pool = WorkerPool.Create(1);
        var (first, second) = (pool.MapAsync(Pass, array, options), pool.MapAsync(x => x, list, options));
        int[] changed = [1, 2, 30];
        int[] unchanged = [1, 2, 3];
        await gate.HasArrived(1, "the first item", pool);
        array[2] = 30;
        list[2] = 30;
        list.Clear();
        gate.Open();
        Assert.Equal(changed, await first.Within("the array", pool));
        Assert.Equal(unchanged, await second.Within("the list", pool));

        int Pass(int x)
        {
            gate.Pass();
            return x;
        }
    }

    [Fact]
    public async Task A_list_that_changes_while_a_stream_reads_it_ends_the_stream()
    {
        List<int> list = [.. Enumerable.Range(0, 1000)];
        await using var stream = _pool.StreamAsync(x => x, list, new JobOptions { Window = 4, ChunkSize = 1 }).GetAsyncEnumerator();
        Assert.True(await stream.MoveNextAsync().Within("the first result", _pool));
        list.Add(1000);
        await Assert.ThrowsAsync<InvalidOperationException>(async () =>
        {
            while (await stream.MoveNextAsync().Within("a result", _pool))
            {
            }
        });
    }
}
