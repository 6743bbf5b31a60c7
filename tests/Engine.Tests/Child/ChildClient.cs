using System.Collections.Concurrent;
using ActorPool.Child;
using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Tests.Child;

/// <summary>The parent's side of a session whose other side is in this process.</summary>
internal sealed class ChildClient : IAsyncDisposable
{
    private readonly DataPlane _plane = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly PayloadSerializer _serializer = new(new PayloadLimits(), ModuleCatalog.Shared);
    private readonly PoolState _pool = new(ChildSettings.Create(new WorkerPoolOptions(), new ChildHostOptions()));
    private readonly ConcurrentDictionary<long, SentChunk> _sent = new();
    private readonly TaskCompletionSource<Exception> _sessionFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Exception> _jobFailed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private DataConnection _connection = null!;
    private TaskCompletionSource _offered = new();
    private int _lastCode;
    private long _lastChunk;

    public Task<ChildEnd> Ended { get; private set; } = null!;

    public Task<Exception> SessionFailed => _sessionFailed.Task.Within("the failure of the session");

    public Task<Exception> JobFailed => _jobFailed.Task.Within("the failure of the job");

    public static async Task<ChildClient> StartAsync(
        Action? initializer = null, Func<object>? state = null, ChildHostOptions? options = null, WorkNote? note = null)
    {
        var client = new ChildClient();
        var (parent, child) = await client._plane.PairAsync();
        client._connection = parent;
        client.Ended = ChildHost.RunAsync(child, note, options ?? new ChildHostOptions(), client._stop.Token);
        _ = parent.RunAsync(client.HandleAsync);
        var session = FunctionShipper.Describe([], [initializer, state], client._serializer);
        await client.OfferAsync(session);
        await client.SendAsync(DataProtocol.Session, new DataProtocol.SessionDefinition(null), session.Write);
        return client;
    }

    /// <summary>Cancels the token of the host.</summary>
    public Task StopAsync() => _stop.CancelAsync();

    /// <summary>Closes the connection in order.</summary>
    public Task CloseAsync() => _connection.CloseAsync();

    /// <summary>Ends the connection as the death of the parent does.</summary>
    public ValueTask BreakAsync() => _connection.DisposeAsync();

    /// <summary>Runs a chunk as the only one of a job.</summary>
    public async Task<Reply<TOut>> RunAsync<TIn, TOut>(
        ChunkFunction<TIn, TOut> function, TIn[] inputs, JobOptions? options = null, bool failsFast = true, long start = 0, int attempt = 1)
    {
        options = (options ?? new JobOptions()) with { ChunkSize = inputs.Length };
        var execution = new JobExecution<TIn, TOut>(
            _pool, options, new MemoryInput<TIn>(inputs, start), function, new ArraySink<TOut>(null)) { FailsFast = failsFast };
        var wire = new WireJob<TIn, TOut>(execution, function, _serializer);
        var code = ++_lastCode;
        await OfferAsync(wire.Code);
        await SendAsync(DataProtocol.Code, new DataProtocol.CodeDefinition(code, IsKept: false), wire.Code.Write);
        var chunk = (Chunk<TIn, TOut>)execution.Cut(inputs.Length)!;
        var sent = new SentChunk(wire, chunk);
        var number = ++_lastChunk;
        _sent[number] = sent;
        var header = new DataProtocol.RunHeader(
            execution.Id, number, start, inputs.Length, attempt, ReportsStart: true, IsSuspect: false, wire.Define(code), []);
        await SendAsync(DataProtocol.Run, header, body => wire.WriteInputs(body, chunk));
        var outcome = await sent.Outcome.Task.Within("the outcome");
        return new Reply<TOut>(
            outcome, chunk.Results.ToArray(), [.. outcome.Failures.Select(failure => failure.ToException("child", wire.Exceptions))]);
    }

    /// <summary>Waits until the child has started this number of chunks.</summary>
    public Task HasStarted(int chunks) =>
        Deadline.Until(() => _sent.Values.Count(sent => sent.HasStarted) >= chunks, $"{chunks} started chunks");

    /// <summary>Tells the child that all jobs have ended.</summary>
    public Task EndJobsAsync() => SendAsync(
        DataProtocol.EndJobs, new DataProtocol.EndedJobs([.. _sent.Values.Select(sent => sent.Job)]));

    public async ValueTask DisposeAsync()
    {
        await _connection.CloseAsync().Within("closing the connection");
        await Ended.Within("the end of the child");
        await _plane.DisposeAsync();
        _stop.Dispose();
    }

    private async Task OfferAsync(CodeManifest manifest)
    {
        _offered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var body = new PayloadWriter();
        manifest.Write(body);
        await _connection.SendAsync(DataProtocol.Offer, body);
        await _offered.Task.Within("the missing modules"); // none: the code is that of this process
    }

    private async Task SendAsync<T>(byte kind, T record, Action<PayloadWriter>? then = null)
        where T : IWireRecord<T>
    {
        var body = new PayloadWriter();
        WireRecord.Write(body, record);
        then?.Invoke(body);
        await _connection.SendAsync(kind, body);
    }

    private async ValueTask HandleAsync(Frame frame)
    {
        switch (frame.Kind)
        {
            case DataProtocol.MissingModules:
                Assert.Empty((await WireRecord.ReadAsync<DataProtocol.MissingModulesReport>(frame.Body, default)).Hashes);
                _offered.SetResult();
                break;
            case DataProtocol.Started:
                var report = await WireRecord.ReadAsync<DataProtocol.StartReport>(frame.Body, default);
                _sent[report.Chunk].HasStarted = report.HasStarted;
                break;
            case DataProtocol.Outcome:
                var header = await WireRecord.ReadAsync<DataProtocol.OutcomeHeader>(frame.Body, default);
                var sent = _sent[header.Chunk];
                if (header.Status == DataProtocol.OutcomeStatus.Ran)
                    await sent.Wire.ReadResultsAsync(frame.Body, sent.Chunk, default);
                sent.Outcome.SetResult(header);
                break;
            case DataProtocol.SessionFailed:
                _sessionFailed.TrySetResult((await WireRecord.ReadAsync<DataProtocol.RefusalReport>(frame.Body, default)).ToException());
                break;
            case DataProtocol.JobFailed:
                _jobFailed.TrySetResult((await WireRecord.ReadAsync<DataProtocol.RefusalReport>(frame.Body, default)).ToException());
                break;
            default:
                throw new InvalidDataException($"{frame.Kind}");
        }
    }

    private sealed class SentChunk(WireJob wire, Chunk chunk)
    {
        public WireJob Wire => wire;

        public Chunk Chunk => chunk;

        public long Job { get; } = wire.Define(1).Id;

        public bool HasStarted { get; set; }

        public TaskCompletionSource<DataProtocol.OutcomeHeader> Outcome { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}

/// <summary>What came back for a chunk.</summary>
internal sealed record Reply<TOut>(
    DataProtocol.OutcomeHeader Header, IReadOnlyList<TOut> Results, IReadOnlyList<WorkItemException> Failures)
{
    public DataProtocol.OutcomeStatus Status => Header.Status;
}
