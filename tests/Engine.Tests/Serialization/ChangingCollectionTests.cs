using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using ActorPool.Tests.Support;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Collections that another thread changes while they are serialized.</summary>
public sealed class ChangingCollectionTests
{
    [Fact]
    public async Task Dictionaries_travel_as_they_are_at_one_moment()
    {
        var dictionary = new ConcurrentDictionary<int, string>();
        await using var writer = ConcurrentWriter.Over(dictionary);
        await AssertConsistent(dictionary, d => d);
        await AssertConsistent<IDictionary<int, string>>(dictionary, d => d);
        await AssertConsistent<IReadOnlyDictionary<int, string>>(dictionary, d => d);
        await AssertConsistent<ICollection<KeyValuePair<int, string>>>(dictionary, d => d);
        await AssertConsistent<IReadOnlyCollection<KeyValuePair<int, string>>>(dictionary, d => d);
        await AssertConsistent<IEnumerable<KeyValuePair<int, string>>>(dictionary, d => d);
        await AssertConsistent(new ReadOnlyDictionary<int, string>(dictionary), d => d);
        var view = new ReadOnlyDictionary<int, string>(dictionary);
        await AssertConsistent<IReadOnlyDictionary<int, string>>(new ReadOnlyDictionary<int, string>(view), d => d);
        await AssertConsistent<ICollection<KeyValuePair<int, string>>>(new OwnDictionary(dictionary), d => d);

        static async Task AssertConsistent<T>(T value, Func<T, IEnumerable<KeyValuePair<int, string>>> pairs)
        {
            for (var i = 0; i < 50; i++)
                Assert.All(pairs(await TripOneAsync(value)), pair => Assert.Equal($"{pair.Key}", pair.Value));
        }
    }

    [Fact]
    public async Task Queues_stacks_and_bags_travel_as_they_are_at_one_moment()
    {
        var (queue, stack, bag) = (new ConcurrentQueue<string>(), new ConcurrentStack<string>(), new ConcurrentBag<string>());
        await using var writers = ConcurrentWriter.Over(queue, stack, bag);
        await AssertConsistent(queue);
        await AssertConsistent(stack);
        await AssertConsistent(bag);
        foreach (var collection in new IReadOnlyCollection<string>[] { queue, stack, bag })
        {
            await AssertConsistent(collection);
            await AssertConsistent<IEnumerable<string>>(collection);
        }

        static async Task AssertConsistent<T>(T value) where T : IEnumerable<string>
        {
            for (var i = 0; i < 250; i++)
                Assert.All(await TripOneAsync(value), text => Assert.Equal("item", text));
        }
    }

    [Fact]
    public async Task Concurrent_collections_keep_their_order_and_kind()
    {
        Assert.Equal([1, 2, 3], await TripOneAsync(new ConcurrentQueue<int>([1, 2, 3])));
        Assert.Equal([3, 2, 1], await TripOneAsync(new ConcurrentStack<int>([1, 2, 3])));
        var bag = new ConcurrentBag<string> { "a", "b" };
        Assert.Equal(bag.ToArray(), (await TripOneAsync(bag)).ToArray());
        Assert.Null(await TripOneAsync<ConcurrentQueue<string>?>(null));
        Assert.Equal("a", (await TripOneAsync(new ReadOnlyDictionary<int, string>(new Dictionary<int, string> { [1] = "a" })))[1]);
        var refusal = Assert.Throws<PayloadException>(() => Bytes<ConcurrentQueue<int>>(new ConcurrentQueue<int>[] { new OwnQueue() }));
        Assert.Contains("derives from .NET's [ConcurrentQueue<int>]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_collection_of_the_users_travels_as_itself_whatever_its_count_says()
    {
        var copy = Assert.IsType<Liar>(await TripOneAsync<IReadOnlyDictionary<int, int>>(new Liar()));
        Assert.Equal(2, copy.Count);
        Assert.Single(copy.AsEnumerable());
    }

    [Fact]
    public async Task The_default_of_an_immutable_array_stays_the_default_and_is_never_empty()
    {
        Assert.True((await TripOneAsync(default(ImmutableArray<int>))).IsDefault);
        Assert.True((await TripOneAsync(Tuple.Create(default(ImmutableArray<string>)))).Item1.IsDefault);
        Assert.False((await TripOneAsync(ImmutableArray<int>.Empty)).IsDefault);
        await AssertSame<IEnumerable<int>>(default(ImmutableArray<int>));
        await AssertSame<IReadOnlyList<int>>(default(ImmutableArray<int>));
        await AssertSame<IReadOnlyCollection<int>>(default(ImmutableArray<int>));
        await AssertSame<IList<int>>(default(ImmutableArray<int>));
        await AssertSame<ICollection<int>>(default(ImmutableArray<int>));
        await AssertSame<IImmutableList<int>>(default(ImmutableArray<int>));

        static async Task AssertSame<T>(T value) => Assert.True(((ImmutableArray<int>)(object)(await TripOneAsync(value))!).IsDefault);
    }

    private sealed class OwnDictionary(IDictionary<int, string> inner) : ReadOnlyDictionary<int, string>(inner);

    private sealed class OwnQueue : ConcurrentQueue<int>;

    private sealed class Liar : IReadOnlyDictionary<int, int>
    {
        public int this[int key] => key;
        public IEnumerable<int> Keys => [1];
        public IEnumerable<int> Values => [1];
        public int Count => 2;
        public bool ContainsKey(int key) => key == 1;
        public bool TryGetValue(int key, out int value) => (value = key) == 1;
        public IEnumerator<KeyValuePair<int, int>> GetEnumerator() => Enumerable.Repeat(KeyValuePair.Create(1, 1), 1).GetEnumerator();
        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
