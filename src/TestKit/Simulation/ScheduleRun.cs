using ActorPool.Coordination;
using ActorPool.Jobs;
using Akka.Actor;
using Akka.TestKit;

namespace ActorPool.TestKit.Simulation;

/// <summary>Runs one schedule on a thread of its own.</summary>
internal sealed class ScheduleRun
{
    private const int MaxIdleWaits = 200;
    private static readonly TimeSpan s_step = TimeSpan.FromMilliseconds(50); // how late a timer of the engine may be
    private static readonly TimeSpan s_idleWait = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan s_lastWait = TimeSpan.FromSeconds(3);

    private readonly World _world;
    private readonly TestScheduler _scheduler;
    private readonly Schedule _schedule;
    private readonly ScheduleOptions _options;
    private int _idleWaits;

    private ScheduleRun(World world, ActorSystem system, IActorRef stage, ScheduleOptions options)
    {
        (_world, _options) = (world, options);
        _scheduler = (TestScheduler)system.Scheduler;
        _schedule = new Schedule(world, system, stage, options, Environment.CurrentManagedThreadId);
    }

    /// <summary>Runs a scenario to its end.</summary>
    /// <exception cref="ScheduleException">It has failed.</exception>
    public static async Task RunAsync(
        World world, ActorSystem system, IActorRef stage, Func<Schedule, Task> scenario, ScheduleOptions options)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var caller = ExecutionContext.Capture();
        var thread = new Thread(() =>
        {
            var loop = Loop.For(system.Settings);
            loop.Enter(world);
            try
            {
                new ScheduleRun(world, system, stage, options).Run(scenario, caller);
                loop.Leave();
                ended.SetResult();
            }
            catch (Exception e)
            {
                loop.Leave();
                ended.SetException(e);
            }
        }) { IsBackground = true, Name = $"{World.SeedVariable}={world.Seed}" };
        // Without the caller's context, which functions do not see either.
        thread.UnsafeStart();
        if (!await ended.Task.HasEndedAsync(options.RealTimeLimit).ConfigureAwait(false))
        {
            throw new ScheduleException(
                $"{World.SeedVariable}={world.Seed}: the schedule has not ended in [{options.RealTimeLimit.TotalSeconds}] s of real time. "
                + "Does the scenario or a function block its thread, for example with .Result or Wait()? Await instead.");
        }
        await ended.Task.ConfigureAwait(false);
    }

    private void Run(Func<Schedule, Task> scenario, ExecutionContext? caller)
    {
        Task? ending = null;
        _schedule.Context.Run(() =>
        {
            if (caller is null)
                ending = Start(scenario);
            else
                ExecutionContext.Run(caller, _ => ending = Start(scenario), null);
        });
        try
        {
            RunUntilEnd(ending!);
            if (GetError(ending!) is { } error)
                throw _world.CreateViolation($"{error.GetType().Name}: {error.Message}", error);
        }
        finally
        {
            // Without waiting for the name: each pool has another.
            _schedule.Context.Run(() => _ = _schedule.Pool.TerminateAsync());
        }
    }

    /// <summary>Starts the scenario; what it throws at once is a failed task too.</summary>
    private async Task Start(Func<Schedule, Task> scenario)
    {
        var running = scenario(_schedule) ?? throw new InvalidOperationException(
            "The scenario returned null in place of a task. Write it as an async lambda, or return the task of its last call.");
        await running.ConfigureAwait(true);
    }

    /// <summary>Gets what awaiting an ended scenario throws; null if it has succeeded.</summary>
    /// <remarks>A cancelled task shows its error only to who awaits it.</remarks>
    private static Exception? GetError(Task ended)
    {
        try
        {
            ended.GetAwaiter().GetResult();
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private void RunUntilEnd(Task ending)
    {
        var end = _options.Limit;
        while (!ending.IsCompleted)
        {
            _world.ThrowViolation();
            if (_world.Now >= end)
            {
                if (HasComeBack(ending))
                {
                    end = _world.Now + _options.Limit; // it was not waiting for virtual time
                    continue;
                }
                throw _world.CreateViolation(
                    $"the scenario has not ended after [{_options.Limit}] of virtual time. {DescribeJobs()}");
            }
            var untilTimer = _schedule.Time.NextDue - _schedule.Time.GetUtcNow() ?? TimeSpan.MaxValue;
            var step = TimeSpan.FromTicks(Math.Clamp(untilTimer.Ticks, 0, s_step.Ticks));
            if (_world.TryRunNext(step))
                _idleWaits = 0;
            else if (_world.HasEvents || untilTimer < TimeSpan.MaxValue || !WaitForOthers(ending))
                _scheduler.Advance(step);
        }
    }

    /// <summary>Lets code that has left the thread come back, before virtual time passes for it.</summary>
    /// <returns>Whether it has come back, or the scenario has ended.</returns>
    private bool WaitForOthers(Task ending) =>
        _idleWaits++ < MaxIdleWaits && (((IAsyncResult)ending).AsyncWaitHandle.WaitOne(s_idleWait) || _world.HasEvents);

    /// <summary>Waits longer for code that has left the thread.</summary>
    /// <remarks>Before the scenario is taken for one that hangs.</remarks>
    private bool HasComeBack(Task ending)
    {
        if (_world.HasEvents)
            return false; // it is here, and goes on for too long
        var started = TimeProvider.System.GetTimestamp();
        while (!_world.HasEvents && TimeProvider.System.GetElapsedTime(started) < s_lastWait)
        {
            if (((IAsyncResult)ending).AsyncWaitHandle.WaitOne(s_idleWait))
                return true;
        }
        return _world.HasEvents;
    }

    private string DescribeJobs()
    {
        JobProtocol.JobsDescribed? answer = null;
        var reader = new DelegateRef(
            (ExtendedActorSystem)_schedule.System, "schedule-reader", message => answer = message as JobProtocol.JobsDescribed);
        _schedule.Pool.Coordinator.Tell(JobProtocol.DescribeJobs.Instance, reader); // which handles it at once
        return answer is { Lines.Count: > 0 } ? string.Join('\n', answer.Lines) : "No job is unfinished: what does it wait for?";
    }
}
