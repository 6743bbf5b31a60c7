using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Jobs;

public sealed class KeptItemsTests : IDisposable
{
    private const int Items = 12;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-kept-");
    private readonly PayloadSerializer _serializer = new(new PayloadLimits(), ModuleCatalog.Shared);
    private readonly WorkNote _note;
    private readonly Lease _lease;

    public KeptItemsTests()
    {
        _note = WorkNote.Create(Path.Combine(_folder.FullName, "note"));
        var job = TestJobs.Map(100);
        job.PrepareForNodes(_serializer, guard: null);
        job.Cut(30);
        _lease = new Lease(job, job.Cut(Items)!, attempt: 1, losses: 0); // items 30 to 41
    }

    public void Dispose()
    {
        _note.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Results_failures_and_attempts_are_read_as_they_were_kept()
    {
        var keeper = CreateKeeper();
        var part = Run(_lease);
        keeper.Keep(part, 3);
        keeper.KeepFailure(part, 4, new WorkItemException(34, "worker-0", 1, new IOException("broken"))); // keeps item 33, too
        keeper.KeepFailure(part, 5, failure: null);
        keeper.KeepFailure(part, 6, failure: null);
        var again = new Lease(_lease.Job, part.Chunk.Slice(5, 1), attempt: 2, losses: 0);
        keeper.KeepFailure(again, 0, new WorkItemException(35, "worker-0", 2, new IOException("broken again")));

        var kept = await KeptItems.ReadAsync(_note.ReadKept(), _lease, "worker-7");

        Assert.Equal(
            [(0, 3, 1, false), (3, 1, 1, false), (4, 1, 1, false), (5, 1, 2, false), (6, 1, 1, true)],
            kept.Runs.Select(run => (run.First, run.Count, run.Attempt, run.RunsAgain)));
        Assert.Equal("broken", kept.Runs[2].Failure!.InnerException!.Message);
        Assert.Equal("worker-7", kept.Runs[3].Failure!.Worker);
        Assert.Equal(2, kept.Runs[3].Failure!.Attempts);
        Assert.Equal([300, 310, 320, 330, 0], GetResults(5));
    }

    [Fact]
    public async Task Whatever_the_dead_process_has_left_is_read_without_harm()
    {
        var keeper = CreateKeeper();
        var part = Run(_lease);
        keeper.Keep(part, 3);
        keeper.KeepFailure(part, 4, new WorkItemException(34, "worker-0", 1, new IOException("broken")));
        var whole = _note.ReadKept();
        var random = new Random(7);
        for (var i = 0; i < 3000; i++)
        {
            var bytes = whole.ToArray();
            for (var change = 0; change <= i % 4; change++)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            var kept = await KeptItems.ReadAsync(bytes.AsMemory(0, random.Next(bytes.Length + 1)), _lease, "worker-7");
            var next = 0;
            foreach (var run in kept.Runs)
            {
                Assert.InRange(run.First, next, Items - 1);
                Assert.InRange(run.Count, 1, Items - run.First);
                next = run.First + run.Count;
            }
        }
    }

    [Fact]
    public void A_short_item_looks_at_the_clock_seldom_and_a_long_one_each_time()
    {
        var clock = new ManualClock();
        var pace = new KeepingPace(clock);
        Assert.True(pace.IsDue(out _));
        clock.Now += TimeSpan.FromMilliseconds(1); // what keeping took, of which the pace believes half a microsecond
        pace.Record();
        var most = 0;
        for (var i = 0; i < 10; i++)
        {
            Assert.False(pace.IsDue(out var stride));
            most = Math.Max(most, stride);
        }
        Assert.Equal(64, most);
        clock.Now += TimeSpan.FromMicroseconds(11);
        Assert.True(pace.IsDue(out var next));
        Assert.Equal(1, next);
    }

    private ItemKeeper<int> CreateKeeper() => new(
        new ItemKeeping(_note, new KeepingPace(TimeProvider.System)), chunk: 1, start: 30, _serializer.GetCodec<int>(),
        _serializer.Exceptions);

    // As the child has it: results that this process does not have yet.
    private static Lease Run(Lease lease)
    {
        var job = TestJobs.Map(100);
        job.Cut(30);
        var chunk = (ActorPool.Chunking.Chunk<int, int>)job.Cut(Items)!;
        for (var i = 0; i < Items; i++)
            chunk.Results.Span[i] = 10 * chunk.Inputs.Span[i];
        return new Lease(job, chunk, lease.Attempt, losses: 0);
    }

    private int[] GetResults(int count) =>
        ((ActorPool.Chunking.Chunk<int, int>)_lease.Chunk).Results[..count].ToArray();
}
