using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Cluster;

/// <summary>A job on its way to nodes: its definition, and its chunks as bytes.</summary>
internal abstract class WireJob
{
    public required DataProtocol.JobDefinition Definition { get; init; }

    public abstract void WriteInputs(PayloadWriter writer, Chunk chunk);

    /// <summary>Reads results to where the chunk has room for them.</summary>
    public abstract ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken);
}

/// <summary>A job with its types.</summary>
internal sealed class WireJob<TIn, TOut> : WireJob
{
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;

    /// <exception cref="FunctionNotShippableException">A function cannot travel.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot.</exception>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public WireJob(JobPlan plan, ChunkFunction<TIn, TOut> function, CodeShipment code)
    {
        var call = function.Describe();
        _inputs = code.Serializer.CodecFor<TIn>();
        _results = function.Shape == ResultShape.None ? null : code.Serializer.CodecFor<TOut>();
        var manifest = FunctionShipper.Describe(call.Types, [.. call.Functions, plan.Options.RetryWhen], code.Serializer);
        Definition = new DataProtocol.JobDefinition(plan.Id, plan.Name, call.Kind, plan.FailsFast, plan.Options.ItemTimeout, plan.Options.Retries, manifest);
    }

    public override void WriteInputs(PayloadWriter writer, Chunk chunk) => _inputs.Write(writer, ((Chunk<TIn, TOut>)chunk).Inputs, chunk.Start);

    public override ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken) =>
        _results is null ? default : _results.ReadAsync(reader, ((Chunk<TIn, TOut>)chunk).Results, cancellationToken);
}
