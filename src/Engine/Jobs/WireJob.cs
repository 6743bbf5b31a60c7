using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>A job as it is sent to nodes: its code, definition and chunks.</summary>
internal abstract class WireJob
{
    /// <summary>Types and functions.</summary>
    public required CodeManifest Code { get; init; }

    /// <summary>The functions of the call.</summary>
    public required IReadOnlyList<Delegate> Functions { get; init; }

    /// <summary>Whether the functions hold no state.</summary>
    /// <remarks>
    /// Then a node may keep what it made of them for other jobs, and <see cref="Code"/> is the same object for the same function.
    /// </remarks>
    public required bool IsStateless { get; init; }

    /// <summary>Makes what its functions threw on nodes.</summary>
    public required ExceptionFormat Exceptions { get; init; }

    /// <summary>Called with the first input that the functions captured, too, and its index.</summary>
    /// <value>It may refuse the job by an exception.</value>
    public Action<long, object>? OnCapturedInput { get; set; }

    public abstract DataProtocol.JobDefinition Define(int code);

    public abstract void WriteInputs(PayloadWriter writer, Chunk chunk);

    /// <summary>Reads results into the memory that the chunk has for them.</summary>
    public abstract ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken);
}

/// <summary>A job with its types.</summary>
internal sealed class WireJob<TIn, TOut> : WireJob
{
    private readonly JobExecution _execution;
    private readonly CallKind _kind;
    private readonly PayloadCodec<TIn> _inputs;
    private readonly PayloadCodec<TOut>? _results;

    /// <exception cref="FunctionNotShippableException">A function cannot be sent.</exception>
    /// <exception cref="PayloadException">Inputs or results are of a type that cannot be sent.</exception>
    [System.Diagnostics.CodeAnalysis.SetsRequiredMembers]
    public WireJob(JobExecution execution, ChunkFunction<TIn, TOut> function, PayloadSerializer serializer)
    {
        var call = function.Describe();
        _execution = execution;
        _kind = call.Kind;
        Functions = call.Functions;
        _inputs = serializer.GetCodec<TIn>();
        _results = function.Shape == ResultShape.None ? null : serializer.GetCodec<TOut>();
        IsStateless = StatelessCode.TryDescribe(call, typeof(TIn), execution.Options, serializer, out var manifest);
        Code = manifest;
        Exceptions = new ExceptionFormat(serializer, new CallerModules(call.Functions));
    }

    public override DataProtocol.JobDefinition Define(int code) =>
        new(_execution.Id, _execution.Name, code, _kind, _execution.FailsFast, _execution.Options.ItemTimeout, _execution.Options.Retries);

    public override void WriteInputs(PayloadWriter writer, Chunk chunk)
    {
        var inputs = ((Chunk<TIn, TOut>)chunk).Inputs;
        if (Code.CapturedInputs is { } captured && OnCapturedInput is not null)
            FindCaptured(inputs.Span, chunk.Start, captured);
        _inputs.Write(writer, inputs, chunk.Start);
    }

    private void FindCaptured(ReadOnlySpan<TIn> inputs, long start, IReadOnlySet<object> captured)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (inputs[i] is { } input && captured.Contains(input))
            {
                OnCapturedInput?.Invoke(start + i, input);
                OnCapturedInput = null; // once
                return;
            }
        }
    }

    public override ValueTask ReadResultsAsync(PayloadReader reader, Chunk chunk, CancellationToken cancellationToken) =>
        _results is null ? default : _results.ReadAsync(reader, ((Chunk<TIn, TOut>)chunk).Results, cancellationToken);
}
