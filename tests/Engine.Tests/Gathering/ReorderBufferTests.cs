using ActorPool.Gathering;
using CsCheck;

namespace ActorPool.Tests.Gathering;

public sealed class ReorderBufferTests
{
    [Fact]
    public void A_piece_behind_a_gap_waits_until_the_gap_is_closed()
    {
        var buffer = new ReorderBuffer<string>();
        Assert.True(buffer.Add(3, 2, "second"));
        Assert.False(buffer.TryTake(out _));
        Assert.Equal(1, buffer.Waiting);
        Assert.True(buffer.Add(0, 3, "first"));
        Assert.Equal(["first", "second"], TakeAll(buffer));
        Assert.Equal(5, buffer.Next);
        Assert.Equal(0, buffer.Waiting);
    }

    [Fact]
    public void A_piece_that_came_before_is_refused_whether_it_was_taken_or_waits()
    {
        var buffer = new ReorderBuffer<string>();
        buffer.Add(0, 1, "taken");
        TakeAll(buffer);
        buffer.Add(5, 1, "waiting");
        Assert.False(buffer.Add(0, 1, "late"));
        Assert.False(buffer.Add(5, 1, "late"));
        buffer.Add(1, 4, "gap");
        Assert.Equal(["gap", "waiting"], TakeAll(buffer));
    }

    [Fact]
    public void Any_order_of_arrival_with_any_duplicates_gives_each_piece_once_and_in_order() =>
        Gen.Select(Gen.Int[1, 9].Array[1, 40], Gen.Int[0, 3], Gen.Int).Sample((sizes, copies, seed) =>
        {
            var starts = sizes.Select((_, i) => (long)sizes.Take(i).Sum()).ToArray();
            var arrivals = Enumerable.Range(0, sizes.Length).SelectMany(i => Enumerable.Repeat(i, 1 + (i * copies % 4))).ToArray();
            new Random(seed).Shuffle(arrivals);
            var buffer = new ReorderBuffer<int>();
            var (taken, seen) = (new List<int>(), new HashSet<int>());
            foreach (var i in arrivals)
            {
                if (buffer.Add(starts[i], sizes[i], i) != seen.Add(i))
                    return false;
                taken.AddRange(TakeAll(buffer));
                if (buffer.Waiting != seen.Count - taken.Count)
                    return false;
            }
            return taken.SequenceEqual(Enumerable.Range(0, sizes.Length)) && buffer.Next == sizes.Sum();
        }, iter: 2000);

    private static List<T> TakeAll<T>(ReorderBuffer<T> buffer)
    {
        var all = new List<T>();
        while (buffer.TryTake(out var piece))
            all.Add(piece);
        return all;
    }
}
