using ActorPool.Chunking;
using ActorPool.Gathering;
using ActorPool.Jobs;

namespace ActorPool.Coordination;

/// <summary>Creates the job of each kind of call from inputs, function and sink.</summary>
/// <remarks>Wrong arguments throw here.</remarks>
internal static class JobFactory
{
    public static (JobExecution Execution, Task<TOut> Completion) Apply<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut> function, TIn argument, JobOptions? options)
    {
        var sink = new SingleSink<TOut>();
        var input = new MemoryInput<TIn>(typeof(TIn) == typeof(Unit) ? NoArgument<TIn>.Shared : [argument]);
        return (new JobExecution<TIn, TOut>(pool, Validate(options), input, function, sink), sink.Completion);
    }

    public static (JobExecution Execution, Task<TOut[]> Completion) Map<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var input = Input.From(inputs);
        options = Validate(options);
        var sink = new ArraySink<TOut>(input.Count);
        return (new JobExecution<TIn, TOut>(pool, options, input, function, sink), sink.Completion);
    }

    public static (JobExecution Execution, Task<Unit> Completion) MapInto<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut> function, ReadOnlyMemory<TIn> inputs, Memory<TOut> results, JobOptions? options)
    {
        var sink = new CallerMemorySink<TOut>(results);
        var input = new MemoryInput<TIn>(inputs);
        return (new JobExecution<TIn, TOut>(pool, Validate(options), input, function, sink) { WritesToCaller = true }, sink.Completion);
    }

    public static (JobExecution Execution, Task<ItemResult<TOut>[]> Completion) TryMap<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options)
    {
        options = Validate(options);
        var input = Input.From(inputs);
        var sink = new OutcomeSink<TOut>(input.Count, input.Reader is null ? null : options.Window ?? pool.Settings.StreamMaxWindow);
        return (new JobExecution<TIn, TOut>(pool, options, input, function, sink) { FailsFast = false }, sink.Completion);
    }

    public static (JobExecution Execution, Task<Unit> Completion) ForEach<TIn>(
        PoolState pool, ChunkFunction<TIn, Unit> function, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var sink = new EmptySink();
        return (new JobExecution<TIn, Unit>(pool, Validate(options), Input.From(inputs), function, sink), sink.Completion);
    }

    public static (JobExecution Execution, Task<TOut[]> Completion) MapChunks<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut[]> function, ReadOnlyMemory<TIn> inputs, JobOptions? options)
    {
        var sink = new JoinedArraySink<TOut>();
        return (new JobExecution<TIn, TOut[]>(pool, Validate(options), new MemoryInput<TIn>(inputs), function, sink), sink.Completion);
    }

    public static (JobExecution Execution, Task<TAcc> Completion) Aggregate<TIn, TAcc>(
        PoolState pool, FoldFunction<TIn, TAcc> function, Func<TAcc, TAcc, TAcc> merge, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var sink = new FoldSink<TAcc>(function.Seed, merge);
        options = Validate(options);
        return (new JobExecution<TIn, TAcc>(pool, options, Input.From(inputs), function, sink) { AwaitsConsumer = true }, sink.Completion);
    }

    public static (JobExecution Execution, StreamSink<TOut> Sink) Stream<TIn, TOut>(
        PoolState pool, ChunkFunction<TIn, TOut> function, Input<TIn> input, JobOptions options)
    {
        var sink = new StreamSink<TOut>(options.Order, isOnOneThread: pool.Stage is not null);
        var execution = new JobExecution<TIn, TOut>(pool, options, input, function, sink)
        {
            FailsFast = false,
            AwaitsConsumer = true,
            EndsAtSourceError = true,
        };
        return (execution, sink);
    }

    private static JobOptions Validate(JobOptions? options)
    {
        options ??= JobOptions.Default;
        options.Validate(streams: false);
        return options;
    }

    /// <summary>The input of a function that takes none.</summary>
    private static class NoArgument<TIn>
    {
        public static readonly TIn[] Shared = new TIn[1];
    }
}
