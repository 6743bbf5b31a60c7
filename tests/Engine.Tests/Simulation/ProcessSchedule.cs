using ActorPool.Configuration;
using ActorPool.Coordination;
using ActorPool.Jobs;
using ActorPool.TestKit.Simulation;
using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.Tests.Simulation;

/// <summary>Runs one random course of events with worker processes, and checks each outcome.</summary>
internal sealed class ProcessSchedule
{
    private const int MaxItems = 60;
    private static readonly TimeSpan s_end = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan s_lastJob = TimeSpan.FromSeconds(3);

    private readonly IActorRef _stage;
    private readonly World _world;
    private readonly ProcessWork _work;
    private readonly PoolState _pool;
    private readonly IActorRef _coordinator;
    private readonly List<SimulatedProcess> _processes = [];
    private readonly List<RunningCase> _cases = [];
    private bool _hasAllJobs;

    private ProcessSchedule(int seed, IActorRef stage, TestScheduler scheduler, PoolSettings settings)
    {
        _stage = stage;
        _world = new World(seed, scheduler);
        _work = new ProcessWork(_world);
        _pool = new PoolState(settings);
        _coordinator = Stage.CreateActor(stage, CoordinatorActor.PropsFor(_pool));
    }

    /// <inheritdoc cref="Schedule.RunAsync"/>
    public static async Task<IReadOnlyList<string>> RunAsync(int seed, IActorRef stage, TestScheduler scheduler, PoolSettings settings)
    {
        var schedule = new ProcessSchedule(seed, stage, scheduler, settings);
        try
        {
            schedule.Prepare();
            schedule._world.RunUntil(() => schedule._hasAllJobs && schedule._cases.TrueForAll(one => one.Completion.IsCompleted), s_end);
            await schedule.CheckAsync();
            return schedule._world.Trace;
        }
        finally
        {
            stage.Tell(schedule._coordinator);
            foreach (var process in schedule._processes)
                stage.Tell(process.LinkActor);
        }
    }

    private void Prepare()
    {
        var random = _world.Random;
        for (var i = 1; i <= _pool.Settings.Processes; i++)
        {
            var process = new SimulatedProcess(_world, _work, _coordinator, _stage, i, _pool.Settings.AbandonAfter);
            _processes.Add(process);
            _world.After(_world.Between(0, 1), process.Start);
        }
        AddSome(0.3, _work.Failing);
        AddSome(0.4, _work.Poisonous);
        AddSome(0.3, _work.Hanging);
        AddSome(0.2, _work.Unreadable);
        _work.Poisonous.ExceptWith(_work.Unreadable);
        _work.Hanging.ExceptWith(_work.Poisonous.Concat(_work.Unreadable));
        _work.Failing.ExceptWith(_work.Hanging.Concat(_work.Poisonous).Concat(_work.Unreadable));
        for (var i = random.Next(1, 4); i > 0; i--)
            _world.After(_world.Between(0, s_lastJob.TotalSeconds), AddJob);
        _world.After(s_lastJob, () => _hasAllJobs = true);
        for (var i = random.Next(0, 12); i > 0; i--)
            _world.After(_world.Between(0.2, 15), () => _processes[_world.Random.Next(_processes.Count)].Kill());
    }

    private void AddSome(double probability, HashSet<long> indices)
    {
        for (var i = 0; i < 3 && _world.Chance(probability); i++)
            indices.Add(_world.Random.Next(0, MaxItems));
    }

    private void AddJob()
    {
        var random = _world.Random;
        var items = random.Next(0, MaxItems);
        int?[] sizes = [null, 1, 3, 10];
        var options = new JobOptions
        {
            ChunkSize = sizes[random.Next(sizes.Length)],
            Timeout = _world.Chance(0.1) ? _world.Between(0.5, 20) : null,
            ItemTimeout = _world.Chance(0.5) ? TimeSpan.FromSeconds(5) : null, // longer than any item that returns takes
            Retries = random.Next(0, 2),
            Name = $"job-{_cases.Count}",
        };
        var function = new ItemFunction<int, int>(SimulatedWork.GetResult);
        var range = Enumerable.Range(0, items);
        IEnumerable<int> inputs = _world.Chance(0.4) ? range.Where(_ => true) : range.ToArray();
        _world.Note($"{options.Name} starts: {items} items, {options}");
        RunningCase running;
        if (_world.Chance(0.4))
        {
            var job = JobFactory.Map(_pool, function, inputs, options);
            running = new RunningCase(options.Name, items, job.Execution, job.Completion);
        }
        else
        {
            var job = JobFactory.TryMap(_pool, function, inputs, options);
            running = new RunningCase(options.Name, items, job.Execution, job.Completion);
        }
        _cases.Add(running);
        _pool.Submit(_coordinator, running.Execution);
        if (!_world.Chance(0.15))
            return;
        _world.After(_world.Between(0, 5), () =>
        {
            _world.Note($"{running.Name} is cancelled");
            running.IsCancelled = true;
            _coordinator.Tell(new JobProtocol.EndJob(running.Execution, new OperationCanceledException("cancelled")));
        });
    }

    private async Task CheckAsync()
    {
        if (_cases.Find(running => !running.Completion.IsCompleted) is { } hanging)
            throw _world.CreateViolation($"{hanging.Name} has not ended");
        foreach (var running in _cases)
            await CheckAsync(running);
        _world.RunUntil(() => _pool.Counters.Snapshot() is { Busy: 0, Jobs: 0 }, s_end + TimeSpan.FromMinutes(5));
        var counts = _pool.Counters.Snapshot();
        if (counts is not { Busy: 0, Jobs: 0 })
            throw _world.CreateViolation($"jobs or busy workers remain: {counts}");
        if (counts.Lost != _work.Losses || counts.Abandoned != _work.Overdue)
            throw _world.CreateViolation($"{_work.Losses} processes were lost and {_work.Overdue} were overdue: {counts}");
    }

    private async Task CheckAsync(RunningCase running)
    {
        switch (running.Completion)
        {
            case Task<int[]> { IsCompletedSuccessfully: true } map:
                var results = await map;
                if (results.Length != running.Items)
                    throw _world.CreateViolation($"{running.Name} has {results.Length} results of {running.Items}");
                for (var i = 0; i < results.Length; i++)
                    CheckItem(running, i, results[i], error: null);
                break;
            case Task<ItemResult<int>[]> { IsCompletedSuccessfully: true } tries:
                var outcomes = await tries;
                if (outcomes.Length != running.Items)
                    throw _world.CreateViolation($"{running.Name} has {outcomes.Length} results of {running.Items}");
                for (var i = 0; i < outcomes.Length; i++)
                    CheckItem(running, (int)outcomes[i].Index, outcomes[i].IsSuccess ? outcomes[i].Value : -1, outcomes[i].Error, i);
                break;
            default:
                CheckError(running, running.Completion.Exception?.InnerException ?? new OperationCanceledException());
                break;
        }
    }

    private void CheckError(RunningCase running, Exception error)
    {
        switch (error)
        {
            case WorkItemException item when running.Execution.FailsFast && item.Index < running.Items:
                CheckItem(running, (int)item.Index, -1, item);
                break;
            case OperationCanceledException when running.IsCancelled:
            case TimeoutException when running.Execution.Options.Timeout is not null:
                break;
            default:
                throw _world.CreateViolation($"{running.Name} failed: {error}");
        }
    }

    /// <summary>Checks that an item has the outcome that its losses call for.</summary>
    private void CheckItem(RunningCase running, int index, int value, WorkItemException? error, int? place = null)
    {
        var job = running.Execution;
        var (deaths, timeouts) = (_work.GetDeaths(job, index), _work.GetTimeouts(job, index));
        var isRight = (place ?? index) == index && error?.InnerException switch
        {
            // No item is given up before it has had all its processes, and none gets another one after that.
            PoisonItemException when _work.Unreadable.Contains(index) => deaths == 0,
            PoisonItemException => deaths == _pool.Settings.WorkerLosses,
            TimeoutException => _work.Hangs(job, index) && timeouts == 1 + job.Options.Retries,
            InvalidOperationException => _work.Failing.Contains(index),
            null => error is null && value == SimulatedWork.GetResult(index) && deaths < _pool.Settings.WorkerLosses
                && !_work.Poisonous.Contains(index) && !_work.Unreadable.Contains(index) && !_work.Failing.Contains(index)
                && !_work.Hangs(job, index),
            _ => false,
        };
        if (!isRight)
        {
            var losses = $"lost {deaths} processes and ran out of time {timeouts} times";
            throw _world.CreateViolation($"{running.Name}'s item {index}, which {losses}, has [{value}] {error}");
        }
        if (_work.Unreadable.Contains(index))
            return;
        if (_work.GetRuns(job, index) is var runs && (runs == 0 || (_work.Losses + _work.Overdue == 0 && runs != 1)))
            throw _world.CreateViolation($"{running.Name}'s item {index} ran {runs} times");
    }

    private sealed record RunningCase(string Name, int Items, JobExecution Execution, Task Completion)
    {
        public bool IsCancelled { get; set; }
    }
}
