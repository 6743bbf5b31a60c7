using Akka.Actor;
using Akka.TestKit;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Gathering;
using ActorPool.Hosting;

namespace ActorPool.Tests.Simulation;

/// <summary>One random course of events: some jobs, some nodes, and what happens to them; then the checks.</summary>
internal sealed class Schedule
{
    private static readonly TimeSpan s_end = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan s_help = TimeSpan.FromSeconds(40);

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
        _coordinator = Stage.Actor(stage, CoordinatorActor.PropsFor(_pool));
    }

    /// <summary>Runs one course of events.</summary>
    /// <returns>What happened.</returns>
    /// <exception cref="InvalidOperationException">Something happened that must not; the message has the seed and the end of the trace.</exception>
    public static async Task<IReadOnlyList<string>> RunAsync(int seed, IActorRef stage, TestScheduler scheduler, PoolSettings settings)
    {
        var schedule = new Schedule(seed, stage, scheduler, settings);
        try
        {
            schedule.Prepare();
            schedule._world.RunUntil(() => schedule._cases.TrueForAll(one => one.IsOver), s_end);
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
        _world.After(s_help, AddNode); // whatever happens to the others, the jobs can end

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
        _world.After(TimeSpan.FromSeconds(3), () => _cases.RemoveAll(one => one.IsPlaceholder)); // all jobs have begun
        for (var i = random.Next(0, 8); i > 0; i--)
            _world.After(_world.Between(0.2, 15), Happen);
    }

    private void AddNode()
    {
        var node = new SimulatedNode(_world, _work, _coordinator, _stage, _nodes.Count + 1, _world.Random.Next(1, 4));
        _nodes.Add(node);
        node.Connect();
    }

    private void AddJob()
    {
        var random = _world.Random;
        var items = random.Next(0, 60);
        int?[] sizes = [null, 1, 3, 10];
        var options = new JobOptions { ChunkSize = sizes[random.Next(sizes.Length)], Timeout = _world.Chance(0.1) ? _world.Between(0.5, 20) : null, Name = $"job-{_cases.Count}" };
        var function = new ItemFunction<int, int>(SimulatedWork.ResultOf);
        var inputs = Enumerable.Range(0, items).ToArray();
        var failsFast = _world.Chance(0.5);
        _world.Note($"{options.Name} begins: {items} items, chunks of {options.ChunkSize?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "any"}{(failsFast ? "" : ", goes on after failures")}");
        RunningCase one;
        if (failsFast)
        {
            var job = JobFactory.Map(_pool, function, inputs, options);
            one = new RunningCase(options.Name, items, failsFast, job.Plan, job.Completion);
        }
        else
        {
            var job = JobFactory.TryMap(_pool, function, inputs, options);
            one = new RunningCase(options.Name, items, failsFast, job.Plan, job.Completion);
        }
        _cases.Add(one);
        _pool.Submit(_coordinator, one.Plan!);
        if (options.Timeout is { } timeout)
        {
            _world.After(timeout + s_slack, () =>
            {
                if (!one.IsOver)
                    throw _world.Violation($"{one.Name} goes on after its timeout of {timeout}");
            });
        }
        if (_world.Chance(0.1))
        {
            _world.After(_world.Between(0, 5), () =>
            {
                _world.Note($"{one.Name} is cancelled");
                one.IsCancelled = true;
                _coordinator.Tell(new CoordinatorActor.EndJob(one.Plan!, new OperationCanceledException("cancelled")));
            });
        }
    }

    private void Happen()
    {
        var random = _world.Random;
        if (_world.Chance(0.2))
        {
            AddNode();
            return;
        }
        var there = _nodes.FindAll(node => node.IsThere);
        if (there.Count == 0)
            return;
        var node = there[random.Next(there.Count)];
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
                node.Leave();
                break;
        }
    }

    private async Task CheckAsync()
    {
        if (_cases.Find(one => !one.IsOver) is { } hanging)
            throw _world.Violation($"{hanging.Name} has not ended");
        foreach (var one in _cases)
            await CheckAsync(one);
        _world.RunUntil(() => _pool.Counters.Snapshot() is { Busy: 0, Jobs: 0 }, s_end + TimeSpan.FromMinutes(5));
        if (_pool.Counters.Snapshot() is var left && left is not { Busy: 0, Jobs: 0 })
            throw _world.Violation($"something is left: {left}");
    }

    private async Task CheckAsync(RunningCase one)
    {
        switch (one.Completion)
        {
            case Task<int[]> { IsCompletedSuccessfully: true } map:
                if (!(await map).SequenceEqual(Enumerable.Range(0, one.Items).Select(SimulatedWork.ResultOf)))
                    throw _world.Violation($"{one.Name} has wrong results");
                if (_work.Failing.Any(index => index < one.Items) || _work.Poisonous.Any(index => index < one.Items))
                    throw _world.Violation($"{one.Name} succeeded although an item fails");
                CheckRuns(one);
                break;
            case Task<ItemResult<int>[]> { IsCompletedSuccessfully: true } tries:
                CheckItems(one, await tries);
                CheckRuns(one);
                break;
            default:
                CheckError(one, one.Completion.Exception?.InnerException ?? new OperationCanceledException());
                break;
        }
    }

    private void CheckItems(RunningCase one, ItemResult<int>[] results)
    {
        if (results.Length != one.Items)
            throw _world.Violation($"{one.Name} has {results.Length} results of {one.Items}");
        for (var i = 0; i < results.Length; i++)
        {
            var result = results[i];
            if (result.Index != i || (result.IsSuccess && result.Value != SimulatedWork.ResultOf(i)))
                throw _world.Violation($"{one.Name} has a wrong result at {i}");
            if (result.IsSuccess == (_work.Failing.Contains(i) || _work.Poisonous.Contains(i)) && (result.IsSuccess || !IsUnlucky(one, i, result.Error!)))
                throw _world.Violation($"{one.Name}'s item {i} {(result.IsSuccess ? "succeeded" : $"failed: {result.Error}")}");
        }
    }

    private void CheckError(RunningCase one, Exception error)
    {
        var isExpected = error switch
        {
            WorkItemException item => item.Index < one.Items && one.FailsFast && (_work.Failing.Contains(item.Index) || _work.Poisonous.Contains(item.Index) || IsUnlucky(one, item.Index, item)),
            OperationCanceledException => one.IsCancelled,
            TimeoutException => one.Plan!.Options.Timeout is not null,
            _ => false,
        };
        if (!isExpected)
            throw _world.Violation($"{one.Name} failed: {error}");
    }

    /// <summary>An innocent item may have looked guilty.</summary>
    private bool IsUnlucky(RunningCase one, long index, WorkItemException failure) =>
        failure.InnerException is PoisonItemException && _work.MayBeBlamed(one.Plan!, index);

    /// <summary>Where nobody was lost, nothing runs twice, whoever joins and leaves.</summary>
    private void CheckRuns(RunningCase one)
    {
        for (var index = 0; index < one.Items && !_hasLosses; index++)
        {
            if (_work.RunsOf(one.Plan!, index) != 1)
                throw _world.Violation($"{one.Name}'s item {index} ran {_work.RunsOf(one.Plan!, index)} times, and no node was lost");
        }
    }

    private sealed record RunningCase(string Name, int Items, bool FailsFast, JobPlan? Plan, Task Completion)
    {
        public bool IsCancelled { get; set; }

        public bool IsPlaceholder { get; init; }

        public bool IsOver => !IsPlaceholder && Completion.IsCompleted;
    }
}
