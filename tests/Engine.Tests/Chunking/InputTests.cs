using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using ActorPool.Chunking;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Chunking;

public sealed class InputTests
{
    [Fact]
    public void An_array_is_read_in_place()
    {
        var array = new[] { 1, 2, 3 };
        var input = Input.From(array);
        array[1] = 20;
        Assert.Equal([1, 20, 3], input.Take(10).ToArray());
        Assert.Null(input.Reader);
    }

    [Fact]
    public void A_list_is_copied_since_its_owner_may_change_it()
    {
        var list = new List<int> { 1, 2, 3 };
        var input = Input.From(list);
        list[1] = 20;
        list.Clear();
        Assert.Equal([1, 2, 3], input.Take(10).ToArray());
    }

    [Fact]
    public void Collections_of_the_framework_are_copied_in_their_order_and_have_a_count()
    {
        Assert.Equal([1, 2, 3], TakeTen(new SortedSet<int> { 3, 1, 2 }));
        Assert.Equal([3, 1], TakeTen(new Queue<int>([3, 1]).ToImmutableArray()));
        Assert.Equal([5, 6], TakeTen(new ReadOnlyCollection<int>([5, 6])));
        Assert.Equal([7, 8], TakeTen(new LinkedList<int>([7, 8])));

        static int[] TakeTen(IEnumerable<int> inputs)
        {
            var input = Input.From(inputs);
            Assert.NotNull(input.Count);
            return input.Take(10).ToArray();
        }
    }

    [Fact]
    public void Queues_and_stacks_are_copied_like_lists()
    {
        var queue = new Queue<int>([1, 2]);
        var stack = new Stack<int>([1, 2]);
        IEnumerable<object> covariant = new List<string> { "a", "b" };
        var (first, second, third) = (Input.From(queue), Input.From(stack), Input.From(covariant));
        queue.Clear();
        stack.Push(3);
        ((List<string>)covariant).Clear();
        Assert.Equal([1, 2], first.Take(10).ToArray());
        Assert.Equal([2, 1], second.Take(10).ToArray());
        Assert.Equal(["a", "b"], third.Take(10).ToArray());
    }

    [Fact]
    public void Concurrent_collections_are_copied_as_they_are_at_the_call()
    {
        using var blocking = new BlockingCollection<int>(new ConcurrentStack<int>([1, 2]));
        Assert.Equal([2, 1], TakeTen(blocking));
        Assert.Equal([1, 2], TakeTen(new ConcurrentQueue<int>([1, 2])));
        Assert.Equal([2, 1], TakeTen(new ConcurrentStack<int>([1, 2])));
        Assert.Equal([1], TakeTen(new ConcurrentBag<int> { 1 }));
        Assert.Equal([1], TakeTen(new OwnQueue { 1 }));
        Assert.Equal(["a"], TakeTen<object>(new ConcurrentQueue<string>(["a"])));
        var dictionary = new OwnDictionary { [1] = "a" };
        Assert.Equal([KeyValuePair.Create(1, "a")], TakeTen(dictionary));
        Assert.Equal([KeyValuePair.Create(1, "a")], TakeTen(new ReadOnlyDictionary<int, string>(dictionary)));
        Assert.Equal([1], TakeTen(dictionary.Keys));
        Assert.Equal(["a"], TakeTen(dictionary.Values));

        static T[] TakeTen<T>(IEnumerable<T> inputs)
        {
            var input = Input.From(inputs);
            Assert.Null(input.Reader);
            return input.Take(10).ToArray();
        }
    }

    [Fact]
    public async Task A_collection_that_others_write_to_is_copied_in_one_step()
    {
        var dictionary = new ConcurrentDictionary<int, string>();
        var queue = new ConcurrentQueue<string>();
        await using var pairs = ConcurrentWriter.Over(dictionary);
        await using var texts = ConcurrentWriter.Over(queue);
        for (var i = 0; i < 500; i++)
        {
            foreach (var input in new[]
            {
                Input.From(dictionary), Input.FromLazily(dictionary)(), Input.From(new ReadOnlyDictionary<int, string>(dictionary)),
                Input.From<KeyValuePair<int, string>>(new OwnView(dictionary)),
            })
            {
                Assert.Null(input.Reader);
                Assert.All(input.Take(1000).ToArray(), pair => Assert.Equal($"{pair.Key}", pair.Value));
            }
            Assert.All(Input.From(queue).Take(1000).ToArray(), text => Assert.Equal("item", text));
            Assert.All(Input.From<object>(queue).Take(1000).ToArray(), text => Assert.Equal("item", text));
        }
    }

    [Fact]
    public void The_default_of_an_immutable_array_is_refused()
    {
        var error = Assert.Throws<ArgumentException>(() => Input.From<int>(default(ImmutableArray<int>)));
        Assert.Contains("ImmutableArray", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Input.From<object>(default(ImmutableArray<string>)));
        Assert.Throws<ArgumentException>(() => Input.FromLazily<int>(default(ImmutableArray<int>)));
        Assert.True(Input.From(ImmutableArray<int>.Empty).IsExhausted);
        Assert.Equal(["a"], Input.From<object>(ImmutableArray.Create("a")).Take(2).ToArray());
    }

    [Fact]
    public void A_custom_collection_is_enumerated_by_a_reader()
    {
        var input = Input.From(new ThrowingCollection());
        Assert.NotNull(input.Reader);
        Assert.Null(input.Count);
    }

    [Fact]
    public void Inputs_in_memory_are_taken_as_slices_until_they_are_exhausted()
    {
        var input = Input.From(Enumerable.Range(0, 5).ToArray());
        Assert.Equal([0, 1, 2], input.Take(3).ToArray());
        Assert.False(input.IsExhausted);
        Assert.Equal([3, 4], input.Take(3).ToArray());
        Assert.True(input.IsExhausted);
        Assert.True(input.Take(3).IsEmpty);
        Assert.Equal(5, input.Taken);
    }

    [Fact]
    public void An_empty_input_is_exhausted_from_the_start() => Assert.True(Input.From(Array.Empty<int>()).IsExhausted);

    [Fact]
    public void Each_enumeration_of_a_lazy_input_is_a_new_input_that_has_read_nothing()
    {
        var source = new CountingSource(3);
        var inputs = Input.FromLazily(source);
        var (first, second) = (inputs(), inputs());
        Assert.NotSame(first, second);
        Assert.Equal(0, source.Started);
    }

    private sealed class OwnQueue : ConcurrentQueue<int>
    {
        public void Add(int item) => Enqueue(item);
    }

    private sealed class OwnDictionary : ConcurrentDictionary<int, string>;

    private sealed class OwnView(IDictionary<int, string> inner) : ReadOnlyDictionary<int, string>(inner);
}
