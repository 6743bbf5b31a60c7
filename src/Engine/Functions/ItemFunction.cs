using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Workers;

namespace ActorPool.Functions;

/// <summary>A function of one item.</summary>
internal sealed class ItemFunction<TIn, TOut> : SyncFunction<TIn, TOut>
{
    private readonly Func<TIn, TOut> _function;

    public ItemFunction(Func<TIn, TOut> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        RefuseTasks();
        _function = function;
    }

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

    public AsyncItemFunction(Func<TIn, CancellationToken, ValueTask<TOut>> function)
    {
        ArgumentNullException.ThrowIfNull(function);
        _function = function;
    }

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

    protected override async ValueTask<Nothing> RunOneAsync(TIn input, CancellationToken cancellationToken)
    {
        await _action(input, cancellationToken);
        return default;
    }
}
