using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Scenarios;

/// <summary>A pool that no one disposes of.</summary>
public sealed class ForgottenPoolTests
{
    [Fact]
    public async Task It_ends_with_its_actor_system_when_it_is_collected()
    {
        var ended = Forget();
        await Deadline.Until(
            () =>
            {
                Collect();
                return ended.IsCompleted;
            },
            "the forgotten pool to end");
    }

    [Fact]
    public async Task One_that_was_closed_ends_without_a_warning()
    {
        var (ended, warnings) = await ForgetClosed();
        await Deadline.Until(
            () =>
            {
                Collect();
                return ended.IsCompleted;
            },
            "the closed pool to end");
        Assert.Empty(warnings);
    }

    [Fact]
    public async Task It_is_not_collected_while_its_job_runs()
    {
        using var gate = new ManualResetEventSlim();
        var result = Start(gate);
        for (var i = 0; i < 10; i++)
            Collect();
        Assert.False(result.IsCompleted);
        gate.Set();
        var results = await result.Within("the job of a forgotten pool");
        Assert.Equal(Enumerable.Range(0, 3), results);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task Forget() => ((ActorRefWithCell)WorkerPool.Create(2).Coordinator).Underlying.System.WhenTerminated;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(Task Ended, ConcurrentQueue<Warning> Warnings)> ForgetClosed()
    {
        var pool = WorkerPool.Create(2);
        var system = ((ActorRefWithCell)pool.Coordinator).Underlying.System;
        var warnings = new ConcurrentQueue<Warning>();
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Recorder(warnings))), typeof(Warning));
        await pool.CloseAsync().Within("the pool to close");
        return (system.WhenTerminated, warnings);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Task<int[]> Start(ManualResetEventSlim gate) => WorkerPool.Create(2).MapAsync(
        x =>
        {
            gate.Wait();
            return x;
        },
        Enumerable.Range(0, 3));

    private sealed class Recorder : ReceiveActor
    {
        public Recorder(ConcurrentQueue<Warning> warnings) => Receive<Warning>(warnings.Enqueue);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
