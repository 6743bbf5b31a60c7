using ActorPool.Diagnostics;
using ActorPool.Tests.Scenarios;
using ActorPool.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Metrics;

namespace ActorPool.Tests.Insights;

/// <summary>Instruments, statistics, progress and insights count the same things, and must agree.</summary>
public sealed class CountsAgreeTests : PoolScenario
{
    [Fact]
    public async Task After_failures_retries_and_a_loss_all_counts_agree()
    {
        const string Name = "counts-agree";
        var metrics = new List<MetricSnapshot>();
        Instruments.Publish();
        using var provider = Sdk.CreateMeterProviderBuilder().AddMeter(Instruments.Name).AddInMemoryExporter(metrics).Build();
        var pool = CreatePool(1, with: options => options with { Name = Name });
        var worker = (await GetWorkers(pool))[0];
        var gate = new Gate();
        var last = new LastReport();
        var hasFailed = false;

        var mapped = pool.TryMapAsync(
            async (x, _) =>
            {
                if (x == 8)
                    await gate.PassAsync(CancellationToken.None);
                if (x == 3 || (x == 5 && !Interlocked.Exchange(ref hasFailed, true)))
                    throw new FormatException();
                return x;
            },
            Enumerable.Range(0, 12).ToArray(), new JobOptions { ChunkSize = 3, Retries = 1, Progress = last, Name = "all" });
        await gate.HasArrived(1, "the item that loses its worker", pool);
        Sys.Stop(worker);
        await gate.HasArrived(2, "it runs again", pool);
        gate.Open();
        var results = await mapped.Within("the job", pool);
        await WaitUntilIdle(pool);
        provider.ForceFlush();

        var insights = pool.State.Archive.ToList().Single(job => job.Summary.Name is "all").Describe();
        var (progress, statistics) = (last.Report!, pool.Statistics);
        // Items 3 and 5 ran twice after an exception, and item 8 after the loss of its worker.
        Assert.Equal((12L, 1L, 3L, JobState.Succeeded), (progress.Done, progress.Failed, progress.Retried, progress.State));
        Assert.Equal(results.Count(result => !result.IsSuccess), progress.Failed);
        Assert.Equal(
            (progress.Done, progress.Failed, progress.Retried),
            (insights.Progress.Done, insights.Progress.Failed, insights.Progress.Retried));
        Assert.Equal(progress.Failed, insights.Failures.Sum(group => group.Count));
        Assert.Equal(
            (progress.Done, progress.Failed, progress.Retried), (statistics.ItemsDone, statistics.ItemsFailed, statistics.ItemsRetried));
        Assert.Equal(progress.Done - progress.Failed, Read("actorpool.items", "completed"));
        Assert.Equal(progress.Failed, Read("actorpool.items", "failed"));
        Assert.Equal(progress.Retried, Read("actorpool.item.retries"));
        var returned = insights.Chunks.Where(chunk => chunk.State != ChunkState.Requeued).ToList();
        Assert.Equal(returned.Count, Read("actorpool.chunks"));
        Assert.Equal(returned.Count, insights.Holders.Sum(holder => holder.Chunks));
        Assert.Equal((returned.Count, returned.Sum(chunk => chunk.Work.TotalSeconds)), ReadTimes("actorpool.chunk.duration"), s_close);
        Assert.Equal(1, Read("actorpool.worker.losses"));
        Assert.Equal(1, insights.Holders.Sum(holder => holder.Lost));
        Assert.InRange(insights.Requeued, 1, 3);
        Assert.Equal((1, insights.Progress.Elapsed.TotalSeconds), ReadTimes("actorpool.job.duration"), s_close);

        long Read(string instrument, string? tag = null) => FindPoints(instrument, tag).Sum(point => point.GetSumLong());

        (int, double) ReadTimes(string instrument) => FindPoints(instrument, tag: null)
            .Aggregate((0, 0.0), (sum, point) => (sum.Item1 + (int)point.GetHistogramCount(), sum.Item2 + point.GetHistogramSum()));

        List<MetricPoint> FindPoints(string instrument, string? tag)
        {
            var points = new List<MetricPoint>();
            foreach (var metric in metrics.Where(metric => string.Equals(metric.Name, instrument, StringComparison.Ordinal)))
            {
                foreach (var point in metric.MetricPoints)
                {
                    var tags = new List<string?>();
                    foreach (var (_, value) in point.Tags)
                        tags.Add(value?.ToString());
                    if (tags.Contains(Name) && (tag is null || tags.Contains(tag)))
                        points.Add(point);
                }
            }
            return points;
        }
    }

    private static readonly EqualityComparer<(int Count, double Seconds)> s_close = EqualityComparer<(int Count, double Seconds)>.Create(
        (one, other) => one.Count == other.Count && Math.Abs(one.Seconds - other.Seconds) < 0.001, one => one.Count);

    private sealed class LastReport : IProgress<JobProgress>
    {
        private JobProgress? _report;

        public JobProgress? Report => Volatile.Read(ref _report);

        void IProgress<JobProgress>.Report(JobProgress value) => Volatile.Write(ref _report, value);
    }
}
