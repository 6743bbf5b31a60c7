using System.Diagnostics.Metrics;
using System.Globalization;
using ActorPool.Node.Http;

namespace ActorPool.Node.Tests.Http;

public sealed class MetricsPageTests : IDisposable
{
    private readonly Meter _meter = new($"test-{Guid.NewGuid():N}");
    private readonly MetricsPage _page;

    public MetricsPageTests() => _page = new MetricsPage(_meter.Name);

    public void Dispose()
    {
        _page.Dispose();
        _meter.Dispose();
    }

    [Fact]
    public void A_counter_has_a_series_for_each_combination_of_tags()
    {
        var items = _meter.CreateCounter<long>("actorpool.items", "{item}", "Items that \\ended\nsomehow.");
        items.Add(2, KeyValuePair.Create("outcome", (object?)"ok"));
        items.Add(3, KeyValuePair.Create("outcome", (object?)"ok"));
        items.Add(1, KeyValuePair.Create("outcome", (object?)"a \"b\"\n"));

        Assert.Equal(
            """
            # HELP actorpool_items_total Items that \\ended\nsomehow.
            # TYPE actorpool_items_total counter
            actorpool_items_total{outcome="a \"b\"\n"} 1
            actorpool_items_total{outcome="ok"} 5

            """, _page.Format());
    }

    [Fact]
    public void A_histogram_counts_values_up_to_each_bound()
    {
        var advice = new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1] };
        var duration = _meter.CreateHistogram("actorpool.chunk.duration", "s", description: null, tags: null, advice);
        foreach (var value in new[] { 0.05, 0.1, 0.5, 4 })
            duration.Record(value, KeyValuePair.Create("pool", (object?)"p"));

        Assert.Equal(
            """
            # TYPE actorpool_chunk_duration_seconds histogram
            actorpool_chunk_duration_seconds_bucket{pool="p",le="0.1"} 2
            actorpool_chunk_duration_seconds_bucket{pool="p",le="1"} 3
            actorpool_chunk_duration_seconds_bucket{pool="p",le="+Inf"} 4
            actorpool_chunk_duration_seconds_sum{pool="p"} 4.65
            actorpool_chunk_duration_seconds_count{pool="p"} 4

            """, _page.Format());
    }

    [Fact]
    public void Observable_instruments_are_asked_each_time()
    {
        var (queue, nodes) = (7, 3);
        _meter.CreateObservableUpDownCounter("queue", () => queue, "{chunk}");
        _meter.CreateObservableUpDownCounter("queue", () => 10, "{chunk}"); // that of another pool
        _meter.CreateObservableGauge("nodes", () => Enumerable.Range(0, nodes).Select(
            i => new Measurement<int>(i, KeyValuePair.Create("node", (object?)i))));
        _meter.CreateObservableCounter("sent", () => 1000L, "By");
        Assert.Contains("queue 17\n", _page.Format(), StringComparison.Ordinal);

        (queue, nodes) = (0, 1);

        Assert.Equal(
            """
            # TYPE nodes gauge
            nodes{node="0"} 0
            # TYPE queue gauge
            queue 10
            # TYPE sent_bytes_total counter
            sent_bytes_total 1000

            """, _page.Format());
    }

    [Fact]
    public void Meters_of_other_names_are_not_shown()
    {
        using var other = new Meter($"{_meter.Name}.other");
        other.CreateCounter<int>("others").Add(1);

        Assert.Equal("", _page.Format());
    }

    [Fact]
    public void Further_combinations_of_tags_are_counted_together()
    {
        var counter = _meter.CreateCounter<int>("many");
        for (var i = 0; i < 5000; i++)
            counter.Add(1, KeyValuePair.Create("id", (object?)i));

        var lines = _page.Format().Split('\n', StringSplitOptions.RemoveEmptyEntries);

        Assert.Equal(1 + 1001, lines.Length);
        Assert.Contains("many_total{otel_metric_overflow=\"true\"} 4000", lines, StringComparer.Ordinal);
    }

    [Fact]
    public async Task Threads_lose_nothing()
    {
        var counter = _meter.CreateCounter<long>("parallel");
        var duration = _meter.CreateHistogram<double>("parallel.time", "s");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 10_000; i++)
            {
                counter.Add(1, KeyValuePair.Create("tag", (object?)(i % 3)));
                duration.Record(1);
            }
        })));

        var page = _page.Format();

        Assert.Equal(40_000, page.Split('\n').Where(line => line.StartsWith("parallel_total{", StringComparison.Ordinal))
            .Sum(line => int.Parse(line.Split(' ')[1], CultureInfo.InvariantCulture)));
        Assert.Contains("parallel_time_seconds_count 40000\n", page, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("actorpool.workers", "{worker}", "actorpool_workers")]
    [InlineData("memory", "By", "memory_bytes")]
    [InlineData("memory.bytes", "By", "memory_bytes")]
    [InlineData("load", "1", "load_ratio")]
    [InlineData("9-lives", null, "_9_lives")]
    [InlineData("speed", "m/s", "speed_m_s")]
    public void A_gauge_gets_the_name_that_OpenTelemetry_gives_it(string name, string? unit, string expected) =>
        Assert.Equal(expected, MetricName.Create(_meter.CreateGauge<int>(name, unit)));
}
