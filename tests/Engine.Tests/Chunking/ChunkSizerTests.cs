using ActorPool.Chunking;
using CsCheck;

namespace ActorPool.Tests.Chunking;

public sealed class ChunkSizerTests
{
    private static readonly TimeSpan s_target = TimeSpan.FromMilliseconds(2);

    [Fact]
    public void The_first_chunk_has_one_input_since_nothing_is_known()
    {
        Assert.Equal(1, new ChunkSizer(null, s_target, 1000).Next(remaining: 1_000_000, workers: 2));
        Assert.Equal(1, new ChunkSizer(null, s_target, 1000).Next(remaining: null, workers: 2));
    }

    [Fact]
    public void The_first_chunks_of_a_known_function_are_half_a_workers_share()
    {
        var sizer = new ChunkSizer(null, s_target, 1000, Learn(count: 500, TimeSpan.FromMicroseconds(500)));
        Assert.Equal(250, sizer.Next(remaining: 1000, workers: 2));
        Assert.Equal(250, sizer.Next(remaining: 750, workers: 2));
        sizer.Record(250, TimeSpan.FromMicroseconds(3));
        Assert.Equal(1000, sizer.Next(remaining: 1000, workers: 2));
    }

    [Fact]
    public void The_first_chunks_of_a_known_function_are_a_workers_share_if_they_take_no_time_to_speak_of()
    {
        var sizer = new ChunkSizer(null, s_target, 1000, Learn(count: 500, TimeSpan.FromMicroseconds(5)));
        Assert.Equal(500, sizer.Next(remaining: 1000, workers: 2));
        Assert.Equal(500, sizer.Next(remaining: 500, workers: 2));
    }

    [Fact]
    public void With_many_workers_the_first_chunks_of_a_known_function_take_longer_than_handing_one_to_each()
    {
        var sizer = new ChunkSizer(null, s_target, 1000, Learn(count: 1, TimeSpan.FromMilliseconds(5)));
        Assert.Equal(8, sizer.Next(remaining: 80_000, workers: 4096)); // 40 ms for a round of 4096
        Assert.Equal(1, new ChunkSizer(null, s_target, 1000, Learn(1, TimeSpan.FromMilliseconds(5))).Next(80_000, workers: 64));
    }

    [Fact]
    public void What_earlier_jobs_have_shown_counts_no_longer_once_this_one_has_shown_something_else()
    {
        var sizer = new ChunkSizer(null, s_target, 1000, Learn(count: 500, TimeSpan.FromMicroseconds(500)));
        Assert.Equal(250, sizer.Next(remaining: 1000, workers: 2));
        sizer.Record(250, TimeSpan.FromSeconds(25));
        Assert.Equal(1, sizer.Next(remaining: 750, workers: 2));
    }

    [Fact]
    public void A_function_with_slow_items_now_and_then_counts_as_slow()
    {
        var known = Learn(count: 500, TimeSpan.FromMicroseconds(5));
        known.Record(1, 10);
        known.Record(500, 0.00001);
        Assert.Equal(1, new ChunkSizer(null, s_target, 1000, known).Next(remaining: 1000, workers: 2));
    }

    [Fact]
    public void A_few_chunks_say_nothing_of_a_function()
    {
        var known = new FunctionCost();
        known.Record(500, 0.00001);
        Assert.Equal(1, new ChunkSizer(null, s_target, 1000, known).Next(remaining: 1000, workers: 2));
    }

    [Fact]
    public void A_fixed_size_is_never_changed()
    {
        var sizer = new ChunkSizer(7, s_target, max: 3);
        sizer.Record(7, TimeSpan.FromSeconds(1));
        Assert.Equal(7, sizer.Next(remaining: 1, workers: 4));
        Assert.Equal(7, sizer.Next(remaining: null, workers: 4));
        Assert.Equal(7, sizer.Current);
    }

    [Fact]
    public void Fast_items_grow_the_chunk_at_most_eightfold()
    {
        var sizer = new ChunkSizer(null, s_target, 1_000_000);
        var sizes = new List<int>();
        for (var i = 0; i < 4; i++)
        {
            sizer.Record(sizer.Current, TimeSpan.FromMicroseconds(sizer.Current / 10.0));
            sizes.Add(sizer.Current);
        }
        Assert.Equal([8, 64, 512, 4096], sizes);
    }

    [Fact]
    public void Slow_items_shrink_the_chunk_to_the_target_at_once()
    {
        var sizer = new ChunkSizer(null, s_target, 1_000_000);
        for (var i = 0; i < 6; i++)
            sizer.Record(sizer.Current, TimeSpan.Zero);
        Assert.True(sizer.Current > 1000);
        sizer.Record(100, TimeSpan.FromMilliseconds(50));
        Assert.Equal(4, sizer.Current);
        sizer.Record(1, TimeSpan.FromSeconds(10));
        Assert.Equal(1, sizer.Current);
    }

    [Fact]
    public void With_many_workers_a_chunk_takes_longer_than_handing_one_to_each()
    {
        var sizer = new ChunkSizer(null, s_target, 1000);
        sizer.Record(1, TimeSpan.FromMilliseconds(5));
        Assert.Equal(1, sizer.Next(remaining: 80_000, workers: 64));
        Assert.Equal(8, sizer.Next(remaining: 80_000, workers: 4096)); // 40 ms for a round of 4096
        sizer.Record(8, TimeSpan.FromMilliseconds(40));
        Assert.Equal(16, sizer.Next(remaining: 10_000_000, workers: 4096)); // with much to do, two rounds' time
        sizer.Record(1, TimeSpan.FromSeconds(10));
        Assert.Equal(1, sizer.Next(remaining: 80_000, workers: 4096));
    }

    [Fact]
    public void A_chunk_of_the_tail_is_an_eighth_of_each_workers_share()
    {
        var sizer = new ChunkSizer(null, s_target, 1000);
        for (var i = 0; i < 10; i++)
            sizer.Record(sizer.Current, TimeSpan.FromMicroseconds(2 * sizer.Current));
        Assert.Equal(1000, sizer.Current);
        Assert.Equal(1000, sizer.Next(remaining: 1_000_000, workers: 4));
        Assert.Equal(100, sizer.Next(remaining: 3200, workers: 4));
    }

    [Fact]
    public void A_chunk_of_the_tail_stays_large_enough_to_be_worth_dispatching()
    {
        var sizer = new ChunkSizer(null, s_target, 1000);
        for (var i = 0; i < 10; i++)
            sizer.Record(sizer.Current, TimeSpan.FromMicroseconds(2 * sizer.Current));
        // 2 ms are 1000 items; the minimum is a 32nd of that.
        Assert.Equal(31, sizer.Next(remaining: 10, workers: 4));
    }

    private static FunctionCost Learn(int count, TimeSpan elapsed)
    {
        var known = new FunctionCost();
        for (var i = 0; i < 10; i++)
            new ChunkSizer(null, s_target, 1000, known).Record(count, elapsed);
        return known;
    }

    [Fact]
    public void A_chunk_without_items_does_not_change_the_size()
    {
        var sizer = new ChunkSizer(null, s_target, 1000);
        sizer.Record(4, TimeSpan.FromMilliseconds(1));
        var before = sizer.Current;
        sizer.Record(0, TimeSpan.FromHours(1));
        Assert.Equal(before, sizer.Current);
        Assert.True(before > 1);
    }

    [Fact]
    public void Any_run_of_chunks_covers_every_input_once_in_order_and_keeps_its_bounds() =>
        Gen.Select(Gen.Int[0, 5000], Gen.Int[1, 64], Gen.Int[1, 2000], Gen.Int[1, 3000].Nullable(), Gen.Int[0, 1_000_000].Array[1, 40])
            .Sample((total, workers, max, fixedSize, nanosecondsPerItem) =>
            {
                var sizer = new ChunkSizer(fixedSize, s_target, max);
                var input = new MemoryInput<int>(Enumerable.Range(0, total).ToArray());
                var covered = new List<int>();
                var largest = 1;
                for (var i = 0; !input.IsExhausted; i++)
                {
                    var size = sizer.Next(total - input.Taken, workers);
                    if (size < 1 || size > (fixedSize ?? Math.Min(max, largest * ChunkSizer.Growth)))
                        throw new InvalidOperationException($"chunk {i} has size {size}, the largest so far {largest}");
                    var chunk = input.Take(size);
                    covered.AddRange(chunk.Span);
                    largest = Math.Max(largest, chunk.Length);
                    sizer.Record(
                        chunk.Length, TimeSpan.FromTicks((long)nanosecondsPerItem[i % nanosecondsPerItem.Length] * chunk.Length / 100));
                }
                return covered.SequenceEqual(Enumerable.Range(0, total));
            }, iter: 500);

    [Fact]
    public void Workers_of_equal_speed_finish_a_known_number_of_items_within_one_chunk_target_of_each_other() =>
        Gen.Select(Gen.Int[1000, 100_000], Gen.Int[1, 16], Gen.Int[1, 500]).Sample((total, workers, microsecondsPerItem) =>
        {
            var sizer = new ChunkSizer(null, s_target, 100_000);
            var busyUntil = new PriorityQueue<int, double>(Enumerable.Range(0, workers).Select(w => (w, 0.0)));
            var ends = new double[workers];
            for (var remaining = (long)total; remaining > 0;)
            {
                busyUntil.TryDequeue(out var worker, out var now);
                var size = Math.Min(remaining, sizer.Next(remaining, workers));
                remaining -= size;
                ends[worker] = now + (size * microsecondsPerItem);
                busyUntil.Enqueue(worker, ends[worker]);
                sizer.Record((int)size, TimeSpan.FromMicroseconds(size * microsecondsPerItem));
            }
            return ends.Max() - ends.Min() <= s_target.TotalMicroseconds + microsecondsPerItem;
        }, iter: 200);
}
