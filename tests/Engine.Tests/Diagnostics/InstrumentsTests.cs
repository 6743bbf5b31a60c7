using System.Diagnostics.Metrics;
using ActorPool.Diagnostics;
using ActorPool.Tests.Architecture;
using ActorPool.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ActorPool.Tests.Diagnostics;

/// <summary>What the meter measures, read by OpenTelemetry's exporter.</summary>
public sealed class InstrumentsTests : IDisposable
{
    private readonly List<MetricSnapshot> _metrics = [];
    private readonly MeterProvider _provider;

    public InstrumentsTests()
    {
        Instruments.Publish();
        _provider = Sdk.CreateMeterProviderBuilder().AddMeter("ActorPool").AddInMemoryExporter(_metrics).Build();
    }

    public void Dispose() => _provider.Dispose();

    [Fact]
    public void The_table_of_the_documentation_has_the_instruments()
    {
        var published = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name is "ActorPool")
                published.Add($"{instrument.Name}, {GetKind(instrument)}, {instrument.Unit}, {instrument.Description}");
        };
        listener.Start();

        var page = File.ReadLines(Path.Combine(Source.Root, "docs", "telemetry.md"));
        var listed = from line in page.SkipWhile(line => !line.StartsWith("| instrument", StringComparison.Ordinal)).Skip(2)
                         .TakeWhile(line => line.StartsWith('|'))
                     let cells = line.Split('|', StringSplitOptions.TrimEntries).Select(cell => cell.Trim('`')).ToArray()
                     select $"{cells[1]}, {cells[2]}, {cells[3]}, {cells[5]}";
        Assert.NotEmpty(published);
        Assert.Equal(published.Order(StringComparer.Ordinal), listed.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_pool_counts_its_items_chunks_and_calls_also_after_its_end()
    {
        const string Name = "instruments-counts";
        await using (var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, Name = Name }))
        {
            await pool.MapAsync(x => x + 1, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 5 }).Within("the first job", pool);
            await pool.TryMapAsync(
                x => x == 3 ? throw new FormatException() : x, Enumerable.Range(0, 4),
                new JobOptions { ChunkSize = 1, Retries = 1 }).Within("the second job", pool);
            await pool.CloseAsync().Within("the end", pool);
        }

        var read = Read(Name);
        Assert.Equal(13, read("actorpool.items", "completed"));
        Assert.Equal(1, read("actorpool.items", "failed"));
        Assert.Equal(1, read("actorpool.item.retries", null));
        Assert.Equal(7, read("actorpool.chunks", null)); // the failed item ran twice
        Assert.Equal(7, read("actorpool.chunk.duration", null));
        Assert.Equal(2, read("actorpool.job.duration", "completed"));
        Assert.Null(read("actorpool.worker.count", "busy")); // of pools that are there
    }

    [Fact]
    public async Task A_pool_measures_its_workers_chunks_and_jobs_while_they_run()
    {
        const string Name = "instruments-now";
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, Name = Name });
        var gate = new TaskCompletionSource();

        var running = pool.ForEachAsync(async _ => await gate.Task, [1, 2]);
        await Deadline.Until(() => pool.Statistics.Busy == 2, "both workers are busy", pool);
        var waiting = pool.ForEachAsync(async _ => await gate.Task, [1]);
        await Deadline.Until(() => Read(Name)("actorpool.job.count", "waiting") == 1, "a job waits", pool);

        var read = Read(Name);
        Assert.Equal(2, read("actorpool.worker.count", "busy"));
        Assert.Equal(0, read("actorpool.worker.count", "idle"));
        Assert.Equal(2, read("actorpool.chunk.in_flight", null));
        Assert.Equal(1, read("actorpool.job.count", "running"));
        gate.SetResult();
        await Task.WhenAll(running, waiting).Within("the jobs", pool);
    }

    [Fact]
    public async Task A_failed_and_a_cancelled_call_have_their_own_outcomes()
    {
        const string Name = "instruments-outcomes";
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Name = Name });
        using var stop = new CancellationTokenSource();

        await Assert.ThrowsAsync<WorkItemException>(() => pool.ForEachAsync(_ => throw new FormatException(), [1]));
        var never = new TaskCompletionSource();
        var cancelled = pool.ForEachAsync(
            async (_, token) => await never.Task.WaitAsync(token), [1], cancellationToken: stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.Within("the end of the job", pool));

        Assert.Equal(1, Read(Name)("actorpool.job.duration", "failed"));
        Assert.Equal(1, Read(Name)("actorpool.job.duration", "cancelled"));
    }

    [Theory]
    [InlineData("actorpool-17", "actorpool")]
    [InlineData("actorpool-x", "actorpool-x")]
    [InlineData("actorpool-", "actorpool-")]
    [InlineData("orders", "orders")]
    public void Pools_without_a_name_of_their_own_share_one_tag(string name, string tag) =>
        Assert.Equal(tag, new PoolIdentity(name, PoolRole.Pool).PoolTag);

    [Fact]
    public async Task A_node_measures_what_it_runs_under_the_name_of_the_pool()
    {
        const string Name = "instruments-node";
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        var options = new WorkerPoolOptions { Name = Name };
        await using (var pool = await WorkerPool.ConnectAsync(node.Address, options).Within("the connection"))
        {
            await pool.MapAsync(x => x + 1, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 5 }).Within("the job", pool);

            Assert.Equal(1, Read(Name)("actorpool.node.count", null));
            Assert.True(Read(Name)("actorpool.network.io", "transmit") > 0);
            Assert.True(Read(Name)("actorpool.network.io", "receive") > 0);
        }

        Assert.Equal(10, Read(Name)("actorpool.items", "completed"));
        Assert.Equal(10, Read(Name, "node")("actorpool.items", "completed"));
        Assert.Equal(2, Read(Name, "node")("actorpool.chunks", null));
        Assert.True(Read(pool: null, "node")("actorpool.worker.count", "idle") >= 1); // with those of other tests' nodes
    }

    private static string GetKind(Instrument instrument) => instrument switch
    {
        Histogram<double> => "histogram",
        ObservableUpDownCounter<long> => "up-down counter",
        ObservableCounter<long> => "counter",
        _ => instrument.GetType().Name,
    };

    /// <summary>Reads sums, and the counts of histograms, of one series.</summary>
    private Func<string, string?, long?> Read(string? pool, string role = "pool")
    {
        _metrics.Clear();
        _provider.ForceFlush();
        var metrics = _metrics.ToList();
        return (instrument, value) =>
        {
            long? sum = null;
            foreach (var metric in metrics.Where(metric => string.Equals(metric.Name, instrument, StringComparison.Ordinal)))
            {
                foreach (var point in metric.MetricPoints)
                {
                    var tags = new Dictionary<string, string?>(StringComparer.Ordinal);
                    foreach (var (key, tag) in point.Tags)
                        tags[key] = tag?.ToString();
                    if (string.Equals(tags.GetValueOrDefault("actorpool.pool"), pool, StringComparison.Ordinal)
                        && string.Equals(tags["actorpool.role"], role, StringComparison.Ordinal)
                        && (value is null || tags.Values.Contains(value, StringComparer.Ordinal)))
                    {
                        sum = (sum ?? 0) + (metric.MetricType == MetricType.Histogram ? point.GetHistogramCount() : point.GetSumLong());
                    }
                }
            }
            return sum;
        };
    }
}
