using Akka.Actor;

namespace ActorPool.Soak;

/// <summary>Runs lanes of random jobs while workers are stopped.</summary>
/// <remarks>Every few seconds the lanes pause, and the pool must come to rest with all of its workers.</remarks>
internal sealed class Run(WorkerPool pool, ActorSystem system, int seed)
{
    private const int Lanes = 8;
    private static readonly TimeSpan s_round = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan s_maxWait = TimeSpan.FromSeconds(60);

    private readonly Health _health = new();
    private long _jobs;

    public long Jobs => Volatile.Read(ref _jobs);

    public async Task ForAsync(TimeSpan length)
    {
        var started = TimeProvider.System.GetTimestamp();
        for (var round = 0; TimeProvider.System.GetElapsedTime(started) < length; round++)
        {
            using var ended = new CancellationTokenSource(s_round);
            var stuck = new ManualResetEventSlim();
            var lanes = Enumerable.Range(0, Lanes)
                .Select(lane => RunLaneAsync(new Random(HashCode.Combine(seed, round, lane)), stuck, ended.Token)).ToArray();
            await SabotageAsync(new Random(HashCode.Combine(seed, round)), ended.Token);
            await Task.WhenAll(lanes);
            stuck.Set();
            await AwaitRestAsync();
            // Not inside the last job's continuation: the stack would still hold the job's objects.
            await Task.Run(_health.Sample);
            if (round % 2 == 1)
                Console.WriteLine($"{TimeProvider.System.GetElapsedTime(started):mm\\:ss} {Jobs} jobs, {_health}, {pool.Statistics}");
        }
        _health.Check();
    }

    private async Task RunLaneAsync(Random random, ManualResetEventSlim stuck, CancellationToken ended)
    {
        var jobs = new RandomJobs(pool, random, stuck);
        while (!ended.IsCancellationRequested)
        {
            var (name, job) = jobs.CreateNext();
            try
            {
                await job().WaitAsync(s_maxWait, CancellationToken.None);
            }
            catch (Exception e)
            {
                throw new ViolationException($"{name} ended with", e);
            }
            Interlocked.Increment(ref _jobs);
        }
    }

    /// <summary>Stops a worker now and then, also while it runs an item.</summary>
    private async Task SabotageAsync(Random random, CancellationToken ended)
    {
        var workers = system.ActorSelection("/user/pool/supervisor-*/workers-*/*");
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        while (!ended.IsCancellationRequested && await timer.WaitForNextTickAsync(CancellationToken.None))
        {
            if (random.Next(10) != 0)
                continue;
            if (random.Next(10) == 0)
                workers.Tell(PoisonPill.Instance); // all of them at once, and so the router
            var kills = random.Next(2) == 0;
            workers.Tell(new Identify(null), system.ActorOf(Props.Create(() => new Assassin(kills))));
        }
    }

    private async Task AwaitRestAsync()
    {
        var started = TimeProvider.System.GetTimestamp();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (pool.Statistics is not { Busy: 0, Jobs: 0 } || pool.Statistics.Workers != pool.Workers)
        {
            ViolationException.ThrowUnless(
                TimeProvider.System.GetElapsedTime(started) < s_maxWait, "The pool did not come back to rest with all of its workers.");
            await timer.WaitForNextTickAsync();
        }
    }

    /// <summary>Stops the first worker that answers.</summary>
    private sealed class Assassin : ReceiveActor
    {
        public Assassin(bool kills) => Receive<ActorIdentity>(found =>
        {
            if (kills)
                found.Subject.Tell(Kill.Instance);
            else
                ((IInternalActorRef)found.Subject).Stop();
            Context.Stop(Self);
        });
    }
}
