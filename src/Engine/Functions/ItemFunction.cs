using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Workers;

namespace ActorPool.Functions;

/// <summary>A function of one item.</summary>
internal sealed class ItemFunction<TIn, TOut> : SyncFunction<TIn, TOut>
{
    private readonly Func<TIn, TOut> _function;
    private readonly CallDescription? _describedAs;

    /// <param name="function">The function.</param>
    /// <param name="describedAs">What the user wrote, where the function is a wrapper of ours around it.</param>
    public ItemFunction(Func<TIn, TOut> function, CallDescription? describedAs = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTasks();
        (_function, _describedAs) = (function, describedAs);
    }

    public override CallDescription Describe() => _describedAs ?? new CallDescription(CallKind.Map, [typeof(TIn), typeof(TOut)], [_function]);

    protected override TOut RunOne(Chunk<TIn, TOut> chunk, int offset) => _function(chunk.Inputs.Span[offset]);

    protected override void RunFrom(ChunkRun run, Chunk<TIn, TOut> chunk)
    {
        var function = _function;
        var context = run.Context;
        var lease = run.Lease;
        var inputs = chunk.Inputs.Span;
        var results = chunk.Results.Span[..inputs.Length];
        for (var i = context.Offset; i < inputs.Length; i++)
        {
            context.Offset = i;
            var result = function(inputs[i]);
            // Asked behind the function: a result that comes late must not be written into a buffer that its owner uses again.
            if (lease.IsRevoked)
                return;
            results[i] = result;
        }
    }

    /// <summary>An async lambda without a token binds to this overload, and its caller would get n unfinished tasks as results.</summary>
    private static void RefuseTasks()
    {
        var type = typeof(TOut);
        var isTask = typeof(Task).IsAssignableFrom(type) || type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));
        if (isTask)
        {
            throw new ArgumentException(
                $"The function returns [{type.Name}], which nobody would await. Use the overload for asynchronous functions: async (item, cancellationToken) => ….", "function");
        }
    }
}

/// <summary>An action for one item.</summary>
internal sealed class ItemAction<TIn> : SyncFunction<TIn, Nothing>
{
    private readonly Action<TIn> _action;

    public ItemAction(Action<TIn> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (action.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
        {
            throw new ArgumentException(
                "The action is an async method that returns nothing: nobody would await it, and what it throws would end the process. Use the overload for asynchronous actions: async (item, cancellationToken) => ….", nameof(action));
        }
        _action = action;
    }

    public override ResultShape Shape => ResultShape.None;

    public override CallDescription Describe() => new(CallKind.ForEach, [typeof(TIn)], [_action]);

    protected override Nothing RunOne(Chunk<TIn, Nothing> chunk, int offset)
    {
        _action(chunk.Inputs.Span[offset]);
        return default;
    }

    protected override void RunFrom(ChunkRun run, Chunk<TIn, Nothing> chunk)
    {
        var context = run.Context;
        var inputs = chunk.Inputs.Span;
        for (var i = context.Offset; i < inputs.Length && !run.Lease.IsRevoked; i++)
        {
            context.Offset = i;
            _action(inputs[i]);
        }
    }
}

/// <summary>The result of what has none.</summary>
internal readonly struct Nothing;

/// <summary>An asynchronous function of one item.</summary>
internal sealed class AsyncItemFunction<TIn, TOut> : AsyncFunction<TIn, TOut>
{
    private readonly Func<TIn, CancellationToken, ValueTask<TOut>> _function;
    private readonly CallDescription? _describedAs;

    /// <param name="function">The function.</param>
    /// <param name="describedAs">What the user wrote, where the function is a wrapper of ours around it.</param>
    public AsyncItemFunction(Func<TIn, CancellationToken, ValueTask<TOut>> function, CallDescription? describedAs = null)
    {
        ArgumentNullException.ThrowIfNull(function);
        (_function, _describedAs) = (function, describedAs);
    }

    public override CallDescription Describe() => _describedAs ?? new CallDescription(CallKind.MapAsync, [typeof(TIn), typeof(TOut)], [_function]);

    protected override ValueTask<TOut> RunOneAsync(TIn input, CancellationToken cancellationToken) => _function(input, cancellationToken);
}

/// <summary>An asynchronous action for one item.</summary>
internal sealed class AsyncItemAction<TIn> : AsyncFunction<TIn, Nothing>
{
    private readonly Func<TIn, CancellationToken, ValueTask> _action;

    public AsyncItemAction(Func<TIn, CancellationToken, ValueTask> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        _action = action;
    }

    public override ResultShape Shape => ResultShape.None;

    public override CallDescription Describe() => new(CallKind.ForEachAsync, [typeof(TIn)], [_action]);

    protected override async ValueTask<Nothing> RunOneAsync(TIn input, CancellationToken cancellationToken)
    {
        await _action(input, cancellationToken);
        return default;
    }
}
