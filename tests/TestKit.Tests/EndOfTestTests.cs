using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.TestKit.Tests;

/// <summary>Tests that fail in the middle: the run goes on, the log is quiet.</summary>
public sealed class EndOfTestTests
{
    private static readonly TimeSpan s_longestEnd = TimeSpan.FromSeconds(60); // far more than it takes, far less than forever

    [Fact]
    public async Task A_failed_assertion_is_what_a_test_shows_while_controlled_functions_wait()
    {
        var scenario = RunFailingAsync(test =>
        {
            var work = test.CreateFunction<int, int>(ignoresCancellation: true);
            _ = test.Pool.MapAsync(x => work.Run(x), Enumerable.Range(0, 5), new JobOptions { ChunkSize = 1 });
            return work.NextAsync(2);
        });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => scenario.WaitAsync(s_longestEnd));
        Assert.Equal("the assertion", error.Message);
    }

    [Fact]
    public async Task A_failed_assertion_is_what_a_test_shows_while_a_function_blocks_for_ever()
    {
        using var begun = new SemaphoreSlim(0);
        using var never = new ManualResetEventSlim();
        var scenario = RunFailingAsync(test =>
        {
            _ = test.Pool.ApplyAsync(() =>
            {
                begun.Release();
                never.Wait();
                return 1;
            });
            return begun.WaitAsync();
        });
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => scenario.WaitAsync(s_longestEnd));
        Assert.Equal("the assertion", error.Message);
        never.Set();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_end_of_a_pool_leaves_no_dead_letters_of_its_own(bool terminates)
    {
        var letters = new ConcurrentQueue<string>();
        using var system = ActorSystem.Create("letters", $$"""
            {{VirtualTime.Config}}
            akka { loglevel = INFO, stdout-loglevel = OFF, loggers = [] }
            """);
        var listener = system.ActorOf(Props.Create(() => new Listener(letters)));
        system.EventStream.Subscribe(listener, typeof(DeadLetter));
        for (var i = 0; i < 20; i++)
        {
            await using var test = PoolTest.Start(system, new WorkerPoolOptions { Workers = 4 });
            var work = test.CreateFunction<int, int>();
            var options = new JobOptions { ChunkSize = 1, ItemTimeout = TimeSpan.FromHours(1) };
            var map = test.Pool.MapAsync(work.RunAsync, Enumerable.Range(0, 20), options);
            var lazy = test.Pool.ForEachAsync(x => work.Run(x), Enumerable.Range(0, 20).Where(x => x >= 0));
            var idle = test.Pool.MapAsync(x => x, Enumerable.Range(0, 100));
            var items = await work.NextAsync(4);
            items[0].Complete(1);
            if (terminates)
                await test.Pool.TerminateAsync();
            else if (i % 2 == 0)
                work.CompleteAll(x => x);
            _ = (map, lazy, idle);
        }
        await system.Terminate().WaitAsync(s_longestEnd);
        Assert.Empty(letters);
    }

    private static async Task RunFailingAsync(Func<PoolTest, Task> begin)
    {
        await using var test = PoolTest.Start(workers: 2);
        await begin(test).WaitAsync(s_longestEnd);
        throw new InvalidDataException("the assertion");
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<string> letters) =>
            Receive<DeadLetter>(letter => letters.Enqueue($"{letter.Message.GetType()} to {letter.Recipient}: {letter.Message}"));
    }
}
