using System.Runtime.CompilerServices;
using ActorPool.Chunking;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>An action for one item.</summary>
internal sealed class ItemAction<TIn> : SyncFunction<TIn, Unit>
{
    private readonly Action<TIn> _action;

    public ItemAction(Action<TIn> action)
    {
        ArgumentNullException.ThrowIfNull(action);
        if (action.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false))
        {
            throw new ArgumentException(
                "The action is an async method that returns nothing: it cannot be awaited, and its exception would end the process. "
                + "Give it the type Func<T, Task>, or pass the lambda itself: async item => ….",
                nameof(action));
        }
        _action = action;
    }

    public override ResultShape Shape => ResultShape.None;

    public override Delegate Remembered => _action;

    public override CallDescription Describe() => new(CallKind.ForEach, [typeof(TIn)], [_action]);

    protected override Unit RunOne(Chunk<TIn, Unit> chunk, int offset)
    {
        _action(chunk.Inputs.Span[offset]);
        return default;
    }

    protected override void RunFrom(ChunkRun run, Chunk<TIn, Unit> chunk)
    {
        var context = run.Context;
        var inputs = chunk.Inputs.Span;
        ref var offset = ref context.Offset;
        var keepAfter = run.FirstToKeep;
        for (var i = offset; i < inputs.Length && !run.Lease.ShouldStop; i++)
        {
            offset = i;
            _action(inputs[i]);
            if (i >= keepAfter)
                keepAfter = run.Keep(i + 1);
        }
    }
}
