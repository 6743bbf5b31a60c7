using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Gathering;
using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Cluster;

/// <summary>A job as its node runs it: reads its chunks, and makes a job of the node's own pool of each.</summary>
internal abstract class NodeCall
{
    /// <exception cref="InvalidDataException">The definition does not fit its code.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot travel.</exception>
    public static NodeCall Create(DataProtocol.JobDefinition job, IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer)
    {
        if (functions.Count < 2 || functions.Take(functions.Count - 1).Any(function => function is null) || functions[^1] is not (null or Func<Exception, bool>))
            throw new InvalidDataException($"The definition of [{job.Name}] has [{functions.Count}] functions, and not those of its kind of call.");
        var call = new CallDescription(job.Kind, types, [.. functions.Take(functions.Count - 1).Select(function => function!)]);
        return CallFactory.Visit(call, new Maker(job, (Func<Exception, bool>?)functions[^1], serializer));
    }

    public abstract ValueTask<NodeChunk> ReadAsync(PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken);

    private sealed class Maker(DataProtocol.JobDefinition job, Func<Exception, bool>? retryWhen, PayloadSerializer serializer) : CallFactory.IVisitor<NodeCall>
    {
        public NodeCall Visit<TIn, TOut>(ChunkFunction<TIn, TOut> function) => new NodeCall<TIn, TOut>(job, function, retryWhen, serializer);
    }
}

/// <summary>A chunk that has arrived at its node.</summary>
internal abstract class NodeChunk
{
    /// <summary>Its number at the caller.</summary>
    public required long Id { get; init; }

    /// <summary>Runs it on a worker of the session's pool.</summary>
    /// <returns>What became of it; faults only if it could not be run at all.</returns>
    public abstract Task<ChunkReport> RunAsync(WorkerPool pool, CancellationToken stop);
}

/// <summary>What goes back for a chunk.</summary>
internal sealed record ChunkReport(DataProtocol.OutcomeHeader Header, Action<PayloadWriter>? WriteResults)
{
    public static ChunkReport Without(long chunk, DataProtocol.OutcomeStatus status) => new(new DataProtocol.OutcomeHeader(chunk, status, TimeSpan.Zero, 0, [], []), null);
}

/// <summary>A job with its types.</summary>
internal sealed class NodeCall<TIn, TOut> : NodeCall
{
    private readonly DataProtocol.JobDefinition _job;
    private readonly ChunkFunction<TIn, TOut> _function;
    private readonly Func<Exception, bool>? _retryWhen;
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;

    public NodeCall(DataProtocol.JobDefinition job, ChunkFunction<TIn, TOut> function, Func<Exception, bool>? retryWhen, PayloadSerializer serializer)
    {
        (_job, _function, _retryWhen) = (job, function, retryWhen);
        _inputs = serializer.CodecFor<TIn>();
        _results = function.Shape == ResultShape.None ? null : serializer.CodecFor<TOut>();
    }

    public override async ValueTask<NodeChunk> ReadAsync(PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken)
    {
        // What an array of that many takes is bounded by what has arrived: an item has a byte at least, but for those of no size.
        if (header.Count < 1 || header.Start < 0 || header.Count > Math.Max(1, reader.Remaining))
            throw new InvalidDataException($"A chunk says that it has [{header.Count}] inputs from [{header.Start}] on, and its payload has [{reader.Remaining}] bytes.");
        var inputs = new TIn[header.Count];
        await _inputs.ReadAsync(reader, inputs, cancellationToken);
        return new ArrivedChunk(this, inputs, header.Start) { Id = header.Chunk };
    }

    private async Task<ChunkReport> RunAsync(ArrivedChunk chunk, WorkerPool pool, CancellationToken stop)
    {
        var clock = pool.State.Settings.TimeProvider;
        var started = clock.GetTimestamp();
        var options = new JobOptions
        {
            Name = _job.Name,
            ChunkSize = chunk.Inputs.Length,
            ItemTimeout = _job.ItemTimeout,
            Retries = _job.Retries,
            RetryWhen = _retryWhen,
        };
        var gathering = new ChunkGathering<TOut>(chunk.Start, chunk.Inputs.Length, _function.Shape);
        var plan = new JobPlan<TIn, TOut>(pool.State, options, new MemoryInput<TIn>(chunk.Inputs, chunk.Start), _function, gathering)
        {
            FailsFast = _job.FailsFast,
            PublicId = _job.Id,
        };
        pool.SubmitPart(plan, stop);
        try
        {
            var results = await gathering.Completion;
            var header = new DataProtocol.OutcomeHeader(
                chunk.Id, DataProtocol.OutcomeStatus.Ran, clock.GetElapsedTime(started), (int)gathering.Retried, gathering.Attempts, gathering.Failures);
            return new ChunkReport(header, _results is null ? null : writer => _results.Write(writer, results, chunk.Start));
        }
        catch (WorkItemException e)
        {
            return new ChunkReport(
                new DataProtocol.OutcomeHeader(chunk.Id, DataProtocol.OutcomeStatus.Failed, clock.GetElapsedTime(started), (int)gathering.Retried, [], [DataProtocol.ItemFailure.Of(e)]), null);
        }
        catch (OperationCanceledException)
        {
            return ChunkReport.Without(chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }
    }

    private sealed class ArrivedChunk(NodeCall<TIn, TOut> call, TIn[] inputs, long start) : NodeChunk
    {
        public TIn[] Inputs => inputs;

        public long Start => start;

        public override Task<ChunkReport> RunAsync(WorkerPool pool, CancellationToken stop) => call.RunAsync(this, pool, stop);
    }
}
