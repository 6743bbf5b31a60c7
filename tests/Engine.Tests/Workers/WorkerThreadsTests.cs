using System.Collections.Concurrent;
using ActorPool.Tests.Support;
using ActorPool.Workers;
using Akka.Dispatch;

namespace ActorPool.Tests.Workers;

public sealed class WorkerThreadsTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMinutes(5);

    [Fact]
    public async Task Work_that_blocks_keeps_no_other_work_waiting()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0);
        var gate = new Gate();
        for (var i = 0; i < 50; i++)
            threads.Execute(new Work(gate.Pass));
        await gate.HasArrived(50, "all run at once");
        gate.Open();
        threads.Dismiss();
    }

    [Fact]
    public async Task Beyond_the_maximum_of_threads_work_waits_in_order()
    {
        var order = new ConcurrentQueue<int>();
        var one = new WorkerThreads(max: 1, s_long, spins: 0);
        var first = new Gate();
        one.Execute(new Work(first.Pass));
        for (var i = 0; i < 10; i++)
        {
            var number = i;
            one.Execute(new Work(() => order.Enqueue(number)));
        }
        await first.HasArrived(1, "the one thread is busy");
        Assert.Empty(order);
        first.Open();
        await Deadline.Until(() => order.Count == 10, "the rest has run");
        Assert.Equal(Enumerable.Range(0, 10), order);
        one.Dismiss();
    }

    [Fact]
    public async Task The_thread_that_became_idle_last_is_used_again()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0);
        var used = new ConcurrentDictionary<Thread, int>();
        for (var i = 1; i <= 100; i++)
        {
            var number = i;
            threads.Execute(new Work(() => used.AddOrUpdate(Thread.CurrentThread, 1, (_, count) => count + 1)));
            await Deadline.Until(() => used.Values.Sum() == number, $"run {i}");
            await Deadline.Until(() => used.Keys.All(thread => thread.ThreadState.HasFlag(ThreadState.WaitSleepJoin)), "the thread rests");
        }
        Assert.Single(used);
        threads.Dismiss();
    }

    [Fact]
    public async Task Work_that_a_run_starts_runs_after_it_on_the_same_thread()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0);
        var ran = new ConcurrentQueue<(string What, Thread On)>();
        threads.Execute(new Work(() =>
        {
            threads.Execute(new Work(() => ran.Enqueue(("second", Thread.CurrentThread))));
            threads.Execute(new Work(() => ran.Enqueue(("third", Thread.CurrentThread))));
            ran.Enqueue(("first", Thread.CurrentThread));
        }));
        await Deadline.Until(() => ran.Count == 3, "all three");
        Assert.Equal(["first", "second", "third"], ran.Select(run => run.What), StringComparer.Ordinal);
        Assert.Single(ran.Select(run => run.On).Distinct());
        threads.Dismiss();
    }

    [Fact]
    public async Task Neither_work_queued_before_user_code_nor_work_that_it_starts_waits_for_it()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0);
        var (before, within, user) = (new Gate(), new Gate(), new Gate());
        before.Open();
        within.Open();
        threads.Execute(new Work(() =>
        {
            threads.Execute(new Work(before.Pass));
            WorkerThreads.EnterUserCode();
            threads.Execute(new Work(within.Pass));
            user.Pass();
            WorkerThreads.LeaveUserCode();
        }));
        await before.HasArrived(1, "what was to run next");
        await within.HasArrived(1, "what user code started");
        user.Open();
        threads.Dismiss();
    }

    [Fact]
    public async Task Parts_of_asynchronous_functions_share_a_thread_for_each_processor()
    {
        var threads = new WorkerThreads(max: 10_000, s_long, spins: 0, processors: 2);
        var used = new ConcurrentDictionary<Thread, bool>();
        var count = 0;
        for (var i = 0; i < 10_000; i++)
        {
            threads.Execute(new Part(() =>
            {
                used.TryAdd(Thread.CurrentThread, true);
                Interlocked.Increment(ref count);
            }));
        }
        await Deadline.Until(() => Volatile.Read(ref count) == 10_000, "all parts");
        Assert.InRange(used.Count, 1, 50); // a busy machine may let one stand still for a while, which looks as if it were blocked
        threads.Dismiss();
    }

    [Fact]
    public async Task A_part_starts_on_the_thread_of_an_actor_unless_many_others_wait_for_it()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0);
        var entered = new ConcurrentQueue<bool>();
        void Enter()
        {
            var isIn = WorkerThreads.TryEnterPart();
            entered.Enqueue(isIn);
            if (isIn)
                WorkerThreads.LeavePart();
        }
        threads.Execute(new Work(() =>
        {
            threads.Execute(new Work(Enter));
            Enter();
            for (var i = 0; i < 40; i++)
                threads.Execute(new Work(Enter));
            Enter();
        }));
        await Deadline.Until(() => entered.Count == 43, "all have run");
        Assert.Equal([true, false], entered.Take(2));
        Assert.True(entered.Last());
        threads.Dismiss();
    }

    [Fact]
    public async Task A_part_that_blocks_keeps_no_other_waiting_for_long()
    {
        var threads = new WorkerThreads(max: 200, s_long, spins: 0, processors: 2);
        var gate = new Gate();
        for (var i = 0; i < 100; i++)
            threads.Execute(new Part(gate.Pass));
        await gate.HasArrived(100, "all of them block at once");
        gate.Open();
        // The companions go again.
        var used = new ConcurrentDictionary<Thread, bool>();
        var count = 0;
        var rounds = 0;
        do
        {
            Assert.InRange(++rounds, 1, 1_000);
            used.Clear();
            var until = Volatile.Read(ref count) + 100;
            for (var i = 0; i < 100; i++)
            {
                threads.Execute(new Part(() =>
                {
                    used.TryAdd(Thread.CurrentThread, true);
                    Interlocked.Increment(ref count);
                }));
            }
            await Deadline.Until(() => Volatile.Read(ref count) >= until, "the rest");
        }
        while (used.Count > 4);
        threads.Dismiss();
    }

    [Fact]
    public async Task A_blocked_part_keeps_no_actor_waiting()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 0, processors: 1);
        var (user, actor) = (new Gate(), new Gate());
        actor.Open();
        threads.Execute(new Part(() =>
        {
            WorkerThreads.EnterUserCode();
            threads.Execute(new Work(actor.Pass));
            user.Pass();
            WorkerThreads.LeaveUserCode();
        }));
        await actor.HasArrived(1, "what user code told an actor");
        user.Open();
        threads.Dismiss();
    }

    [Fact]
    public async Task An_idle_thread_ends_after_a_while_and_work_that_comes_later_gets_a_new_one()
    {
        var threads = new WorkerThreads(max: 1, keepAlive: TimeSpan.FromMilliseconds(1), spins: 0);
        for (var i = 0; i < 20; i++)
        {
            Thread? thread = null;
            threads.Execute(new Work(() => Volatile.Write(ref thread, Thread.CurrentThread)));
            await Deadline.Until(() => Volatile.Read(ref thread) is { IsAlive: false }, $"thread {i} ends");
        }
    }

    [Fact]
    public async Task Dismissed_threads_end_in_spite_of_a_long_keep_alive()
    {
        var threads = new WorkerThreads(max: 100, s_long, spins: 200);
        var gate = new Gate();
        var used = new ConcurrentBag<Thread>();
        for (var i = 0; i < 10; i++)
        {
            threads.Execute(new Work(() =>
            {
                used.Add(Thread.CurrentThread);
                gate.Pass();
            }));
        }
        await gate.HasArrived(10, "all run");
        gate.Open();
        await Deadline.Until(() =>
        {
            threads.Dismiss();
            return used.All(thread => !thread.IsAlive);
        }, "all end");
    }

    [Fact]
    public async Task A_run_starts_without_the_context_of_the_caller_that_needed_the_thread()
    {
        var threads = new WorkerThreads(max: 1, s_long, spins: 0);
        var ambient = new AsyncLocal<string> { Value = "caller" };
        var seen = new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously);
        threads.Execute(new Work(() => seen.SetResult(ambient.Value)));
        Assert.Null(await seen.Task.Within("run"));
        threads.Dismiss();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(1000)]
    public async Task Threads_that_come_and_go_run_everything_once(int max)
    {
        const int Producers = 4;
        const int Runs = 1_000; // each of them may start a thread
        var threads = new WorkerThreads(max, keepAlive: TimeSpan.Zero, spins: 1);
        var ran = new int[Producers * Runs];
        var producers = Enumerable.Range(0, Producers).Select(p => Task.Run(async () =>
        {
            for (var i = 0; i < Runs; i++)
            {
                var number = (p * Runs) + i;
                threads.Execute(new Work(() => Interlocked.Increment(ref ran[number])));
                if (i % 16 == 0)
                    await Task.Yield();
            }
        }));
        await Task.WhenAll(producers).Within("producers");
        await Deadline.Until(() => ran.Sum() >= ran.Length, "all runs");
        Assert.All(ran, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Work_that_waits_for_a_thread_that_spins_is_not_lost_when_idle_threads_are_dismissed()
    {
        const int Runs = 1_000;
        var threads = new WorkerThreads(max: 10, s_long, spins: 100);
        var ran = 0;
        for (var i = 0; i < Runs; i++)
        {
            threads.Execute(new Work(() => Interlocked.Increment(ref ran)));
            threads.Dismiss();
        }
        await Deadline.Until(() => Volatile.Read(ref ran) == Runs, "all runs");
        threads.Dismiss();
    }

    private sealed class Work(Action run) : IRunnable
    {
        public void Run() => run();

        public void Execute() => run();
    }

    private sealed class Part(Action run) : IAsyncPart
    {
        public void Run() => run();

        public void Execute() => run();
    }
}
