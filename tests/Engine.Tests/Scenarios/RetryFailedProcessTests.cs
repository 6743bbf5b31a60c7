using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>Failed items of a running job run again by order, in worker processes.</summary>
[Collection(ManyProcesses.Name)]
public sealed class RetryFailedProcessTests : IDisposable
{
    private const int Items = 30;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-retry-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Those_that_threw_and_those_that_ended_their_processes_get_new_outcomes()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions
        {
            Workers = 3,
            Isolation = WorkerIsolation.Process,
            Config = "actorpool.worker-losses = 1",
        });
        var gate = new Gate();
        var repaired = Path.Combine(_folder.FullName, "repaired");
        var job = pool.StartTryMap(
            x =>
            {
                if (x == Items - 1)
                    gate.Pass();
                if (x % 10 == 3 && !File.Exists(repaired))
                    throw new FormatException($"no {x}");
                if (x == 7 && !File.Exists(repaired))
                    Environment.FailFast("killed by item 7");
                return x * 10;
            },
            Enumerable.Range(0, Items).ToArray(), new JobOptions { ChunkSize = 1 });
        await Deadline.Until(() => job.Progress.Done == Items - 1, "all outcomes but one", pool);
        Assert.Equal(4, job.Progress.Failed);
        await File.WriteAllTextAsync(repaired, "");

        var answer = await job.RetryFailedAsync().Within("the answer", pool);

        Assert.Equal(4, answer.Again);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, Items).Select(x => x * 10), (await job.Within("the job", pool)).Select(one => one.Value));
        Assert.Equal((Items, 0L), (job.Progress.Done, job.Progress.Failed));
    }
}
