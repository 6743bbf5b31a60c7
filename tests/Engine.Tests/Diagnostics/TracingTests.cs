using System.Diagnostics;
using ActorPool.Diagnostics;
using ActorPool.Tests.Support;
using OpenTelemetry;
using OpenTelemetry.Trace;

namespace ActorPool.Tests.Diagnostics;

/// <summary>Spans of jobs, chunks and items, read by OpenTelemetry's exporter.</summary>
/// <remarks>Only what is called within a span of a test is recorded: other tests run beside.</remarks>
public sealed class TracingTests : IDisposable
{
    private readonly List<Activity> _spans = [];
    private readonly TracerProvider _provider;

    public TracingTests() => _provider = Sdk.CreateTracerProviderBuilder()
        .AddSource("ActorPool").SetSampler(new ParentBasedSampler(new AlwaysOffSampler())).AddInMemoryExporter(_spans).Build();

    public void Dispose() => _provider.Dispose();

    [Fact]
    public async Task Items_are_children_of_their_chunks_and_these_of_the_job_of_the_caller()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, Name = "traced" });
        using var caller = StartCaller();

        var seen = await pool.MapAsync(
            x => $"{x} {Activity.Current!.SpanId}", Enumerable.Range(0, 4), new JobOptions { Name = "four", ChunkSize = 2 })
            .Within("the job", pool);

        Assert.Same(caller, Activity.Current);
        var spans = GetSpans(caller);
        var job = Assert.Single(spans, span => span.OperationName is Tracing.JobSpan);
        Assert.Equal(caller.SpanId, job.ParentSpanId);
        Assert.Equal(ActivityStatusCode.Unset, job.Status);
        Assert.Equal("four", job.GetTagItem("actorpool.job.name"));
        Assert.Equal("traced", job.GetTagItem("actorpool.pool"));
        Assert.Contains(nameof(TracingTests), (string)job.GetTagItem("actorpool.function")!, StringComparison.Ordinal);
        Assert.Equal(4L, job.GetTagItem("actorpool.job.items"));
        var chunks = spans.Where(span => span.OperationName is Tracing.ChunkSpan).ToList();
        Assert.Equal([0L, 2L], chunks.Select(chunk => (long)chunk.GetTagItem("actorpool.chunk.start")!).Order());
        Assert.All(chunks, chunk => Assert.Equal((job.SpanId, 2), (chunk.ParentSpanId, (int)chunk.GetTagItem("actorpool.chunk.size")!)));
        var items = spans.Where(span => span.OperationName is Tracing.ItemSpan).ToList();
        Assert.Equal(
            seen.Order(StringComparer.Ordinal),
            items.Select(item => $"{item.GetTagItem("actorpool.item.index")} {item.SpanId}").Order(StringComparer.Ordinal));
        Assert.All(items, item => Assert.Contains(chunks, chunk => chunk.SpanId == item.ParentSpanId));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Asynchronous_and_timed_items_have_spans_that_follow_their_awaits(bool isAsync)
    {
        await using var pool = WorkerPool.Create(workers: 1);
        using var caller = StartCaller();
        var options = new JobOptions { ItemTimeout = TimeSpan.FromHours(1), ChunkSize = 3 };

        ActivitySpanId[] seen = isAsync
            ? await pool.MapAsync(
                async _ =>
                {
                    await Task.Yield();
                    return Activity.Current!.SpanId;
                },
                [1, 2, 3], options).Within("the job", pool)
            : await pool.MapAsync(_ => Activity.Current!.SpanId, [1, 2, 3], options).Within("the job", pool);

        var items = GetSpans(caller).Where(span => span.OperationName is Tracing.ItemSpan).OrderBy(GetIndex).Select(span => span.SpanId);
        Assert.Equal(items, seen);
    }

    [Fact]
    public async Task A_failing_item_marks_its_span_its_chunk_and_its_job_with_the_type_of_the_exception()
    {
        await using var pool = WorkerPool.Create(workers: 1);
        using var caller = StartCaller();

        await Assert.ThrowsAsync<WorkItemException>(() => pool.MapAsync(
            x => x == 1 ? throw new FormatException("secret") : x, [0, 1], new JobOptions { ChunkSize = 2 }).Within("the job", pool));

        var failed = GetSpans(caller).Where(span => span.Status == ActivityStatusCode.Error).ToList();
        Assert.Equal(
            $"{Tracing.ChunkSpan} {Tracing.ItemSpan} {Tracing.JobSpan}",
            string.Join(' ', failed.Select(span => span.OperationName).Order(StringComparer.Ordinal)));
        Assert.All(failed, span =>
        {
            Assert.Equal("System.FormatException", span.GetTagItem("error.type"));
            Assert.DoesNotContain("secret", string.Join(' ', span.TagObjects) + span.StatusDescription, StringComparison.Ordinal);
        });
        Assert.Equal(1L, GetIndex(failed.Single(span => span.OperationName is Tracing.ItemSpan)));
    }

    [Fact]
    public async Task What_is_not_sampled_has_no_spans_and_functions_run_in_none()
    {
        await using var pool = WorkerPool.Create(workers: 1);
        var before = Activity.Current;

        var seen = await pool.MapAsync(_ => Activity.Current is { Recorded: true }, [1, 2]).Within("the job", pool);

        Assert.Equal([false, false], seen);
        Assert.Same(before, Activity.Current);
    }

    [Fact]
    public async Task A_nested_call_is_a_child_of_the_item_that_makes_it()
    {
        await using var pool = WorkerPool.Create(workers: 1);
        using var caller = StartCaller();

        var self = pool;
        await pool.MapAsync(async x => await self.ApplyAsync(y => y + 1, x), [1]).Within("the job", pool);

        var spans = GetSpans(caller);
        var jobs = spans.Where(span => span.OperationName is Tracing.JobSpan).ToList();
        var inner = Assert.Single(jobs, job => job.ParentSpanId != caller.SpanId);
        Assert.Contains(spans, span => span.OperationName is Tracing.ItemSpan && span.SpanId == inner.ParentSpanId);
    }

    [Fact]
    public async Task A_trace_goes_to_a_node_and_its_items_are_in_it()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        await using var pool = await WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Name = "far" }).Within("the connection");
        using var caller = StartCaller();
        caller.TraceStateString = "vendor=1";

        var seen = await pool.MapAsync(
            _ => $"{Activity.Current!.TraceId} {Activity.Current.TraceStateString}", [1, 2], new JobOptions { ChunkSize = 2 })
            .Within("the job", pool);

        Assert.All(seen, text => Assert.Equal($"{caller.TraceId} vendor=1", text));
        var spans = GetSpans(caller);
        var job = Assert.Single(spans, span => span.OperationName is Tracing.JobSpan);
        // These inputs are read one after another: there may be a chunk for each.
        var sent = spans.Where(span => span is { OperationName: Tracing.ChunkSpan, Kind: ActivityKind.Client }).ToList();
        var received = spans.Where(span => span is { OperationName: Tracing.ChunkSpan, Kind: ActivityKind.Server }).ToList();
        Assert.All(sent, span => Assert.Equal((job.SpanId, node.Address), (span.ParentSpanId, (string)span.GetTagItem("actorpool.node")!)));
        Assert.All(received, span =>
        {
            Assert.Contains(span.ParentSpanId, sent.Select(one => one.SpanId));
            Assert.Equal(node.Address, span.GetTagItem("actorpool.node"));
            Assert.Equal("far", span.GetTagItem("actorpool.pool"));
        });
        var items = spans.Where(span => span.OperationName is Tracing.ItemSpan).ToList();
        Assert.Equal(2, items.Count);
        Assert.All(items, item => Assert.Contains(item.ParentSpanId, received.Select(one => one.SpanId)));
    }

    private static long GetIndex(Activity item) => (long)item.GetTagItem("actorpool.item.index")!;

    private static Activity StartCaller()
    {
        var caller = new Activity("caller").SetIdFormat(ActivityIdFormat.W3C);
        caller.ActivityTraceFlags = ActivityTraceFlags.Recorded;
        return caller.Start();
    }

    private List<Activity> GetSpans(Activity caller)
    {
        _provider.ForceFlush();
        lock (_spans)
            return _spans.ToList().FindAll(span => span.TraceId == caller.TraceId);
    }
}
