using System.Reflection;
using System.Runtime.ExceptionServices;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool;

/// <summary>Runs a function here, and on copies of what would travel to a node.</summary>
internal sealed class FunctionChecker<TIn, TOut>(
    ChunkFunction<TIn, TOut> call, FunctionCheckOptions options, IEqualityComparer<TOut>? comparer)
{
    private readonly CallDescription _described = call.Describe();
    private readonly List<CheckedValue> _values = [];
    private readonly HashSet<Type> _types = [];
    private IReadOnlyList<Delegate> _inner = [];
    private string _function = "";
    private string? _captured;

    public async Task<FunctionCheck<TOut>> CheckAsync(TIn sample, CancellationToken cancellationToken)
    {
        var function = _described.Functions[0];
        _function = CaptureAnalysis.For(function.Method).Name;
        var conversions = WorkerPool.CreateConversions(options.Pool);
        var serializer = new PayloadSerializer(new PayloadLimits(), ModuleCatalog.Shared, conversions)
        {
            OnFirstSent = type => _types.Add(type),
        };
        var manifest = FunctionShipper.Describe(_described.Types, [function], serializer, _values, typeof(TIn));
        if (sample is not null && manifest.CapturedInputs?.Contains(sample) is true)
            _captured = FunctionWarning.FormatCaptured(function.Method, index: 0, sample);
        _inner = manifest.InnerFunctions;
        var captured = _values.Count;
        var input = Write(serializer, sample, "input");
        // Before the original runs, which may change what it captured and the sample.
        var context = new CodeContext("check", new CodeContextOptions());
        try
        {
            var copy = await CopyAsync(context, manifest, conversions, cancellationToken).ConfigureAwait(false);
            var copied = await ReadAsync<TIn>(serializer, input).ConfigureAwait(false);
            var there = options.InSecondProcess
                ? await RunInSecondProcessAsync(sample, cancellationToken).ConfigureAwait(false)
                : null;
            var onCopies = await RunHereAsync(copy, copied, cancellationToken).ConfigureAwait(false);
            var here = await RunHereAsync(call, sample, cancellationToken).ConfigureAwait(false);
            var result = await CompareAsync(serializer, here, onCopies, there).ConfigureAwait(false);
            return new FunctionCheck<TOut>
            {
                Result = result,
                Values = _values,
                Bytes = manifest.Body.Length + _values.Skip(captured).Sum(value => value.Bytes),
                Modules = [.. manifest.Modules.Select(module => module.ToString())],
                Warnings = FindWarnings(),
            };
        }
        finally
        {
            context.Unload();
        }
    }

    private async Task<ChunkFunction<TIn, TOut>> CopyAsync(
        CodeContext context, CodeManifest manifest, Conversions conversions, CancellationToken cancellationToken)
    {
        var read = await CopyAsync(manifest, cancellationToken).ConfigureAwait(false);
        var serializer = await CopyAsync(context, conversions, cancellationToken).ConfigureAwait(false);
        var (_, functions) = await context.ResolveAsync(read, serializer, cancellationToken).ConfigureAwait(false);
        return CallFactory.Visit(_described with { Functions = [functions[0]!] }, new Same());
    }

    private static async Task<PayloadSerializer> CopyAsync(
        CodeContext context, Conversions conversions, CancellationToken cancellationToken)
    {
        if (conversions.IsEmpty)
            return context.Serializer;
        var manifest = await CopyAsync(FunctionShipper.Describe(conversions, new PayloadLimits()), cancellationToken).ConfigureAwait(false);
        var (types, functions) = await context.ResolveAsync(manifest, cancellationToken).ConfigureAwait(false);
        return context.CreateSerializer(types, functions);
    }

    private static async Task<CodeManifest> CopyAsync(CodeManifest manifest, CancellationToken cancellationToken)
    {
        using var writer = new PayloadWriter();
        manifest.Write(writer);
        return await CodeManifest.ReadAsync(new MemoryPayloadReader(writer.ToArray()), cancellationToken).ConfigureAwait(false);
    }

    // Each run has a worker of its own, whose state no other run has changed.
    private async Task<Outcome> RunHereAsync(ChunkFunction<TIn, TOut> function, TIn input, CancellationToken cancellationToken)
    {
        var pool = WorkerPool.Create(new WorkerPoolOptions
        {
            Workers = 1,
            Initializer = options.Pool.Initializer,
            WorkerState = options.Pool.WorkerState,
        });
        await using var ending = pool.ConfigureAwait(false);
        return await RunAsync(pool, function, input, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Outcome> RunInSecondProcessAsync(TIn sample, CancellationToken cancellationToken)
    {
        var second = await SecondProcess.StartAsync(cancellationToken).ConfigureAwait(false);
        await using var process = second.ConfigureAwait(false);
        var pool = await WorkerPool.ConnectAsync(
            second.Address, options.Pool with { Workers = null, Name = null, Config = null }, cancellationToken).ConfigureAwait(false);
        await using var ending = pool.ConfigureAwait(false);
        return await RunAsync(pool, call, sample, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<Outcome> RunAsync(
        WorkerPool pool, ChunkFunction<TIn, TOut> function, TIn sample, CancellationToken cancellationToken)
    {
        try
        {
            return new Outcome((await pool.Map(function, [sample], null, cancellationToken).ConfigureAwait(false))[0], null);
        }
        catch (WorkItemException e) when (e.InnerException is { } thrown)
        {
            return new Outcome(default!, thrown);
        }
    }

    private async Task<TOut> CompareAsync(PayloadSerializer serializer, Outcome here, Outcome onCopies, Outcome? there)
    {
        CheckErrors(here.Error, onCopies.Error, "on copies of what travels");
        if (there is not null)
            CheckErrors(here.Error, there.Error, "in a second process");
        if (here.Error is { } thrown)
            ExceptionDispatchInfo.Throw(thrown);
        var bytes = Write(serializer, onCopies.Result, "result");
        var result = await ReadAsync<TOut>(serializer, bytes).ConfigureAwait(false);
        CheckResults(serializer, here.Result, result, bytes, "on copies of what travels");
        if (there is not null)
            CheckResults(serializer, here.Result, there.Result, bytes: null, "in a second process");
        return result;
    }

    private void CheckErrors(Exception? here, Exception? there, string where)
    {
        if (here is null && there is null)
            return;
        var (expected, found) = (FormatError(here), FormatError(there));
        if (!string.Equals(expected, found, StringComparison.Ordinal))
            throw CreateError(expected, found, where, there ?? here);
    }

    private void CheckResults(PayloadSerializer serializer, TOut here, TOut there, byte[]? bytes, string where)
    {
        if (comparer is not null ? comparer.Equals(here, there) : EqualityComparer<TOut>.Default.Equals(here, there))
            return;
        // Arrays, lists and classes without an equality of their own: what is written of them is all that counts.
        if (comparer is null && Write(serializer, here).AsSpan().SequenceEqual(bytes ?? Write(serializer, there)))
            return;
        throw CreateError($"[{here}]", $"[{there}]", where, null);
    }

    private FunctionNotShippableException CreateError(string here, string there, string where, Exception? inner)
    {
        var advice = "What the function reads besides its input and its captured values may differ there, or a copy of them does: "
            + "see docs/values.md. If the results mean the same, give CheckAsync a comparer that says so.";
        return new FunctionNotShippableException(
            $"[{_function}] does not mean the same on a node: {here} here, and {there} {where}. "
            + string.Join(' ', FindWarnings().Append(advice)), _function, null, null, inner);
    }

    private IReadOnlyList<string> FindWarnings()
    {
        Delegate?[] initializers = [options.Pool.Initializer, options.Pool.WorkerState];
        var initialized = new Lazy<HashSet<FieldInfo>>(() => FunctionWarnings.FindInitialized(initializers));
        return
        [
            .. _inner.Prepend(_described.Functions[0]).SelectMany(function => FunctionWarnings.Find(function, initialized))
                .Concat(_types.SelectMany(type => ValueWarnings.Find(type, initialized)))
                .Select(warning => warning.Format()).Concat(_captured is null ? [] : [_captured]).Distinct(StringComparer.Ordinal),
        ];
    }

    private static string FormatError(Exception? error) =>
        error is null ? "a result" : $"a [{TypeText.Format(error.GetType())}] ({error.Message})";

    private byte[] Write<T>(PayloadSerializer serializer, T value, string name)
    {
        var bytes = Write(serializer, value);
        _values.Add(new CheckedValue(name, value is null ? "null" : TypeText.Format(value.GetType()), bytes.Length));
        return bytes;
    }

    private static byte[] Write<T>(PayloadSerializer serializer, T value)
    {
        using var writer = new PayloadWriter();
        serializer.GetCodec<T>().Write(writer, new[] { value }, firstIndex: 0);
        return writer.ToArray();
    }

    private static async Task<T> ReadAsync<T>(PayloadSerializer serializer, byte[] bytes)
    {
        var read = new T[1];
        await serializer.GetCodec<T>().ReadAsync(new MemoryPayloadReader(bytes), read, CancellationToken.None).ConfigureAwait(false);
        return read[0];
    }

    private sealed record Outcome(TOut Result, Exception? Error);

    private sealed class Same : CallFactory.IVisitor<ChunkFunction<TIn, TOut>>
    {
        public ChunkFunction<TIn, TOut> Visit<TIn2, TOut2>(ChunkFunction<TIn2, TOut2> function) =>
            (ChunkFunction<TIn, TOut>)(object)function;
    }
}
