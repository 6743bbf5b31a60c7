using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Scenarios;

/// <summary>A pool in a TestKit's actor system.</summary>
/// <remarks>Every message is serialized if possible. A test fails if a message is unhandled or an error is logged.</remarks>
public abstract class PoolScenario : Akka.TestKit.Xunit2.TestKit
{
    private const string ShutdownTimeout = "shutdown-timeout";

    private readonly ConcurrentQueue<object> _problems = [];
    private readonly IActorRef _listener;

    protected PoolScenario(string config = "") : base(Akka.Configuration.ConfigurationFactory.ParseString($$"""
        akka {
          loglevel = WARNING
          stdout-loglevel = OFF
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          log-dead-letters = off
          log-dead-letters-during-shutdown = off
          actor.serialize-messages = on
        }
        {{config}}
        """), "scenario")
    {
        _listener = Sys.ActorOf(Props.Create(() => new Listener(_problems)));
        Sys.EventStream.Subscribe(_listener, typeof(UnhandledMessage));
        Sys.EventStream.Subscribe(_listener, typeof(Error));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Assert.Empty(_problems);
    }

    /// <summary>Allows logged errors, for a scenario in which Akka itself logs one.</summary>
    protected void ExpectErrors() => Sys.EventStream.Unsubscribe(_listener, typeof(Error));

    /// <param name="workers">Its workers.</param>
    /// <param name="config">Keys of <c>actorpool</c>; without a time for the shutdown, it is short.</param>
    /// <param name="with">Changes further options.</param>
    protected WorkerPool CreatePool(int workers, string config = "", Func<WorkerPoolOptions, WorkerPoolOptions>? with = null)
    {
        var shutdown = config.Contains(ShutdownTimeout, StringComparison.Ordinal) ? "" : $"{ShutdownTimeout} = 200ms";
        var options = new WorkerPoolOptions
        {
            Workers = workers,
            Name = "pool",
            Config = $"actorpool {{ {shutdown}\n {config} }}",
        };
        return WorkerPool.Create(Sys, with is null ? options : with(options));
    }

    protected static Task WaitUntilIdle(WorkerPool pool) =>
        Deadline.Until(
            () => pool.Statistics is { Busy: 0, Jobs: 0 } now && now.Workers == pool.Workers, "all workers are there and idle", pool);

    /// <summary>Returns the actors of the current workers, once all of them have started.</summary>
    protected async Task<IActorRef[]> GetWorkers(WorkerPool pool)
    {
        await Deadline.Until(() => pool.Statistics.Workers == pool.Workers, "workers start", pool);
        var found = CreateTestProbe();
        Sys.ActorSelection($"{pool.Coordinator.Path.ToStringWithoutAddress()}/supervisor-*/workers-*/*").Tell(new Identify(1), found);
        var workers = new IActorRef[pool.Workers];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = (await found.ExpectMsgAsync<ActorIdentity>(Deadline.Limit)).Subject;
        return workers;
    }

    /// <summary>Waits until an actor has stopped.</summary>
    protected async Task WaitForStop(IActorRef actor)
    {
        var watcher = CreateTestProbe();
        watcher.Watch(actor);
        await watcher.ExpectTerminatedAsync(actor, Deadline.Limit);
    }

    /// <summary>Blocks the coordinator in the middle of a message until the gate opens.</summary>
    /// <remarks>So the test can act before the coordinator learns of it.</remarks>
    protected static async Task<Gate> Freeze(WorkerPool pool)
    {
        var gate = FreezeLater(pool);
        await gate.HasArrived(1, "the coordinator is held", pool);
        return gate;
    }

    /// <summary>Blocks the coordinator behind what is in its mailbox now, until the gate opens.</summary>
    protected static Gate FreezeLater(WorkerPool pool)
    {
        var gate = new Gate();
        pool.Coordinator.Tell(new MapJob<int, int>(x => x, new ReadOnlyCollection<int>(new SlowList(gate))), ActorRefs.Nobody);
        return gate;
    }

    /// <summary>Checks that all workers of the pool run items at the same time, one each.</summary>
    protected static async Task CheckFullCapacity(WorkerPool pool)
    {
        await WaitUntilIdle(pool);
        for (var round = 0; round < 3; round++)
        {
            var gate = new Gate();
            var workers = new ConcurrentDictionary<int, int>();
            var job = pool.StartMap(x =>
            {
                workers.TryAdd(WorkContext.Current!.WorkerId, x);
                gate.Pass();
                return x;
            }, Enumerable.Range(0, pool.Workers), new JobOptions { ChunkSize = 1 });
            await gate.HasArrived(pool.Workers, $"all workers at work, round {round}", pool);
            Assert.Equal(pool.Workers, workers.Count);
            gate.Open();
            Assert.Equal(Enumerable.Range(0, pool.Workers), await job.Within("capacity", pool));
            await WaitUntilIdle(pool);
        }
    }

    /// <summary>A list whose copying waits at a gate.</summary>
    private sealed class SlowList(Gate gate) : IList<int>
    {
        public int Count => 1;

        public bool IsReadOnly => true;

        public int this[int index]
        {
            get => 1;
            set => throw new NotSupportedException();
        }

        public void CopyTo(int[] array, int arrayIndex) => gate.Pass();

        public IEnumerator<int> GetEnumerator() => Enumerable.Repeat(1, 1).GetEnumerator();

        System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

        public void Add(int item) => throw new NotSupportedException();

        public void Clear() => throw new NotSupportedException();

        public bool Contains(int item) => throw new NotSupportedException();

        public int IndexOf(int item) => throw new NotSupportedException();

        public void Insert(int index, int item) => throw new NotSupportedException();

        public bool Remove(int item) => throw new NotSupportedException();

        public void RemoveAt(int index) => throw new NotSupportedException();
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(ConcurrentQueue<object> problems) => ReceiveAny(problems.Enqueue);
    }

    /// <summary>The worker that runs the calling function.</summary>
    /// <remarks>Valid before the first await of the function.</remarks>
    protected abstract class ThisWorker : ReceiveActor
    {
        public static IActorRef Actor => Context.Self;
    }
}
