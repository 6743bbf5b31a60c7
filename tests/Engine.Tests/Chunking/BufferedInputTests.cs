using ActorPool.Chunking;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Chunking;

/// <summary>The queue between the reader's thread and the coordinator: limits, rests and wake-ups.</summary>
public sealed class BufferedInputTests
{
    [Fact]
    public void Nothing_is_read_or_even_begun_before_it_is_allowed()
    {
        var source = new CountingSource();
        var input = Input.Of<int>(source);
        Read(input);
        Assert.Equal(0, source.Produced);
        Assert.True(input.Take(10).IsEmpty);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(31)]
    [InlineData(32)]
    [InlineData(33)]
    [InlineData(10_000)]
    public void The_source_is_read_to_the_limit_exactly(int limit)
    {
        var source = new CountingSource();
        var input = Input.Of<int>(source);
        Assert.True(input.Reader!.Allow(limit));
        Read(input);
        Assert.Equal(limit, source.Produced);
        Assert.Equal(Enumerable.Range(0, limit), TakeAll(input, 77));
        Assert.Null(input.Count);
        Assert.False(input.IsExhausted);
    }

    [Fact]
    public void A_limit_is_only_ever_raised()
    {
        var source = new CountingSource();
        var input = Input.Of<int>(source);
        input.Reader!.Allow(10);
        Assert.False(input.Reader.Allow(5));
        Assert.False(input.Reader.Allow(10));
        Read(input);
        Assert.Equal(10, source.Produced);
    }

    [Fact]
    public void Only_a_reader_that_rests_has_to_be_told_of_a_new_limit()
    {
        var input = Input.Of<int>(new CountingSource());
        var reader = input.Reader!;
        Assert.True(reader.Allow(1));
        Read(input);
        Assert.False(reader.Allow(2)); // it has not gone to rest, and will see the limit by itself
        Assert.False(reader.TryRest());
        Read(input);
        Assert.True(reader.TryRest());
        Assert.True(reader.Allow(3));
        Assert.False(reader.Allow(4));
    }

    [Fact]
    public void An_input_that_is_awaited_is_announced_once_and_others_are_not()
    {
        var announced = 0;
        var input = Input.Of<int>(new CountingSource());
        var reader = input.Reader!;
        reader.OnAvailable = () => announced++;
        reader.Allow(3);
        Read(input);
        Assert.Equal(0, announced);
        Assert.False(reader.Await()); // three wait to be taken
        TakeAll(input, 10);
        Assert.True(reader.Await());
        reader.Allow(6);
        Read(input);
        Assert.Equal(1, announced);
    }

    [Fact]
    public void The_end_of_the_source_gives_the_count_and_disposes_of_the_enumerator()
    {
        var source = new CountingSource(5);
        var input = Input.Of<int>(source);
        input.Reader!.Allow(5);
        Read(input);
        Assert.False(input.Reader.HasEnded); // nobody has asked for a sixth
        input.Reader.Allow(6);
        Read(input);
        Assert.True(input.Reader.HasEnded);
        Assert.Null(input.Reader.Error);
        Assert.Equal(5, input.Count);
        Assert.Equal(1, source.Disposed);
        Assert.False(input.IsExhausted);
        Assert.Equal(Enumerable.Range(0, 5), TakeAll(input, 2));
        Assert.True(input.IsExhausted);
        Assert.False(input.Reader.Await());
        Read(input);
        Assert.Equal(1, source.Begun);
    }

    [Fact]
    public void What_the_source_throws_is_its_end_behind_the_inputs_before_it()
    {
        var input = Input.Of(Fixtures.ThrowingSource(10, when: 4));
        input.Reader!.Allow(100);
        Read(input);
        Assert.True(input.Reader.HasEnded);
        Assert.IsType<SayWhenException>(input.Reader.Error);
        Assert.Equal(4, input.Count);
        Assert.Equal([0, 1, 2, 3], TakeAll(input, 10));
    }

    [Fact]
    public void A_source_whose_enumerator_is_null_ends_with_an_error_that_says_so()
    {
        var input = Input.Of<int>(new NullSource());
        input.Reader!.Allow(1);
        Read(input);
        Assert.Contains("GetEnumerator", Assert.IsType<InvalidOperationException>(input.Reader.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_reader_reads_nothing_more_and_may_rest()
    {
        var source = new CountingSource();
        var input = Input.Of<int>(source);
        input.Reader!.Allow(10);
        input.Reader.Stop();
        Read(input);
        Assert.Equal(0, source.Produced);
        Assert.True(input.Reader.TryRest());
    }

    [Fact]
    public async Task An_enumerator_is_disposed_of_once()
    {
        var source = new CountingSource();
        var input = Input.Of<int>(source);
        input.Reader!.Allow(2);
        Read(input);
        await input.Reader.DisposeAsync().Within("first");
        await input.Reader.DisposeAsync().Within("second");
        Assert.Equal(1, source.Disposed);
    }

    [Fact]
    public async Task An_asynchronous_source_is_read_to_the_limit_exactly_and_ends()
    {
        var input = Input.Lazily(Fixtures.GeneratedAsync(Enumerable.Range(0, 50)))();
        input.Reader!.Allow(20);
        await input.Reader.ReadAsync().Within("first part");
        Assert.Equal(Enumerable.Range(0, 20), TakeAll(input, 7));
        input.Reader.Allow(51);
        await input.Reader.ReadAsync().Within("second part");
        Assert.Equal(Enumerable.Range(20, 30), TakeAll(input, 7));
        Assert.True(input.IsExhausted);
    }

    [Fact]
    public async Task Stopping_an_asynchronous_source_cancels_the_read_that_waits()
    {
        var waits = new Gate();
        var input = Input.Lazily(Waiting(waits))();
        input.Reader!.Allow(10);
        var read = input.Reader.ReadAsync();
        await waits.HasArrived(1, "source waits");
        input.Reader.Stop();
        await read.Within("read");
        Assert.IsAssignableFrom<OperationCanceledException>(input.Reader.Error);

        static async IAsyncEnumerable<int> Waiting(Gate gate, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            yield return 1;
            await gate.PassAsync(token);
        }
    }

    [Fact]
    public async Task A_reader_and_a_taker_that_race_lose_no_input_and_no_wake_up()
    {
        const int Total = 200_000;
        foreach (var window in new[] { 1, 3, 64, 5000 })
        {
            var total = window < 10 ? Total / 10 : Total;
            var source = new CountingSource(total);
            var input = Input.Of<int>(source);
            await Race(input, source, window, total).Within($"window {window}");
        }
    }

    /// <summary>Reader and coordinator as their actors are: each sleeps until it is told, and a wake-up that is lost lets both sleep for ever.</summary>
    private static async Task Race(Input<int> input, CountingSource source, int window, int total)
    {
        var reader = input.Reader!;
        using var readOn = new SemaphoreSlim(0);
        using var available = new SemaphoreSlim(0);
        reader.OnAvailable = () => available.Release();
        var reading = Task.Run(async () =>
        {
            while (!reader.HasEnded)
            {
                await readOn.WaitAsync();
                do
                    await reader.ReadAsync();
                while (!reader.HasEnded && !reader.TryRest());
            }
            available.Release();
        });
        var next = 0;
        while (!input.IsExhausted)
        {
            if (reader.Allow(next + window))
                readOn.Release();
            Assert.InRange(source.Produced, 0, next + window);
            var slice = input.Take(window);
            foreach (var item in slice.Span)
                Assert.Equal(next++, item);
            if (slice.IsEmpty && reader.Await())
                await available.WaitAsync();
        }
        await reading;
        Assert.Equal(total, next);
        Assert.Equal(total, source.Produced);
    }

    private static void Read(Input<int> input) => Assert.True(input.Reader!.ReadAsync().AsTask().IsCompletedSuccessfully);

    private static List<int> TakeAll(Input<int> input, int most)
    {
        var all = new List<int>();
        for (var slice = input.Take(most); !slice.IsEmpty; slice = input.Take(most))
            all.AddRange(slice.Span);
        return all;
    }

    private sealed class NullSource : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => null!;

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!;
    }
}
