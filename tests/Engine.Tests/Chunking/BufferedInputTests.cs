using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Chunking;

/// <summary>The queue between the reader's thread and the coordinator: limits, rests and wake-ups.</summary>
public sealed class BufferedInputTests
{
    [Fact]
    public void Nothing_is_read_before_a_limit_allows_it()
    {
        var source = new CountingSource();
        var input = Input.From<int>(source);
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
    public void The_source_is_read_exactly_up_to_the_limit(int limit)
    {
        var source = new CountingSource();
        var input = Input.From<int>(source);
        Assert.True(input.Reader!.Allow(limit));
        Read(input);
        Assert.Equal(limit, source.Produced);
        Assert.Equal(Enumerable.Range(0, limit), TakeAll(input, 77));
        Assert.Null(input.Count);
        Assert.False(input.IsExhausted);
    }

    [Fact]
    public void A_limit_is_never_lowered()
    {
        var source = new CountingSource();
        var input = Input.From<int>(source);
        input.Reader!.Allow(10);
        Assert.False(input.Reader.Allow(5));
        Assert.False(input.Reader.Allow(10));
        Read(input);
        Assert.Equal(10, source.Produced);
    }

    [Fact]
    public void Only_a_resting_reader_must_be_told_of_a_new_limit()
    {
        var input = Input.From<int>(new CountingSource());
        var reader = input.Reader!;
        Assert.True(reader.Allow(1));
        Read(input);
        Assert.False(reader.Allow(2)); // it does not rest yet, and will see the limit itself
        Assert.False(reader.TryRest());
        Read(input);
        Assert.True(reader.TryRest());
        Assert.True(reader.Allow(3));
        Assert.False(reader.Allow(4));
    }

    [Fact]
    public void Input_is_announced_only_when_awaited_and_only_once()
    {
        var announced = 0;
        var input = Input.From<int>(new CountingSource());
        var reader = input.Reader!;
        reader.OnAvailable = () => announced++;
        reader.Allow(3);
        Read(input);
        Assert.Equal(0, announced);
        Assert.False(reader.Await()); // three are ready to be taken
        TakeAll(input, 10);
        Assert.True(reader.Await());
        reader.Allow(6);
        Read(input);
        Assert.Equal(1, announced);
    }

    [Fact]
    public void The_end_of_the_source_gives_the_count_and_disposes_the_enumerator()
    {
        var source = new CountingSource(5);
        var input = Input.From<int>(source);
        input.Reader!.Allow(5);
        Read(input);
        Assert.False(input.Reader.HasEnded); // no one has asked for a sixth
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
        Assert.Equal(1, source.Started);
    }

    [Fact]
    public void An_exception_of_the_source_ends_it_after_the_inputs_before_it()
    {
        var input = Input.From(Fixtures.ThrowingSource(10, when: 4));
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
        var input = Input.From<int>(new NullSource());
        input.Reader!.Allow(1);
        Read(input);
        Assert.Contains("GetEnumerator", Assert.IsType<InvalidOperationException>(input.Reader.Error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_stopped_reader_reads_nothing_more_and_may_rest()
    {
        var source = new CountingSource();
        var input = Input.From<int>(source);
        input.Reader!.Allow(10);
        input.Reader.Stop();
        Read(input);
        Assert.Equal(0, source.Produced);
        Assert.True(input.Reader.TryRest());
    }

    [Fact]
    public async Task An_enumerator_is_disposed_once()
    {
        var source = new CountingSource();
        var input = Input.From<int>(source);
        input.Reader!.Allow(2);
        Read(input);
        await input.Reader.DisposeAsync().Within("first");
        await input.Reader.DisposeAsync().Within("second");
        Assert.Equal(1, source.Disposed);
    }

    [Fact]
    public async Task An_asynchronous_source_is_read_exactly_up_to_the_limit_and_then_to_its_end()
    {
        var input = Input.FromLazily(Fixtures.GeneratedAsync(Enumerable.Range(0, 50)))();
        input.Reader!.Allow(20);
        await input.Reader.ReadAsync().Within("first part");
        Assert.Equal(Enumerable.Range(0, 20), TakeAll(input, 7));
        input.Reader.Allow(51);
        await input.Reader.ReadAsync().Within("second part");
        Assert.Equal(Enumerable.Range(20, 30), TakeAll(input, 7));
        Assert.True(input.IsExhausted);
    }

    [Fact]
    public async Task Stopping_an_asynchronous_source_cancels_the_waiting_read()
    {
        var waits = new Gate();
        var input = Input.FromLazily(Wait(waits))();
        input.Reader!.Allow(10);
        var read = input.Reader.ReadAsync();
        await waits.HasArrived(1, "source waits");
        input.Reader.Stop();
        await read.Within("read");
        Assert.IsAssignableFrom<OperationCanceledException>(input.Reader.Error);

        static async IAsyncEnumerable<int> Wait(Gate gate, [EnumeratorCancellation] CancellationToken token = default)
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
            var input = Input.From<int>(source);
            await Race(input, source, window, total).Within($"window {window}");
        }
    }

    /// <summary>Runs a reader and a coordinator as their actors do.</summary>
    /// <remarks>Each sleeps until it is told: if a wake-up is lost, both sleep forever.</remarks>
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

    private static List<int> TakeAll(Input<int> input, int max)
    {
        var all = new List<int>();
        for (var slice = input.Take(max); !slice.IsEmpty; slice = input.Take(max))
            all.AddRange(slice.Span);
        return all;
    }

    private sealed class NullSource : IEnumerable<int>
    {
        public IEnumerator<int> GetEnumerator() => null!;

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => null!;
    }
}
