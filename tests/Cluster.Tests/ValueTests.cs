using System.Collections.Concurrent;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

#pragma warning disable MA0055 // finalizers are what is tested

namespace ActorPool.ClusterTests;

/// <summary>Values behave on nodes as they do here, and do not harm the nodes.</summary>
public sealed class ValueTests(TwoNodes nodes) : IClassFixture<TwoNodes>, IAsyncLifetime
{
    private static readonly int[] s_numbers = [.. Enumerable.Range(0, 100)];
    private static readonly int[] s_three = [1, 5, 9];
    private static readonly JobOptions s_oneByOne = new() { ChunkSize = 1 };

    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await nodes.ConnectAsync();

    public async Task DisposeAsync() => await _pool.DisposeAsync();

    [Fact]
    public async Task Nodes_survive_the_collection_of_copies_whose_finalizers_need_their_constructor()
    {
        await using (var other = await nodes.ConnectAsync())
        {
            var owned = await new Owner(3).Run(other, s_numbers).Within("a function over an object", other);
            Assert.Equal(s_numbers.Select(x => x * 3), owned);
            var items = Array.ConvertAll(s_numbers, x => new Item(x));
            Assert.Equal(s_numbers, await other.MapAsync(item => item.Value, items, s_oneByOne).Within("such inputs", other));
            var shared = await other.BroadcastAsync(items).Within("such a broadcast value", other);
            Assert.Equal(s_numbers, await other.MapAsync(x => shared.Value[x].Value, s_numbers, s_oneByOne).Within("its use", other));
            GC.KeepAlive(items);
        }

        for (var i = 0; i < 2; i++)
        {
            var collected = await _pool.MapAsync(Collect, s_numbers[..20], s_oneByOne).Within("the collection", _pool);
            Assert.Equal(new[] { nodes.Seed.Id, nodes.Second.Id }.Order(), collected.Distinct().Order());
        }
        Assert.False(nodes.Seed.Process.HasExited || nodes.Second.Process.HasExited, nodes.Log());

        static int Collect(int x)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return Environment.ProcessId;
        }
    }

    [Fact]
    public async Task Expression_trees_find_what_they_captured()
    {
        var (threshold, few) = (3, new[] { 2, 6 });
        var expected = s_numbers.Select(x => s_three.Count(y => y > threshold && few.Any(z => z > y) && x >= 0));

        Func<int, int> function = x => s_three.AsQueryable().Count(y => y > threshold && few.Any(z => z > y) && x >= 0);
        var results = await _pool.MapAsync(function, s_numbers).Within("the map", _pool);

        Assert.Equal(expected, results);
        Assert.Equal(2, Assert.Single(await new Limits(3).Run(_pool).Within("over this", _pool)));
    }

    [Fact]
    public async Task Arrays_texts_and_structs_travel_both_ways()
    {
        var table = (int[,])Array.CreateInstance(typeof(int), [2, 3], [1, -1]);
        (table[1, -1], table[2, 1]) = (5, 6);
        var builder = new StringBuilder("a\uD83D");
        var part = new Part { Kept = 1, Skipped = 2 };

        var (back, sum) = await _pool.ApplyAsync(t => (t, t[2, 1] + table[1, -1]), table).Within("an array", _pool);
        Assert.Equal((11, 6, 1, -1), (sum, back[2, 1], back.GetLowerBound(0), back.GetLowerBound(1)));
        var text = await _pool.ApplyAsync(b => b.Append(builder.Length == 2 ? "" : "?"), builder).Within("a text", _pool);
        Assert.Equal("a\uD83D", text.ToString());
        Assert.Equal((1, 0), await _pool.ApplyAsync(p => (p.Kept, p.Skipped + part.Skipped), part).Within("a struct", _pool));
    }

    [Fact]
    public async Task A_dictionary_that_others_write_to_is_copied_as_it_is_at_one_moment()
    {
        var dictionary = new ConcurrentDictionary<int, string>();
        await using var writer = ConcurrentWriter.Over(dictionary);
        for (var i = 0; i < 20; i++)
        {
            Assert.DoesNotContain(false, await _pool.MapAsync(IsPair, dictionary).Within("as inputs", _pool));
            Assert.True(await _pool.ApplyAsync(d => d.All(IsPair), dictionary).Within("as an argument", _pool));
            Assert.True(await _pool.ApplyAsync(() => dictionary.All(IsPair)).Within("captured", _pool));
        }

        static bool IsPair(KeyValuePair<int, string> pair) =>
            string.Equals(pair.Key.ToString(CultureInfo.InvariantCulture), pair.Value, StringComparison.Ordinal);
    }

    private sealed class Owner(int factor)
    {
        private readonly MemoryStream _stream = new();
        private readonly int _factor = factor;

        ~Owner() => _stream.Dispose();

        public Task<int[]> Run(WorkerPool pool, int[] inputs) => pool.MapAsync(x => x * _factor, inputs, s_oneByOne);
    }

    private sealed class Item(int value)
    {
        [NonSerialized]
        private readonly MemoryStream _stream = new();

        ~Item() => _stream.Dispose();

        public int Value { get; } = value;
    }

    private sealed class Limits(int threshold)
    {
        private readonly int _threshold = threshold;

        public Task<int[]> Run(WorkerPool pool) =>
            pool.MapAsync(x => s_three.AsQueryable().Count(y => y > _threshold), s_numbers[..1]);
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Part
    {
        public int Kept;
        [NonSerialized] public int Skipped;
    }
}
