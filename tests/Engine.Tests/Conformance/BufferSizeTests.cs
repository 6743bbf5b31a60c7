using ActorPool.Tests.Support;
using static ActorPool.Tests.Support.Fixtures;

namespace ActorPool.Tests.Conformance;

/// <summary>The <c>buffersize</c> of CPython's <c>imap</c>, which is our <see cref="JobOptions.Window"/> (cases MB).</summary>
public class BufferSizeTests : ConformanceCases
{
    public static TheoryData<int, JobOrder> Windows => new()
    {
        { 1, JobOrder.Input }, { 1, JobOrder.Completion }, { 2, JobOrder.Input }, { 2, JobOrder.Completion },
        { 5, JobOrder.Input }, { 5, JobOrder.Completion }, { 7, JobOrder.Input }, { 7, JobOrder.Completion },
    };

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task MB_01_a_stream_reads_its_source_lazily_also_without_a_window(JobOrder order)
    {
        await using var pool = await CreatePool(3);
        var source = new CountingSource();
        var stream = pool.StreamAsync(Sqr, source, new JobOptions { Order = order });
        Assert.Equal(0, source.Started);
        await using (var results = stream.GetAsyncEnumerator())
        {
            for (var i = 0; i < 3; i++)
                await results.Next($"pull {i}", pool);
            // No result is read any longer: the pool stops reading the source, though the source is endless.
            await StopsReading(source, pool);
            Assert.InRange(source.Produced, 3, 3 + 262144);
        }
        await Deadline.Until(() => source.Disposed == 1, "the source is disposed of", pool);
    }

    [Theory, MemberData(nameof(Windows))]
    public async Task MB_02_MB_04_reading_pauses_at_the_window_and_resumes_with_each_yielded_result(int window, JobOrder order)
    {
        foreach (var workers in new[] { 1, 3, 4 })
        {
            await using var pool = await CreatePool(workers);
            var asked = 0;
            var maxAhead = 0;
            var source = new CountingSource(60);
            var watched = source.Select(x =>
            {
                maxAhead = Math.Max(maxAhead, source.Produced - Volatile.Read(ref asked));
                return x;
            });
            var yielded = new List<int>();
            var options = new JobOptions { Window = window, Order = order };
            await using var results = pool.StreamAsync(Sqr, watched, options).GetAsyncEnumerator();
            for (var i = 0; i < 60; i++)
            {
                Interlocked.Increment(ref asked);
                yielded.Add(await results.Next($"pull {i} of {workers} workers", pool));
                if (i % 20 != 0)
                    continue;
                await Deadline.Until(() => source.Produced == i + 1 + window, $"reading as far as the window allows after pull {i}", pool);
            }
            Assert.False(await results.MoveNextAsync().Within("end", pool));
            Assert.InRange(maxAhead, 1, window);
            Assert.Equal(Enumerable.Range(0, 60).Select(Sqr), order == JobOrder.Input ? yielded : yielded.Order());
        }
    }

    [Theory]
    [InlineData(JobOrder.Input)]
    [InlineData(JobOrder.Completion)]
    public async Task MB_05_endless_inputs_are_usable_in_bounded_memory(JobOrder order)
    {
        await using var pool = await CreatePool(3);
        var source = new CountingSource();
        await using (var results = pool.StreamAsync(Identity, source, new JobOptions { Window = 7, Order = order }).GetAsyncEnumerator())
        {
            var seen = new HashSet<int>();
            for (var i = 0; i < 1000; i++)
            {
                Assert.True(seen.Add(await results.Next($"pull {i}", pool)));
                Assert.InRange(source.Produced, i + 1, i + 1 + 7);
            }
            Assert.InRange(seen.Max(), 999, 999 + 7);
        }
        await Deadline.Until(() => source.Disposed == 1, "the source is disposed of", pool);
    }

    [Fact]
    public async Task MB_07_terminate_releases_every_paused_producer()
    {
        await using var pool = await CreatePool(2);
        var ordered = new CountingSource();
        var unordered = new CountingSource();
        var endless = new CountingSource();
        await using var first = pool.StreamAsync(Sqr, ordered, new JobOptions { Window = 4 }).GetAsyncEnumerator();
        var inAnyOrder = new JobOptions { Window = 4, Order = JobOrder.Completion };
        await using var second = pool.StreamAsync(Sqr, unordered, inAnyOrder).GetAsyncEnumerator();
        await using var third = pool.StreamAsync(Sqr, endless).GetAsyncEnumerator();
        await first.Next("ordered", pool);
        await second.Next("unordered", pool);
        await third.Next("without a window", pool);
        await pool.TerminateAsync().Within("terminate", pool);
        await Deadline.Until(
            () => ordered.Disposed == 1 && unordered.Disposed == 1 && endless.Disposed == 1, "all sources are disposed of", pool);
        foreach (var results in new[] { first, second, third })
            await Assert.ThrowsAsync<PoolTerminatedException>(() => Drain(results));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public async Task MB_08_a_chunk_size_below_one_is_refused_by_the_call_itself(int chunkSize)
    {
        await using var pool = await CreatePool(1);
        var options = new JobOptions { ChunkSize = chunkSize };
        foreach (var order in Enum.GetValues<JobOrder>())
        {
            var source = new CountingSource(10);
            var refused = Assert.Throws<ArgumentOutOfRangeException>(
                () => { _ = pool.StreamAsync(Sqr, source, options with { Order = order }); });
            Assert.Contains($"[{chunkSize}]", refused.Message, StringComparison.Ordinal);
            Assert.Contains("1 or more", refused.Message, StringComparison.Ordinal);
            Assert.Equal(0, source.Started);
        }
    }

    /// <summary>Waits until the source is not read any longer.</summary>
    /// <remarks>Other jobs run ten times in a row without a read of the source.</remarks>
    private static async Task StopsReading(CountingSource source, WorkerPool pool)
    {
        var unchanged = 0;
        for (var round = 0; unchanged < 10; round++)
        {
            Assert.InRange(round, 0, 3000);
            var before = source.Produced;
            await pool.MapAsync(Sqr, Enumerable.Range(0, 10)).Within("other work", pool);
            await Deadline.Until(() => pool.Statistics.Busy == 0, $"all workers are idle, {source.Produced} read", pool);
            unchanged = source.Produced == before ? unchanged + 1 : 0;
        }
    }

    private static async Task Drain(IAsyncEnumerator<int> results)
    {
        while (await results.MoveNextAsync().Within("draining"))
        {
        }
    }
}
