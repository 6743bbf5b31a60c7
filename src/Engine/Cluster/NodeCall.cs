using System.Buffers;
using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Gathering;
using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Cluster;

/// <summary>A function as its node runs it: reads chunks for it, and makes a job of the session's pool of each.</summary>
internal abstract class NodeCall
{
    /// <exception cref="InvalidDataException">The kind of call does not fit its code.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot travel.</exception>
    public static NodeCall Create(CallKind kind, IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer)
    {
        if (functions.Count < 2 || functions.Take(functions.Count - 1).Any(function => function is null) || functions[^1] is not (null or Func<Exception, bool>))
            throw new InvalidDataException($"A call of kind [{kind}] has [{functions.Count}] functions, and not those of its kind.");
        var call = new CallDescription(kind, types, [.. functions.Take(functions.Count - 1).Select(function => function!)]);
        return CallFactory.Visit(call, new Maker((Func<Exception, bool>?)functions[^1], serializer));
    }

    public abstract ValueTask<NodeChunk> ReadAsync(DataProtocol.JobDefinition job, PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken);

    private sealed class Maker(Func<Exception, bool>? retryWhen, PayloadSerializer serializer) : CallFactory.IVisitor<NodeCall>
    {
        public NodeCall Visit<TIn, TOut>(ChunkFunction<TIn, TOut> function) => new NodeCall<TIn, TOut>(function, retryWhen, serializer);
    }
}

/// <summary>A chunk that has arrived at its node.</summary>
internal abstract class NodeChunk
{
    /// <summary>Its number at the caller.</summary>
    public required long Id { get; init; }

    /// <summary>Whether the caller wants to know when it begins.</summary>
    public required bool TellsBegin { get; init; }

    /// <summary>Its inputs.</summary>
    public required int Count { get; init; }

    /// <summary>Runs it on a worker of the session's pool.</summary>
    /// <returns>What became of it; faults only if it could not be run at all.</returns>
    public abstract Task<ChunkReport> RunAsync(WorkerPool pool, CancellationToken stop);
}

/// <summary>What goes back for a chunk.</summary>
internal sealed record ChunkReport(DataProtocol.OutcomeHeader Header, Action<PayloadWriter>? WriteResults)
{
    public static ChunkReport Without(long chunk, DataProtocol.OutcomeStatus status) => new(new DataProtocol.OutcomeHeader(chunk, status, TimeSpan.Zero, 0, [], []), null);
}

/// <summary>A function with its types.</summary>
internal sealed class NodeCall<TIn, TOut> : NodeCall
{
    // Fresh arrays of the size of a chunk cost more than the work on them. Where a reference could be left in one, or the function might keep it, it is not used again.
    private static readonly bool s_poolsInputs = !RuntimeHelpers.IsReferenceOrContainsReferences<TIn>();
    private static readonly bool s_poolsResults = !RuntimeHelpers.IsReferenceOrContainsReferences<TOut>();

    private readonly ChunkFunction<TIn, TOut> _function;
    private readonly Func<Exception, bool>? _retryWhen;
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;

    public NodeCall(ChunkFunction<TIn, TOut> function, Func<Exception, bool>? retryWhen, PayloadSerializer serializer)
    {
        (_function, _retryWhen) = (function, retryWhen);
        _inputs = serializer.CodecFor<TIn>();
        _results = function.Shape == ResultShape.None ? null : serializer.CodecFor<TOut>();
    }

    public override async ValueTask<NodeChunk> ReadAsync(DataProtocol.JobDefinition job, PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken)
    {
        // What an array of that many takes is bounded by what has arrived: an item has a byte at least.
        if (header.Count < 1 || header.Start < 0 || header.Attempt < 1 || header.Count > reader.Remaining)
            throw new InvalidDataException($"A chunk says that it has [{header.Count}] inputs from [{header.Start}] on, and its payload has [{reader.Remaining}] bytes.");
        var pooled = s_poolsInputs && _function.Shape != ResultShape.PerChunk && !_function.IsAsync ? ArrayPool<TIn>.Shared.Rent(header.Count) : null;
        var inputs = (pooled ?? new TIn[header.Count]).AsMemory(0, header.Count);
        await _inputs.ReadAsync(reader, inputs, cancellationToken);
        return new ArrivedChunk(this, job, inputs, pooled, header) { Id = header.Chunk, Count = header.Count, TellsBegin = header.TellsBegin };
    }

    private async Task<ChunkReport> RunAsync(ArrivedChunk chunk, WorkerPool pool, CancellationToken stop)
    {
        var clock = pool.State.Settings.TimeProvider;
        var started = clock.GetTimestamp();
        var job = chunk.Job;
        var options = new JobOptions
        {
            Name = job.Name,
            ChunkSize = chunk.Inputs.Length,
            ItemTimeout = job.ItemTimeout,
            Retries = job.Retries,
            RetryWhen = _retryWhen,
        };
        var pooled = s_poolsResults && _function.Shape == ResultShape.PerItem ? ArrayPool<TOut>.Shared.Rent(chunk.Inputs.Length) : null;
        var gathering = new ChunkGathering<TOut>(chunk.Start, chunk.Inputs.Length, _function.Shape, pooled);
        var plan = new JobPlan<TIn, TOut>(pool.State, options, new MemoryInput<TIn>(chunk.Inputs, chunk.Start), _function, gathering)
        {
            FailsFast = job.FailsFast,
            PublicId = job.Id,
            FirstAttempt = chunk.Attempt,
        };
        pool.SubmitPart(plan, stop);
        try
        {
            var results = await gathering.Completion;
            var header = new DataProtocol.OutcomeHeader(
                chunk.Id, DataProtocol.OutcomeStatus.Ran, clock.GetElapsedTime(started), (int)gathering.Retried, gathering.Attempts, gathering.Failures);
            // It ran to its end, on one worker after the other: nobody uses its arrays any more. After a timeout, somebody might.
            var isFree = job.ItemTimeout is null;
            if (isFree)
                chunk.Return();
            return new ChunkReport(header, _results is null ? null : writer =>
            {
                _results.Write(writer, results, chunk.Start);
                if (isFree && pooled is not null)
                    writer.WhenDone(() => ArrayPool<TOut>.Shared.Return(pooled));
            });
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

    private sealed class ArrivedChunk(NodeCall<TIn, TOut> call, DataProtocol.JobDefinition job, ReadOnlyMemory<TIn> inputs, TIn[]? pooled, DataProtocol.RunHeader header) : NodeChunk
    {
        public DataProtocol.JobDefinition Job => job;

        public ReadOnlyMemory<TIn> Inputs => inputs;

        public long Start => header.Start;

        public int Attempt => header.Attempt;

        public override Task<ChunkReport> RunAsync(WorkerPool pool, CancellationToken stop) => call.RunAsync(this, pool, stop);

        public void Return()
        {
            if (pooled is not null)
                ArrayPool<TIn>.Shared.Return(pooled);
        }
    }
}
