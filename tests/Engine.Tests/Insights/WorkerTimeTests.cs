using ActorPool.Insights;
using ActorPool.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Insights;

/// <summary>The time that workers had is counted while they come and go.</summary>
public sealed class WorkerTimeTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void Each_number_of_workers_counts_for_as_long_as_it_lasted()
    {
        var time = new WorkerTime(_clock, Workers: 0, _clock.GetTimestamp(), TimeSpan.Zero);
        var expected = TimeSpan.Zero;
        var workers = 0;
        foreach (var (next, seconds) in new[] { (6, 20), (4, 9), (0, 5), (16, 3), (1, 0), (2, 7) })
        {
            time = time.Change(next);
            workers = next;
            _clock.Now += TimeSpan.FromSeconds(seconds);
            expected += workers * TimeSpan.FromSeconds(seconds);
            Assert.Equal(expected, time.Until(_clock.GetTimestamp()));
        }
    }

    [Fact]
    public async Task A_job_counts_workers_that_come_while_it_runs_from_then_on()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, TimeProvider = _clock });
        await Deadline.Until(() => pool.Statistics.Workers == 2, "the workers", pool);
        var gate = new Gate();
        var job = pool.StartMap(
            async (x, _) =>
            {
                await gate.PassAsync(CancellationToken.None);
                return x;
            },
            Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "an item on each worker", pool);
        _clock.Now += TimeSpan.FromSeconds(10);
        AssertTimes(job.Insights.Time, working: 0, all: 20); // the program does not know what is in flight

        pool.Coordinator.Tell(new JobProtocol.Grow(4), ActorRefs.NoSender);
        await gate.HasArrived(4, "an item on each of the new ones", pool);
        _clock.Now += TimeSpan.FromSeconds(5);
        AssertTimes(job.Insights.Time, working: 0, all: 40);
        var report = await pool.Coordinator.Ask<JobReport>(new JobProtocol.DescribeJob(1)).Within("the report", pool);
        AssertTimes(report.Time, working: 40, all: 40);
        gate.Open();
        await job.Completion.Within("the job", pool);
        _clock.Now += TimeSpan.FromSeconds(100); // after its end

        await Deadline.Until(() => job.Insights.Chunks.Count == 4, "the last chunk", pool);
        AssertTimes(job.Insights.Time, working: 40, all: 40);
    }

    private static void AssertTimes(JobTimes times, double working, double all)
    {
        Assert.Equal(working, times.Working.TotalSeconds, tolerance: 0.001);
        Assert.Equal(all, (times.Working + times.Waiting + times.Transferring + times.Idle).TotalSeconds, tolerance: 0.001);
    }
}
