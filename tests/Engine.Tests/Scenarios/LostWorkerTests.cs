using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Scenarios;

/// <summary>Workers that are stopped from outside at the worst moments.</summary>
/// <remarks>Every item still has exactly one outcome.</remarks>
public sealed class LostWorkerTests : PoolScenario
{
    public enum Means
    {
        Stop,
        PoisonPill,
        Kill,
    }

    [Theory]
    [InlineData(Means.Stop, 1, 1)]
    [InlineData(Means.Stop, 3, 1)]
    [InlineData(Means.Stop, 3, 3)]
    [InlineData(Means.PoisonPill, 1, 1)]
    [InlineData(Means.PoisonPill, 3, 2)]
    [InlineData(Means.PoisonPill, 3, 3)]
    [InlineData(Means.Kill, 3, 1)]
    [InlineData(Means.Kill, 3, 3)]
    public async Task Workers_that_are_stopped_while_they_run_items_change_no_result(Means means, int workers, int stopped)
    {
        if (means == Means.Kill)
            ExpectErrors();
        var pool = CreatePool(workers);
        var actors = await GetWorkers(pool);
        var gate = new Gate();
        var job = pool.StartMap(async (x, _) =>
        {
            await gate.PassAsync(CancellationToken.None);
            return x * x;
        }, Enumerable.Range(0, 40), new JobOptions { ChunkSize = 3 });
        await gate.HasArrived(workers, "items run", pool);
        foreach (var actor in actors.Take(stopped))
            StopActor(means, actor);
        await Deadline.Until(() => pool.Statistics.Lost == stopped, "the losses are noticed", pool);
        await gate.HasArrived(workers + stopped, "their items run again", pool);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 40).Select(x => x * x), await job.Within("result", pool));
        Assert.Equal(stopped, pool.Statistics.Lost);
        Assert.Equal(workers + stopped, pool.Statistics.Started);
        Assert.Equal(40, pool.Statistics.ItemsDone);
        await CheckFullCapacity(pool);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task An_item_that_stops_because_its_worker_was_stopped_has_not_failed(int workers)
    {
        var pool = CreatePool(workers);
        for (var round = 0; round < 20; round++)
        {
            var actors = await GetWorkers(pool);
            var gate = new Gate();
            var job = pool.StartMap(async (x, token) =>
            {
                await gate.PassAsync(token);
                return x;
            }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 2 });
            await gate.HasArrived(workers, $"items run, round {round}", pool);
            Sys.Stop(actors[0]);
            await gate.HasArrived(workers + 1, $"the item runs again, round {round}", pool);
            gate.Open();
            Assert.Equal(Enumerable.Range(0, 10), await job.Within($"result, round {round}", pool));
        }
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task An_item_whose_token_was_cancelled_before_the_loss_was_noticed_has_not_failed()
    {
        var pool = CreatePool(2);
        var gate = new Gate();
        var cancelled = new Gate();
        cancelled.Open();
        IActorRef? victim = null;
        var job = pool.StartMap(async (x, token) =>
        {
            if (x == 0)
                Interlocked.CompareExchange(ref victim, ThisWorker.Actor, null);
            try
            {
                await gate.PassAsync(token);
            }
            catch (OperationCanceledException)
            {
                cancelled.Pass();
                throw;
            }
            return x;
        }, Enumerable.Range(0, 8), new JobOptions { ChunkSize = 4 });
        await gate.HasArrived(2, "items run", pool);
        var coordinator = await Freeze(pool);
        Sys.Stop(victim!);
        await cancelled.HasArrived(1, "the item was cancelled", pool);
        await WaitForStop(victim!);
        gate.Open();
        coordinator.Open();
        Assert.Equal(Enumerable.Range(0, 8), await job.Within("result", pool));
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_worker_that_is_lost_between_its_last_item_and_its_report_loses_no_result()
    {
        var pool = CreatePool(2);
        var gate = new Gate();
        var ended = new Gate();
        ended.Open();
        IActorRef? victim = null;
        var job = pool.StartMap(async (x, _) =>
        {
            if (x == 0)
                victim = ThisWorker.Actor;
            await gate.PassAsync(CancellationToken.None);
            ended.Pass();
            return x + 1;
        }, Enumerable.Range(0, 2), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "items run", pool);
        var coordinator = await Freeze(pool);
        Sys.Stop(victim!);
        await WaitForStop(victim!);
        gate.Open();
        await ended.HasArrived(2, "items end", pool);
        coordinator.Open();
        Assert.Equal(Fixtures.Inputs(1, 2), await job.Within("result", pool));
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_worker_that_dies_just_before_a_round_is_dispatched_loses_no_item_and_overloads_no_other()
    {
        var pool = CreatePool(3);
        for (var round = 0; round < 5; round++)
        {
            var actors = await GetWorkers(pool);
            await CheckFullCapacity(pool);
            var coordinator = await Freeze(pool);
            var job = pool.StartMap(x => x + 1, Enumerable.Range(0, 3), new JobOptions { ChunkSize = 1 });
            Sys.Stop(actors[round % 3]);
            await WaitForStop(actors[round % 3]);
            coordinator.Open();
            Assert.Equal(Fixtures.Inputs(1, 2, 3), await job.Within($"result, round {round}", pool));
            await Deadline.Until(() => pool.Statistics.Lost == round + 1, "the loss is noticed", pool);
        }
        await CheckFullCapacity(pool);
        var later = pool.MapAsync(x => x, Enumerable.Range(0, 1000), new JobOptions { ChunkSize = 1 });
        Assert.Equal(Enumerable.Range(0, 1000), await later.Within("a later job", pool));
    }

    [Fact]
    public async Task Idle_workers_that_are_stopped_all_at_once_are_replaced()
    {
        var pool = CreatePool(4);
        for (var round = 1; round <= 10; round++)
        {
            foreach (var actor in await GetWorkers(pool))
                Sys.Stop(actor);
            await Deadline.Until(() => pool.Statistics.Lost == 4 * round, $"losses, round {round}", pool);
            await CheckFullCapacity(pool);
        }
    }

    [Fact]
    public async Task The_only_worker_can_be_stopped_again_and_again()
    {
        var pool = CreatePool(1);
        for (var round = 1; round <= 20; round++)
        {
            Sys.Stop((await GetWorkers(pool))[0]);
            await Deadline.Until(() => pool.Statistics.Lost == round, $"loss {round}", pool);
            Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within($"call {round}", pool));
        }
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_router_that_is_stopped_with_all_its_workers_is_replaced_and_no_item_is_lost()
    {
        var pool = CreatePool(3);
        for (var round = 1; round <= 3; round++)
        {
            var actors = await GetWorkers(pool);
            var gate = new Gate();
            var job = pool.StartMap(async (x, _) =>
            {
                await gate.PassAsync(CancellationToken.None);
                return x;
            }, Enumerable.Range(0, 30), new JobOptions { ChunkSize = 2 });
            await gate.HasArrived(3, "items run", pool);
            Sys.ActorSelection(actors[0].Path.Parent.ToStringWithoutAddress()).Tell(PoisonPill.Instance);
            await gate.HasArrived(6, $"the items run again, round {round}", pool);
            gate.Open();
            Assert.Equal(Enumerable.Range(0, 30), await job.Within($"result, round {round}", pool));
            await CheckFullCapacity(pool);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Workers_lost_beside_an_abandoned_one_are_replaced_while_its_function_still_runs(bool withRouter)
    {
        var pool = CreatePool(1, "abandon-after = 0ms");
        var running = new Gate();
        running.Open();
        using var stuck = new ManualResetEventSlim();
        try
        {
            var job = pool.StartMap(x =>
            {
                running.Pass();
                stuck.Wait();
                return x;
            }, new int[1]);
            await running.HasArrived(1, "function runs", pool);
            job.Cancel();
            await Deadline.Until(
                () => pool.Statistics is { Abandoned: 1, Workers: 1, Started: 2 }, "the worker is abandoned and replaced", pool);
            for (var round = 1; round <= 10; round++)
            {
                var worker = (await GetWorkers(pool))[0];
                if (withRouter)
                    Sys.ActorSelection(worker.Path.Parent.ToStringWithoutAddress()).Tell(PoisonPill.Instance);
                else
                    Sys.Stop(worker);
                await Deadline.Until(() => pool.Statistics.Lost == round, $"loss {round}", pool);
                Assert.Equal(9, await pool.ApplyAsync(Fixtures.Sqr, 3).Within($"call {round}", pool));
            }
        }
        finally
        {
            stuck.Set();
        }
    }

    [Theory]
    [InlineData(Means.Stop)]
    [InlineData(Means.PoisonPill)]
    [InlineData(Means.Kill)]
    public async Task A_supervisor_that_is_stopped_with_all_its_workers_is_replaced_and_no_item_is_lost(Means means)
    {
        if (means == Means.Kill)
            ExpectErrors();
        var pool = CreatePool(3);
        for (var round = 1; round <= 3; round++)
        {
            var actors = await GetWorkers(pool);
            var gate = new Gate();
            var job = pool.StartMap(async (x, _) =>
            {
                await gate.PassAsync(CancellationToken.None);
                return x;
            }, Enumerable.Range(0, 30), new JobOptions { ChunkSize = 2 });
            await gate.HasArrived(3, "items run", pool);
            var supervisor = Sys.ActorSelection(actors[0].Path.Parent.Parent.ToStringWithoutAddress());
            StopActor(means, await supervisor.ResolveOne(Deadline.Limit));
            await gate.HasArrived(6, $"the items run again, round {round}", pool);
            gate.Open();
            Assert.Equal(Enumerable.Range(0, 30), await job.Within($"result, round {round}", pool));
            await CheckFullCapacity(pool);
        }
        Assert.Equal((12, 9), (pool.Statistics.Started, pool.Statistics.Lost));
    }

    [Fact]
    public async Task A_supervisor_that_cannot_stop_because_a_function_does_not_return_is_still_replaced()
    {
        var pool = CreatePool(2, "worker-losses = 10");
        var running = new Gate();
        running.Open();
        using var stuck = new ManualResetEventSlim();
        try
        {
            var job = pool.StartMap(x =>
            {
                running.Pass();
                if (WorkContext.Current!.WorkerId < 2)
                    stuck.Wait();
                return x;
            }, Enumerable.Range(0, 10), new JobOptions { ChunkSize = 1 });
            await running.HasArrived(2, "functions run", pool);
            Sys.ActorSelection("/user/pool/supervisor-1").Tell(PoisonPill.Instance);
            Assert.Equal(Enumerable.Range(0, 10), await job.Within("result", pool));
            await CheckFullCapacity(pool);
        }
        finally
        {
            stuck.Set();
        }
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_pool_whose_supervisor_is_stopped_while_it_closes_ends_when_its_job_does()
    {
        var pool = CreatePool(2);
        var gate = new Gate();
        var job = pool.StartMap(async (x, _) =>
        {
            await gate.PassAsync(CancellationToken.None);
            return x;
        }, Enumerable.Range(0, 4), new JobOptions { ChunkSize = 1 });
        await gate.HasArrived(2, "items run", pool);
        var closed = pool.CloseAsync();
        Sys.ActorSelection("/user/pool/supervisor-1").Tell(PoisonPill.Instance);
        await gate.HasArrived(4, "the items run again", pool);
        gate.Open();
        Assert.Equal(Enumerable.Range(0, 4), await job.Within("result", pool));
        await closed.Within("close", pool);
    }

    [Fact]
    public async Task Workers_that_are_stopped_while_they_start_are_replaced()
    {
        var initializer = new Gate();
        var pool = CreatePool(3, with: options => options with { Initializer = initializer.Pass });
        await initializer.HasArrived(3, "workers start", pool);
        Sys.ActorSelection("/user/pool/supervisor-*/workers-*").Tell(PoisonPill.Instance);
        initializer.Open();
        var job = pool.MapAsync(x => x, Enumerable.Range(0, 9), new JobOptions { ChunkSize = 1 });
        Assert.Equal(Enumerable.Range(0, 9), await job.Within("job", pool));
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task An_item_that_stops_every_worker_is_given_up_and_the_others_are_not()
    {
        var pool = CreatePool(2);
        var runs = new int[20];
        var never = new TaskCompletionSource();
        var results = await pool.TryMapAsync(async (x, _) =>
        {
            Interlocked.Increment(ref runs[x]);
            if (x != 13)
                return x;
            Sys.Stop(ThisWorker.Actor);
            await never.Task;
            return -1;
        }, Enumerable.Range(0, 20), new JobOptions { ChunkSize = 5 }).Within("result", pool);
        Assert.Equal(Enumerable.Range(0, 20).Where(x => x != 13), results.Where(result => result.IsSuccess).Select(result => result.Value));
        var error = results[13].Error!;
        Assert.Equal(13, error.Index);
        var poison = Assert.IsType<PoisonItemException>(error.InnerException);
        Assert.Contains("Item 13", poison.Message, StringComparison.Ordinal);
        Assert.Contains("13", Assert.IsType<WorkerLostException>(poison.InnerException).Message, StringComparison.Ordinal);
        Assert.Equal(3, runs[13]);
        Assert.All(runs.Where((_, i) => i != 13), count => Assert.Equal(1, count));
        Assert.Equal(3, pool.Statistics.Lost);
        Assert.Equal(1, pool.Statistics.ItemsFailed);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task A_map_with_a_poison_item_fails_with_it()
    {
        var pool = CreatePool(2, "worker-losses = 2");
        var never = new TaskCompletionSource<int>();
        var failure = await Fixtures.FailsByItem<PoisonItemException>(pool.MapAsync((x, _) =>
        {
            if (x == 3)
                Sys.Stop(ThisWorker.Actor);
            return x == 3 ? new ValueTask<int>(never.Task) : new ValueTask<int>(x);
        }, Enumerable.Range(0, 9)), "map", pool);
        Assert.Equal(3, failure.Index);
        Assert.Equal(2, pool.Statistics.Lost);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task An_item_that_survives_its_last_chance_succeeds()
    {
        var pool = CreatePool(2, "worker-losses = 3");
        var runs = 0;
        var never = new TaskCompletionSource<int>();
        var result = await pool.ApplyAsync(_ =>
        {
            if (Interlocked.Increment(ref runs) == 3)
                return new ValueTask<int>(7);
            Sys.Stop(ThisWorker.Actor);
            return new ValueTask<int>(never.Task);
        }).Within("result", pool);
        Assert.Equal(7, result);
        Assert.Equal(2, pool.Statistics.Lost);
    }

    [Fact]
    public async Task A_function_that_returns_at_once_and_stops_its_worker_keeps_its_result()
    {
        var pool = CreatePool(2);
        var results = await pool.MapAsync(x =>
        {
            Sys.Stop(ThisWorker.Actor);
            return x;
        }, Enumerable.Range(0, 20), new JobOptions { ChunkSize = 1 }).Within("result", pool);
        Assert.Equal(Enumerable.Range(0, 20), results);
        await CheckFullCapacity(pool);
    }

    [Fact]
    public async Task The_nested_job_of_a_lost_worker_goes_on_and_its_slot_is_reclaimed()
    {
        var pool = CreatePool(1);
        var inner = new Gate();
        var outer = new Gate();
        IActorRef? victim = null;
        var runs = 0;
        var job = pool.ApplyAsync(async _ =>
        {
            victim = ThisWorker.Actor;
            if (Interlocked.Increment(ref runs) == 1)
                return await pool.ApplyAsync(async _ =>
                {
                    await inner.PassAsync(CancellationToken.None);
                    return 1;
                }, cancellationToken: CancellationToken.None);
            await outer.PassAsync(CancellationToken.None);
            return 2;
        });
        await inner.HasArrived(1, "inner item runs", pool);
        Sys.Stop(victim!);
        await Deadline.Until(() => pool.Statistics.Lost == 1, "the loss is noticed", pool);
        inner.Open();
        outer.Open();
        Assert.Equal(2, await job.Within("outer job", pool));
        await CheckFullCapacity(pool);
    }

    private void StopActor(Means means, IActorRef actor)
    {
        if (means == Means.Stop)
            Sys.Stop(actor);
        else
            actor.Tell(means == Means.Kill ? Kill.Instance : PoisonPill.Instance);
    }
}
