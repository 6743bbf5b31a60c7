using System.Runtime.CompilerServices;
using ActorPool.Tests.Support;
using Akka.Actor;

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
    private static Task<int[]> Start(ManualResetEventSlim gate) => WorkerPool.Create(2).MapAsync(
        x =>
        {
            gate.Wait();
            return x;
        },
        Enumerable.Range(0, 3));

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
