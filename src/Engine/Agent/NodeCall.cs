using System.Buffers;
using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Wire;

namespace ActorPool.Agent;

/// <summary>Reads the chunks of a client's function, and runs each as a job.</summary>
/// <remarks>The jobs run in the session's pool.</remarks>
internal abstract class NodeCall
{
    /// <exception cref="InvalidDataException">The kind of call does not fit its code.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot travel.</exception>
    public static NodeCall Create(
        CallKind kind, IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer,
        ExceptionFormat exceptions)
    {
        if (functions.Count < 2 || functions.Take(functions.Count - 1).Any(function => function is null)
            || functions[^1] is not (null or Func<Exception, bool>))
        {
            throw new InvalidDataException($"A call of kind [{kind}] has [{functions.Count}] functions, which do not fit its kind.");
        }
        var call = new CallDescription(kind, types, [.. functions.Take(functions.Count - 1).Select(function => function!)]);
        return CallFactory.Visit(call, new CallCreator((Func<Exception, bool>?)functions[^1], serializer, exceptions));
    }

    public abstract ValueTask<NodeChunk> ReadAsync(
        DataProtocol.JobDefinition job, PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken);

    private sealed class CallCreator(Func<Exception, bool>? retryWhen, PayloadSerializer serializer, ExceptionFormat exceptions)
        : CallFactory.IVisitor<NodeCall>
    {
        public NodeCall Visit<TIn, TOut>(ChunkFunction<TIn, TOut> function) =>
            new NodeCall<TIn, TOut>(function, retryWhen, serializer, exceptions);
    }
}

/// <summary>What a node sends back for a chunk.</summary>
internal sealed record ChunkReport(DataProtocol.OutcomeHeader Header, Action<PayloadWriter>? WriteResults)
{
    public static ChunkReport Without(long chunk, DataProtocol.OutcomeStatus status) =>
        new(new DataProtocol.OutcomeHeader(chunk, status, TimeSpan.Zero, 0, [], []), null);
}

/// <summary>A function with its types.</summary>
internal sealed class NodeCall<TIn, TOut> : NodeCall
{
    // New arrays of the size of a chunk can cost more than the work on them, so arrays are pooled. An array is not pooled
    // where it could keep references alive, or where the function might keep the array.
    private static readonly bool s_poolsInputs = !RuntimeHelpers.IsReferenceOrContainsReferences<TIn>();
    private static readonly bool s_poolsResults = !RuntimeHelpers.IsReferenceOrContainsReferences<TOut>();

    private readonly ChunkFunction<TIn, TOut> _function;
    private readonly Func<Exception, bool>? _retryWhen;
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;
    private readonly ExceptionFormat _exceptions;

    public NodeCall(
        ChunkFunction<TIn, TOut> function, Func<Exception, bool>? retryWhen, PayloadSerializer serializer, ExceptionFormat exceptions)
    {
        (_function, _retryWhen, _exceptions) = (function, retryWhen, exceptions);
        _inputs = serializer.GetCheckedCodec<TIn>();
        _results = function.Shape == ResultShape.None ? null : serializer.GetCheckedCodec<TOut>();
    }

    public override async ValueTask<NodeChunk> ReadAsync(
        DataProtocol.JobDefinition job, PayloadReader reader, DataProtocol.RunHeader header, CancellationToken cancellationToken)
    {
        // An item has at least one byte, so the announced length of the frame bounds the size of the array.
        if (header.Count < 1 || header.Start < 0 || header.Attempt < 1 || header.Count > reader.Remaining)
        {
            throw new InvalidDataException(
                $"A chunk claims [{header.Count}] inputs from [{header.Start}] on, but its payload has [{reader.Remaining}] bytes.");
        }
        var pooled = s_poolsInputs && _function.Shape != ResultShape.PerChunk && !_function.IsAsync
            ? ArrayPool<TIn>.Shared.Rent(header.Count)
            : null;
        var inputs = (pooled ?? new TIn[header.Count]).AsMemory(0, header.Count);
        await _inputs.ReadAsync(reader, inputs, cancellationToken).ConfigureAwait(false);
        var trace = reader.Remaining == 0
            ? null
            : await WireRecord.ReadAsync<DataProtocol.TraceLink>(reader, cancellationToken).ConfigureAwait(false);
        return new ArrivedChunk(this, job, inputs, pooled, header)
        {
            Trace = trace is null ? null : new JobTrace(span: null, trace.Parent),
            Id = header.Chunk,
            Count = header.Count,
            ReportsStart = header.ReportsStart,
            IsSuspect = header.IsSuspect,
        };
    }

    private async Task<ChunkReport> RunAsync(ArrivedChunk chunk, ISessionPool pool, CancellationToken stop)
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
        var sink = new ChunkSink<TOut>(chunk.Start, chunk.Inputs.Length, _function.Shape, pooled, _exceptions);
        var execution = new JobExecution<TIn, TOut>(pool.State, options, new MemoryInput<TIn>(chunk.Inputs, chunk.Start), _function, sink)
        {
            IsPart = true,
            Trace = chunk.Trace,
            FailsFast = job.FailsFast,
            PublicId = job.Id,
            FirstAttempt = chunk.Attempt,
            Keeper = _function.Shape != ResultShape.PerChunk && pool.Keeping is { } keeping
                ? new ItemKeeper<TOut>(keeping, chunk.Id, chunk.Start, _results, _exceptions)
                : null,
        };
        pool.SubmitPart(execution, chunk.Id, stop);
        try
        {
            var results = await sink.Completion.ConfigureAwait(false);
            var header = new DataProtocol.OutcomeHeader(
                chunk.Id, DataProtocol.OutcomeStatus.Ran, GetElapsed(), (int)sink.Retried, sink.Attempts, sink.Failures);
            // The chunk has completed, and no worker uses its arrays any longer. After a timeout, an abandoned function still might.
            var isFree = job.ItemTimeout is null;
            if (isFree)
                chunk.Return();
            return new ChunkReport(header, _results is null ? null : writer =>
            {
                _results.Write(writer, results, chunk.Start);
                if (isFree && pooled is not null)
                    writer.RunWhenDone(() => ArrayPool<TOut>.Shared.Return(pooled));
            });
        }
        catch (WorkItemException e)
        {
            var header = new DataProtocol.OutcomeHeader(
                chunk.Id, DataProtocol.OutcomeStatus.Failed, GetElapsed(), (int)sink.Retried, [],
                [DataProtocol.ItemFailure.From(e, _exceptions)]);
            return new ChunkReport(header, null);
        }
        catch (OperationCanceledException)
        {
            return ChunkReport.Without(chunk.Id, DataProtocol.OutcomeStatus.Stopped);
        }

        // Not the start of a worker process, which would look like a slow item. Of a function that has not returned, the whole is known.
        TimeSpan GetElapsed() => sink.Elapsed > TimeSpan.Zero ? sink.Elapsed : clock.GetElapsedTime(started);
    }

    private sealed class ArrivedChunk(
        NodeCall<TIn, TOut> call, DataProtocol.JobDefinition job, ReadOnlyMemory<TIn> inputs, TIn[]? pooled, DataProtocol.RunHeader header)
        : NodeChunk
    {
        public DataProtocol.JobDefinition Job => job;

        /// <summary>The client's span of the chunk; null for none.</summary>
        public JobTrace? Trace { get; init; }

        public ReadOnlyMemory<TIn> Inputs => inputs;

        public long Start => header.Start;

        public int Attempt => header.Attempt;

        public override Task<ChunkReport> RunAsync(ISessionPool pool, CancellationToken stop) => call.RunAsync(this, pool, stop);

        public void Return()
        {
            if (pooled is not null)
                ArrayPool<TIn>.Shared.Return(pooled);
        }
    }
}
