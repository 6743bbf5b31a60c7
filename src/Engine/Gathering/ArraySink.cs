using ActorPool.Jobs;

namespace ActorPool.Gathering;

/// <summary>Answers with all results in an array.</summary>
/// <param name="count">How many results there will be; null while unknown.</param>
internal sealed class ArraySink<TOut>(long? count) : TaskSink<TOut, TOut[]>
{
    private readonly ResultBuffer<TOut> _results = new(count);

    public override Memory<TOut> GetRoom(long start, int count) => _results.GetRoom(start, count);

    public override bool Accept(ChunkOutcome outcome) => _results.Accept(outcome);

    protected override TOut[] Finish() => _results.ToArray();
}

/// <summary>Answers when the workers have written all results into the caller's memory.</summary>
internal sealed class CallerMemorySink<TOut>(Memory<TOut> results) : TaskSink<TOut, Unit>
{
    public override Memory<TOut> GetRoom(long start, int count) => results.Slice((int)start, count);

    public override bool Accept(ChunkOutcome outcome) => true;

    protected override Unit Finish() => default;
}

/// <summary>Answers with the only result.</summary>
internal sealed class SingleSink<TOut> : TaskSink<TOut, TOut>
{
    private readonly TOut[] _result = new TOut[1];

    public override Memory<TOut> GetRoom(long start, int count) => _result;

    public override bool Accept(ChunkOutcome outcome) => true;

    protected override TOut Finish() => _result[0];
}

/// <summary>Answers when all items are done; there are no results.</summary>
internal sealed class EmptySink : TaskSink<Unit, Unit>
{
    public override bool Accept(ChunkOutcome outcome) => true;

    protected override Unit Finish() => default;
}
