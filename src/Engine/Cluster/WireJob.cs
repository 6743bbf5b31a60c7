using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool.Cluster;

/// <summary>A job on its way to nodes: its code, its definition, and its chunks as bytes.</summary>
internal abstract class WireJob
{
    /// <summary>Types and functions.</summary>
    public required CodeManifest Code { get; init; }

    /// <summary>Whether the functions hold no state, so that a node may keep what it made of them for other jobs. Then <see cref="Code"/> is the same object for the same function.</summary>
    public required bool IsStateless { get; init; }

    public abstract DataProtocol.JobDefinition Define(int code);

    public abstract void WriteInputs(PayloadWriter writer, Chunk chunk);

    /// <summary>Reads results to where the chunk has room for them.</summary>
    public abstract ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken);
}

/// <summary>A job with its types.</summary>
internal sealed class WireJob<TIn, TOut> : WireJob
{
    private readonly JobPlan _plan;
    private readonly CallKind _kind;
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;

    /// <exception cref="FunctionNotShippableException">A function cannot travel.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot.</exception>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public WireJob(JobPlan plan, ChunkFunction<TIn, TOut> function, CodeShipment code)
    {
        var call = function.Describe();
        _plan = plan;
        _kind = call.Kind;
        _inputs = code.Serializer.CodecFor<TIn>();
        _results = function.Shape == ResultShape.None ? null : code.Serializer.CodecFor<TOut>();
        IsStateless = StatelessCode.TryDescribe(call, plan.Options, code.Serializer, out var manifest);
        Code = manifest;
    }

    public override DataProtocol.JobDefinition Define(int code) =>
        new(_plan.Id, _plan.Name, code, _kind, _plan.FailsFast, _plan.Options.ItemTimeout, _plan.Options.Retries);

    public override void WriteInputs(PayloadWriter writer, Chunk chunk) => _inputs.Write(writer, ((Chunk<TIn, TOut>)chunk).Inputs, chunk.Start);

    public override ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken) =>
        _results is null ? default : _results.ReadAsync(reader, ((Chunk<TIn, TOut>)chunk).Results, cancellationToken);
}

/// <summary>Describes a function that captures nothing once, and not for each job: the compiler makes one delegate of such a lambda.</summary>
internal static class StatelessCode
{
    private static readonly ConditionalWeakTable<Delegate, Entry> s_known = [];

    /// <summary>Describes a call.</summary>
    /// <returns>Whether its functions hold no state; then the manifest is the same for the same delegate.</returns>
    public static bool TryDescribe(CallDescription call, JobOptions options, PayloadSerializer serializer, out CodeManifest manifest)
    {
        var stateless = call.Functions is [var only] && options.RetryWhen is null && HoldsNothing(only) ? only : null;
        if (stateless is not null && s_known.TryGetValue(stateless, out var known) && known.Kind == call.Kind)
        {
            manifest = known.Manifest;
            return true;
        }
        manifest = FunctionShipper.Describe(call.Types, [.. call.Functions, options.RetryWhen], serializer);
        if (stateless is null)
            return false;
        s_known.AddOrUpdate(stateless, new Entry(call.Kind, manifest));
        return true;
    }

    private static bool HoldsNothing(Delegate function)
    {
        for (var type = function.Target?.GetType(); type is not null; type = type.BaseType)
        {
            if (type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly).Length > 0)
                return false;
        }
        return function.HasSingleTarget;
    }

    private sealed record Entry(CallKind Kind, CodeManifest Manifest);
}
