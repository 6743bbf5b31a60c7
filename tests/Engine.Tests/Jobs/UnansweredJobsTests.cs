using ActorPool.Jobs;

namespace ActorPool.Tests.Jobs;

public sealed class UnansweredJobsTests
{
    [Fact]
    public void A_job_is_here_from_its_start_to_its_answer()
    {
        var jobs = new UnansweredJobs();
        JobExecution[] all = [.. Enumerable.Range(0, 4).Select(_ => TestJobs.Map(1))];
        foreach (var job in all)
            jobs.Add(job);
        Assert.Equal(all.Reverse(), jobs.ToList());

        jobs.Remove(all[1]);
        jobs.Remove(all[1]);
        Assert.Equal([all[3], all[2], all[0]], jobs.ToList());

        jobs.Remove(all[3]);
        jobs.Remove(all[0]);
        Assert.Equal([all[2]], jobs.ToList());

        jobs.Remove(TestJobs.Map(1)); // was never here
        jobs.Remove(all[2]);
        Assert.Empty(jobs.ToList());
    }
}
