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
        var input = Input.Of(array);
        array[1] = 20;
        Assert.Equal([1, 20, 3], input.Take(10).ToArray());
        Assert.Null(input.Reader);
    }

    [Fact]
    public void A_list_is_copied_since_its_owner_may_change_it()
    {
        var list = new List<int> { 1, 2, 3 };
        var input = Input.Of(list);
        list[1] = 20;
        list.Clear();
        Assert.Equal([1, 2, 3], input.Take(10).ToArray());
    }

    [Fact]
    public void Collections_of_the_framework_are_copied_in_their_order_and_have_a_count()
    {
        Assert.Equal([1, 2, 3], Taken(new SortedSet<int> { 3, 1, 2 }));
        Assert.Equal([3, 1], Taken(new Queue<int>([3, 1]).ToImmutableArray()));
        Assert.Equal([5, 6], Taken(new ReadOnlyCollection<int>([5, 6])));
        Assert.Equal([7, 8], Taken(new LinkedList<int>([7, 8])));

        static int[] Taken(IEnumerable<int> inputs)
        {
            var input = Input.Of(inputs);
            Assert.NotNull(input.Count);
            return input.Take(10).ToArray();
        }
    }

    [Fact]
    public void A_foreign_collection_is_enumerated_by_a_reader()
    {
        var input = Input.Of(new ThrowingCollection());
        Assert.NotNull(input.Reader);
        Assert.Null(input.Count);
    }

    [Fact]
    public void Inputs_in_memory_are_taken_as_slices_until_they_are_exhausted()
    {
        var input = Input.Of(Enumerable.Range(0, 5).ToArray());
        Assert.Equal([0, 1, 2], input.Take(3).ToArray());
        Assert.False(input.IsExhausted);
        Assert.Equal([3, 4], input.Take(3).ToArray());
        Assert.True(input.IsExhausted);
        Assert.True(input.Take(3).IsEmpty);
        Assert.Equal(5, input.Taken);
    }

    [Fact]
    public void No_inputs_are_exhausted_from_the_start() => Assert.True(Input.Of(Array.Empty<int>()).IsExhausted);

    [Fact]
    public void Each_enumeration_of_a_lazy_input_reads_its_source_anew()
    {
        var source = new CountingSource(3);
        var inputs = Input.Lazily(source);
        var (first, second) = (inputs(), inputs());
        Assert.NotSame(first, second);
        Assert.Equal(0, source.Begun);
    }
}
