using ActorPool.Jobs;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>A link that fails by its own error loses its session, and no job waits.</summary>
[Collection(ManyProcesses.Name)]
public sealed class FailedLinkTests
{
    [Fact]
    public async Task What_a_worker_process_ran_runs_again_in_the_next_one()
    {
        var folder = Directory.CreateTempSubdirectory("actorpool-link-");
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.Process });
        var seen = Path.Combine(folder.FullName, "seen");
        var map = pool.MapAsync(async x =>
        {
            if (x == 2 && !File.Exists(seen))
            {
                await File.WriteAllTextAsync(seen, "");
                await new TaskCompletionSource().Task; // never
            }
            return x + 1;
        }, Enumerable.Range(0, 5), new JobOptions { ChunkSize = 1 });
        await Deadline.Until(() => File.Exists(seen), "the item runs", pool);

        Fail(pool, "processes/*");

        Assert.Equal(Enumerable.Range(1, 5), await map.Within("the map", pool));
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task What_a_node_ran_runs_again_in_the_next_session()
    {
        var gate = new Gate(); // captured: what was lost runs again in a worker process of the node
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        await using var pool = await WorkerPool.ConnectAsync(node.Address).Within("the connection");
        var map = pool.MapAsync(async (x, token) =>
        {
            if (x == 2)
                await gate.PassAsync(token);
            return x + 1;
        }, Enumerable.Range(0, 5), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(1, "the item runs", pool);

        Fail(pool, "nodes/*");

        await gate.HasArrived(2, "it runs again", pool);
        gate.Open();
        Assert.Equal(Enumerable.Range(1, 5), await map.Within("the map", pool));
    }

    private static void Fail(WorkerPool pool, string links) =>
        new ActorSelection(pool.Coordinator, links).Tell(new NodeProtocol.PublishBroadcast(null!), ActorRefs.NoSender);
}
