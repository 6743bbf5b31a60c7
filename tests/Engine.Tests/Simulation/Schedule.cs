using System.Globalization;
using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;
using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.Tests.Simulation;

/// <summary>Runs one random course of events with some jobs and nodes, and checks the outcomes.</summary>
internal sealed class Schedule
{
    private static readonly TimeSpan s_end = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_lastNodeJoins = TimeSpan.FromSeconds(40);

    private readonly IActorRef _stage;
    private readonly World _world;
    private readonly SimulatedWork _work;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly List<SimulatedNode> _nodes = [];
    private readonly List<RunningCase> _cases = [];
    private bool _hasLosses;

    private Schedule(int seed, IActorRef stage, TestScheduler scheduler, PoolSettings settings)
    {
        _stage = stage;
        _world = new World(seed, scheduler);
        _work = new SimulatedWork(_world) { WorkerLosses = settings.WorkerLosses };
        _pool = new PoolState(settings);
        _coordinator = Stage.CreateActor(stage, CoordinatorActor.PropsFor(_pool));
    }

    /// <summary>Runs the course of events of a seed.</summary>
    /// <returns>The events, one line each.</returns>
    /// <exception cref="TestKit.ScheduleException">A guarantee was broken; the message has the seed and the end of the trace.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(int seed, IActorRef stage, TestScheduler scheduler, PoolSettings settings)
    {
        var schedule = new Schedule(seed, stage, scheduler, settings);
        try
        {
            schedule.Prepare();
            schedule._world.RunUntil(() => schedule._cases.TrueForAll(running => running.IsOver), s_end);
            await schedule.CheckAsync();
            return schedule._world.Trace;
        }
        finally
        {
            stage.Tell(schedule._coordinator);
            foreach (var node in schedule._nodes)
                stage.Tell(node.LinkActor);
        }
    }

    private void Prepare()
    {
        var random = _world.Random;
        for (var i = random.Next(1, 5); i > 0; i--)
            _world.After(_world.Between(0, 1), AddNode);
        _world.After(s_lastNodeJoins, AddNode); // the jobs can end whatever happens to the other nodes

        if (_world.Chance(0.3))
            _work.Failing.Add(random.Next(0, 60));
        if (_world.Chance(0.15))
        {
            _hasLosses = true;
            _work.Poisonous.Add(random.Next(0, 60));
        }
        for (var i = random.Next(1, 4); i > 0; i--)
            _world.After(_world.Between(0, 3), AddJob);
        _cases.Add(new RunningCase("none", Items: 0, FailsFast: true, null, Task.CompletedTask) { IsPlaceholder = true });
        _world.After(TimeSpan.FromSeconds(3), () => _cases.RemoveAll(running => running.IsPlaceholder)); // all jobs have started
        for (var i = random.Next(0, 8); i > 0; i--)
            _world.After(_world.Between(0.2, 15), DisturbNode);
        if (_world.Chance(0.2))
            _world.After(_world.Between(0.1, 2), () => ReplaceNodes(random.Next(4, 12)));
    }

    private void AddNode()
    {
        var node = new SimulatedNode(_world, _work, _coordinator, _stage, _nodes.Count + 1, _world.Random.Next(1, 4));
        _nodes.Add(node);
        node.Connect();
    }

    /// <summary>Lets nodes leave one after another while they run chunks, and adds another for each.</summary>
    private void ReplaceNodes(int times)
    {
        if (times == 0)
            return;
        _nodes.Find(node => node.IsThere)?.Leave(_world.Between(0, 0.3));
        AddNode();
        _world.After(_world.Between(0.05, 0.5), () => ReplaceNodes(times - 1));
    }

    private void AddJob()
    {
        var random = _world.Random;
        var items = random.Next(0, 60);
        int?[] sizes = [null, 1, 3, 10];
        var options = new JobOptions
        {
            ChunkSize = sizes[random.Next(sizes.Length)],
            Timeout = _world.Chance(0.1) ? _world.Between(0.5, 20) : null,
            Name = $"job-{_cases.Count}",
        };
        var function = new ItemFunction<int, int>(SimulatedWork.GetResult);
        var range = Enumerable.Range(0, items);
        var hasSource = _world.Chance(0.4); // that is read as far as the window allows
        IEnumerable<int> inputs = hasSource ? range.Where(_ => true) : range.ToArray();
        var failsFast = _world.Chance(0.5);
        var size = options.ChunkSize?.ToString(CultureInfo.InvariantCulture) ?? "any";
        var origin = hasSource ? "a source" : "memory";
        _world.Note(
            $"{options.Name} starts: {items} items of {origin}, chunks of {size}{(failsFast ? "" : ", goes on after failures")}");
        RunningCase running;
        if (failsFast)
        {
            var job = JobFactory.Map(_pool, function, inputs, options);
            running = new RunningCase(options.Name, items, failsFast, job.Execution, job.Completion);
        }
        else
        {
            var job = JobFactory.TryMap(_pool, function, inputs, options);
            running = new RunningCase(options.Name, items, failsFast, job.Execution, job.Completion);
        }
        _cases.Add(running);
        _pool.Submit(_coordinator, running.Execution!);
        if (options.Timeout is { } timeout)
        {
            _world.After(timeout + s_slack, () =>
            {
                if (!running.IsOver)
                    throw _world.CreateViolation($"{running.Name} goes on after its timeout of {timeout}");
            });
        }
        if (_world.Chance(0.1))
        {
            _world.After(_world.Between(0, 5), () =>
            {
                _world.Note($"{running.Name} is cancelled");
                running.IsCancelled = true;
                _coordinator.Tell(new JobProtocol.EndJob(running.Execution!, new OperationCanceledException("cancelled")));
            });
        }
    }

    private void DisturbNode()
    {
        var random = _world.Random;
        if (_world.Chance(0.2))
        {
            AddNode();
            return;
        }
        var present = _nodes.FindAll(node => node.IsThere);
        if (present.Count == 0)
            return;
        var node = present[random.Next(present.Count)];
        switch (random.Next(4))
        {
            case 0:
                _hasLosses = true;
                node.Die(_world.Chance(0.5) ? _world.Between(0.1, 5) : null);
                break;
            case 1:
                _hasLosses = true;
                node.BreakConnection();
                break;
            case 2:
                _hasLosses = true;
                node.Freeze(_world.Between(0.5, 12));
                break;
            default:
                EndInOrder(node);
                break;
        }
    }

    private void EndInOrder(SimulatedNode node)
    {
        switch (_world.Random.Next(5))
        {
            case 0:
                node.Leave();
                break;
            case 1:
                node.EndAtOnce();
                break;
            case 2:
                node.Leave(_world.Between(0, 2), SimulatedNode.Ending.SaysFarewell);
                break;
            case 3:
                _hasLosses = true; // what it has run but not reported runs twice
                node.Leave(_world.Between(0, 2), SimulatedNode.Ending.IsKilled);
                break;
            default:
                node.Leave(_world.Between(0, 2));
                break;
        }
    }

    private async Task CheckAsync()
    {
        if (_cases.Find(running => !running.IsOver) is { } hanging)
            throw _world.CreateViolation($"{hanging.Name} has not ended");
        foreach (var running in _cases)
            await CheckAsync(running);
        _world.RunUntil(() => _pool.Counters.Snapshot() is { Busy: 0, Jobs: 0 }, s_end + TimeSpan.FromMinutes(5));
        if (_pool.Counters.Snapshot().ItemsHandedBack is var handedBack && handedBack > _work.ItemsHandedBack)
            throw _world.CreateViolation($"{handedBack} items are counted as handed back, and {_work.ItemsHandedBack} were");
        if (_pool.Counters.Snapshot() is var remaining && remaining is not { Busy: 0, Jobs: 0 })
            throw _world.CreateViolation($"jobs or busy workers remain: {remaining}");
    }

    private async Task CheckAsync(RunningCase running)
    {
        switch (running.Completion)
        {
            case Task<int[]> { IsCompletedSuccessfully: true } map:
                if (!(await map).SequenceEqual(Enumerable.Range(0, running.Items).Select(SimulatedWork.GetResult)))
                    throw _world.CreateViolation($"{running.Name} has wrong results");
                if (_work.Failing.Any(index => index < running.Items) || _work.Poisonous.Any(index => index < running.Items))
                    throw _world.CreateViolation($"{running.Name} succeeded although an item fails");
                CheckRuns(running);
                break;
            case Task<ItemResult<int>[]> { IsCompletedSuccessfully: true } tries:
                CheckItems(running, await tries);
                CheckRuns(running);
                break;
            default:
                CheckError(running, running.Completion.Exception?.InnerException ?? new OperationCanceledException());
                break;
        }
    }

    private void CheckItems(RunningCase running, ItemResult<int>[] results)
    {
        if (results.Length != running.Items)
            throw _world.CreateViolation($"{running.Name} has {results.Length} results of {running.Items}");
        for (var i = 0; i < results.Length; i++)
        {
            var result = results[i];
            if (result.Index != i || (result.IsSuccess && result.Value != SimulatedWork.GetResult(i)))
                throw _world.CreateViolation($"{running.Name} has a wrong result at {i}");
            if (result.IsSuccess == (_work.Failing.Contains(i) || _work.Poisonous.Contains(i))
                && (result.IsSuccess || !MayBeGivenUp(running, i, result.Error!)))
            {
                throw _world.CreateViolation($"{running.Name}'s item {i} {(result.IsSuccess ? "succeeded" : $"failed: {result.Error}")}");
            }
        }
    }

    private void CheckError(RunningCase running, Exception error)
    {
        var isExpected = error switch
        {
            WorkItemException item => item.Index < running.Items && running.FailsFast
                && (_work.Failing.Contains(item.Index) || _work.Poisonous.Contains(item.Index) || MayBeGivenUp(running, item.Index, item)),
            OperationCanceledException => running.IsCancelled,
            TimeoutException => running.Execution!.Options.Timeout is not null,
            _ => false,
        };
        if (!isExpected)
            throw _world.CreateViolation($"{running.Name} failed: {error}");
    }

    /// <summary>Whether an innocent item may have been given up as a poison item.</summary>
    private bool MayBeGivenUp(RunningCase running, long index, WorkItemException failure) =>
        failure.InnerException is PoisonItemException && _work.MayBeGivenUp(running.Execution!, index);

    /// <summary>Checks that nothing ran twice, if no node was lost, though nodes joined and left.</summary>
    private void CheckRuns(RunningCase running)
    {
        for (var index = 0; index < running.Items && !_hasLosses; index++)
        {
            if (_work.GetRuns(running.Execution!, index) is var runs && runs != 1)
                throw _world.CreateViolation($"{running.Name}'s item {index} ran {runs} times, and no node was lost");
        }
    }

    private sealed record RunningCase(string Name, int Items, bool FailsFast, JobExecution? Execution, Task Completion)
    {
        public bool IsCancelled { get; set; }

        public bool IsPlaceholder { get; init; }

        public bool IsOver => !IsPlaceholder && Completion.IsCompleted;
    }
}
