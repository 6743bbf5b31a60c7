using ActorPool.Agent;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Agent;

/// <summary>Random use of the queue, beside a model that looks at every session.</summary>
public sealed class FairChunkQueueModelTests
{
    [Theory]
    [InlineData(1, 1, 2)]
    [InlineData(2, 3, 5)]
    [InlineData(3, 16, 40)]
    [InlineData(4, 100, 10)]
    public void It_starts_the_same_chunks_with_the_same_times_as_the_model(int seed, int workers, int sessions)
    {
        var random = new Random(seed);
        var clock = new ManualClock();
        var queue = new FairChunkQueue<int, int>(workers, clock);
        var model = new Model(workers);
        var started = new List<int>();
        for (var step = 0; step < 20_000; step++)
        {
            var passed = TimeSpan.FromTicks(random.Next(3));
            clock.Now += passed;
            model.Pass(passed);
            var session = random.Next(sessions);
            switch (random.Next(20))
            {
                case < 7:
                    queue.Add(session, step);
                    model.Of(session).Waiting.Enqueue((step, clock.Now));
                    break;
                case < 17 when started.Count > 0:
                    var place = random.Next(started.Count);
                    queue.End(started[place]);
                    model.End(started[place]);
                    started.RemoveAt(place);
                    break;
                case 17 when random.Next(10) == 0:
                    var expected = model.Of(session).Waiting.Select(one => one.Chunk).ToArray();
                    model.Of(session).Waiting.Clear();
                    Assert.Equal(expected, queue.TakeWaiting(session));
                    break;
                case 18 when random.Next(10) == 0 && !started.Contains(session):
                    queue.Remove(session);
                    model.Sessions.RemoveAll(one => one.Session == session);
                    break;
                case 19 when random.Next(10) == 0:
                    queue.Workers = model.Workers = random.Next(1, 2 * workers + 1);
                    break;
                default:
                    break;
            }
            while (model.TryStart(clock.Now) is { } next)
            {
                Assert.True(queue.TryStart(out var owner, out var chunk, out var wait));
                Assert.Equal(next, (owner, chunk, wait.Waited, wait.TakenByOthers));
                started.Add(owner);
            }
            Assert.False(queue.TryStart(out _, out _));
            Assert.Equal(model.Sessions.Sum(one => one.Waiting.Count), queue.Waiting);
            Assert.Equal(started.Count, queue.Running);
        }
    }

    private sealed class Model(int workers)
    {
        private long _turns;

        public int Workers { get; set; } = workers;

        public List<One> Sessions { get; } = [];

        private int Running => Sessions.Sum(one => one.Running);

        public One Of(int session)
        {
            if (Sessions.Find(one => one.Session == session) is { } known)
                return known;
            Sessions.Add(new One { Session = session });
            return Sessions[^1];
        }

        public void Pass(TimeSpan time)
        {
            foreach (var one in Sessions)
                one.TakenByOthers += Math.Min(one.Waiting.Count, Running - one.Running) * time;
        }

        public void End(int session) => Of(session).Running--;

        public (int Session, int Chunk, TimeSpan Waited, TimeSpan TakenByOthers)? TryStart(TimeSpan now)
        {
            var waiting = Sessions.Where(one => one.Waiting.Count > 0);
            if (Running >= Workers || waiting.MinBy(one => (one.Running, one.LastTurn)) is not { } next)
                return null;
            var (chunk, since) = next.Waiting.Dequeue();
            var started = (next.Session, chunk, now - since, next.TakenByOthers);
            next.TakenByOthers = TimeSpan.Zero;
            next.LastTurn = ++_turns;
            next.Running++;
            return started;
        }
    }

    private sealed class One
    {
        public int Session { get; init; }

        public Queue<(int Chunk, TimeSpan Since)> Waiting { get; } = [];

        public TimeSpan TakenByOthers { get; set; }

        public int Running { get; set; }

        public long LastTurn { get; set; }
    }
}
