using System.Collections.Concurrent;
using System.Collections.ObjectModel;
using Akka.Actor;
using Akka.Event;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Scenarios;

/// <summary>A pool inside a TestKit's actor system: every message is serialized if it can be, and nothing may go unhandled or be logged as an error.</summary>
public abstract class PoolScenario : Akka.TestKit.Xunit2.TestKit
{
    private readonly ConcurrentQueue<object> _complaints = [];
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
        _listener = Sys.ActorOf(Props.Create(() => new Listener(_complaints)));
        Sys.EventStream.Subscribe(_listener, typeof(UnhandledMessage));
        Sys.EventStream.Subscribe(_listener, typeof(Error));
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Assert.Empty(_complaints);
    }

    /// <summary>For a scenario in which Akka itself logs an error.</summary>
    protected void ExpectErrors() => Sys.EventStream.Unsubscribe(_listener, typeof(Error));

    protected WorkerPool CreatePool(int workers, string config = "", Func<WorkerPoolOptions, WorkerPoolOptions>? with = null)
    {
        var options = new WorkerPoolOptions { Workers = workers, Name = "pool", Config = $"actorpool {{ shutdown-timeout = 200ms\n {config} }}" };
        return WorkerPool.Create(Sys, with is null ? options : with(options));
    }

    protected static Task IsWhole(WorkerPool pool) =>
        Deadline.Until(() => pool.Statistics is { Busy: 0, Jobs: 0 } now && now.Workers == pool.Workers, "all workers are there and idle", pool);

    /// <summary>The actors of the workers that live now.</summary>
    protected async Task<IActorRef[]> WorkersOf(WorkerPool pool)
    {
        await Deadline.Until(() => pool.Statistics.Workers == pool.Workers, "workers start", pool);
        var found = CreateTestProbe();
        Sys.ActorSelection($"{pool.Coordinator.Path.ToStringWithoutAddress()}/workers-*/*").Tell(new Identify(1), found);
        var workers = new IActorRef[pool.Workers];
        for (var i = 0; i < workers.Length; i++)
            workers[i] = (await found.ExpectMsgAsync<ActorIdentity>(Deadline.Limit)).Subject;
        return workers;
    }

    /// <summary>Waits until an actor has stopped.</summary>
    protected async Task Stops(IActorRef actor)
    {
        var watcher = CreateTestProbe();
        watcher.Watch(actor);
        await watcher.ExpectTerminatedAsync(actor, Deadline.Limit);
    }

    /// <summary>Holds the coordinator in the middle of a message until the gate opens: what happens meanwhile happens before it knows.</summary>
    protected static async Task<Gate> Freeze(WorkerPool pool)
    {
        var gate = new Gate();
        pool.Coordinator.Tell(new MapJob<int, int>(x => x, new ReadOnlyCollection<int>(new SlowList(gate))), ActorRefs.Nobody);
        await gate.HasArrived(1, "the coordinator is held", pool);
        return gate;
    }

    /// <summary>Checks that each worker takes one item at a time: as many gated items as workers run at once, and no more.</summary>
    protected static async Task HasFullCapacity(WorkerPool pool)
    {
        await IsWhole(pool);
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
            await IsWhole(pool);
        }
    }

    /// <summary>A list that the pool copies, and that takes its time over it.</summary>
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
        public Listener(ConcurrentQueue<object> complaints) => ReceiveAny(complaints.Enqueue);
    }

    /// <summary>The worker that runs the calling function; asked before its first await.</summary>
    protected abstract class ThisWorker : ReceiveActor
    {
        public static IActorRef Actor => Context.Self;
    }
}
