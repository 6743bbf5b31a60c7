using System.Diagnostics;
using System.Globalization;
using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.Remoting;
using Akka.Actor;

namespace ActorPool.Benchmarks.Scale;

/// <summary>Measures a real coordinator with stand-ins for its links.</summary>
internal static class CoordinatorCost
{
    private const int Batch = 128; // ends of chunks that are in its mailbox together; a node holds more
    private const int Batches = 400;
    private const int WarmUp = 200;

    /// <summary>Measures what the end of a chunk and the start of the next cost.</summary>
    /// <param name="nodes">Nodes of <see cref="ScaleCosts.WorkersPerNode"/> workers, all of them busy.</param>
    /// <returns>Microseconds; the lower quartile of batches, since other programs can only add.</returns>
    public static double Measure(int nodes)
    {
        var options = new WorkerPoolOptions { Workers = 1, Config = "akka.loglevel = WARNING" };
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)) with { Workers = 0, IsCluster = true };
        var system = SystemStarter.Start(settings);
        try
        {
            var pool = new PoolState(settings);
            var coordinator = system.ActorOf(CoordinatorActor.PropsFor(pool), settings.Name);
            var chunks = new StandInLink.Shared();
            var full = nodes * ScaleCosts.WorkersPerNode * (1 + settings.Cluster.Prefetch);
            var inputs = new byte[full + ((WarmUp + Batches + 1) * Batch)];
            var (job, _) = JobFactory.MapInto(
                pool, new ItemFunction<byte, byte>(static x => x), inputs, new byte[inputs.Length], new JobOptions { ChunkSize = 1 });
            for (var node = 0; node < nodes; node++)
            {
                var link = new StandInLink((ExtendedActorSystem)system, node, chunks);
                coordinator.Tell(new NodeProtocol.NodeReady(node, link, link.Path.Name, ScaleCosts.WorkersPerNode), ActorRefs.NoSender);
            }
            pool.Submit(coordinator, job);
            var random = new Random(1);
            Wait(chunks, nodes * ScaleCosts.WorkersPerNode);
            Return(coordinator, chunks.TakeEnded(1, random)); // a chunk that was short: from now on, chunks wait at the nodes
            Wait(chunks, full + 1);
            var times = new List<double>();
            for (var i = 0; i < WarmUp + Batches; i++)
            {
                var ended = chunks.TakeEnded(Batch, random);
                var target = chunks.Count + Batch;
                var since = Stopwatch.GetTimestamp();
                Return(coordinator, ended);
                Wait(chunks, target);
                if (i >= WarmUp)
                    times.Add(Elapsed.Milliseconds(since) * 1000 / Batch);
            }
            return Quantiles.Quantile([.. times], 0.25);
        }
        finally
        {
            ShutdownGate.TerminateAsync(system).GetAwaiter().GetResult();
        }
    }

    private static void Return(IActorRef coordinator, Lease[] ended)
    {
        foreach (var one in ended)
            coordinator.Tell(one, ActorRefs.NoSender);
    }

    private static void Wait(StandInLink.Shared chunks, int count)
    {
        var spin = new SpinWait();
        var since = Stopwatch.GetTimestamp();
        while (chunks.Count < count)
        {
            spin.SpinOnce(sleep1Threshold: -1);
            if (Elapsed.Milliseconds(since) > 120_000)
            {
                throw new TimeoutException(string.Create(
                    CultureInfo.InvariantCulture, $"[{chunks.Count}] of [{count}] chunks were handed out."));
            }
        }
    }
}
