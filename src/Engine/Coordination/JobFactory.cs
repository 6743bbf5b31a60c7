using ActorPool.Chunking;
using ActorPool.Functions;
using ActorPool.Gathering;

namespace ActorPool.Coordination;

/// <summary>A plan and the task that its caller awaits.</summary>
internal sealed record JobOf<TResult>(JobPlan Plan, Task<TResult> Completion);

/// <summary>Makes the plan of each kind of call: which inputs, which function, which gathering. Wrong arguments throw here.</summary>
internal static class JobFactory
{
    public static JobOf<TOut> Apply<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut> function, TIn argument, JobOptions? options)
    {
        var input = new MemoryInput<TIn>(new[] { argument });
        return Collect(pool, Checked(options), input, function, new InPlaceResults<TOut>(new TOut[1]), static results => results.ToArray()[0]);
    }

    public static JobOf<TOut[]> Map<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var input = Input.Of(inputs);
        return Collect(pool, Checked(options), input, function, ResultsFor<TOut>(input), static results => results.ToArray());
    }

    public static JobOf<Nothing> MapInto<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut> function, ReadOnlyMemory<TIn> inputs, Memory<TOut> results, JobOptions? options)
        => Collect(pool, Checked(options), new MemoryInput<TIn>(inputs), function, new InPlaceResults<TOut>(results), static _ => default(Nothing), writesToCaller: true);

    public static JobOf<ItemResult<TOut>[]> TryMap<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut> function, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var checkedOptions = Checked(options);
        var input = Input.Of(inputs);
        var gathering = new OutcomeGathering<TOut>(ResultsFor<TOut>(input));
        var plan = new JobPlan<TIn, TOut>(pool, checkedOptions, input, function, gathering) { FailsFast = false };
        return new JobOf<ItemResult<TOut>[]>(plan, gathering.Completion);
    }

    public static JobOf<Nothing> ForEach<TIn>(PoolState pool, ChunkFunction<TIn, Nothing> function, IEnumerable<TIn> inputs, JobOptions? options)
        => Collect(pool, Checked(options), Input.Of(inputs), function, new NoResults(), static _ => default(Nothing));

    public static JobOf<TOut[]> MapChunks<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut[]> function, ReadOnlyMemory<TIn> inputs, JobOptions? options)
        => Collect(pool, Checked(options), new MemoryInput<TIn>(inputs), function, new SegmentedResults<TOut[]>(), static results => results.Flatten());

    public static JobOf<TAcc> Aggregate<TIn, TAcc>(PoolState pool, FoldFunction<TIn, TAcc> function, Func<TAcc, TAcc, TAcc> merge, IEnumerable<TIn> inputs, JobOptions? options)
    {
        var gathering = new MergeGathering<TAcc>(function.Seed, merge);
        var plan = new JobPlan<TIn, TAcc>(pool, Checked(options), Input.Of(inputs), function, gathering) { AwaitsConsumer = true };
        return new JobOf<TAcc>(plan, gathering.Completion);
    }

    public static (JobPlan Plan, StreamGathering<TOut> Gathering) Stream<TIn, TOut>(PoolState pool, ChunkFunction<TIn, TOut> function, Input<TIn> input, JobOptions options)
    {
        var gathering = new StreamGathering<TOut>(options.Order);
        return (new JobPlan<TIn, TOut>(pool, options, input, function, gathering) { FailsFast = false, AwaitsConsumer = true, EndsAtSourceError = true }, gathering);
    }

    private static JobOf<TResult> Collect<TIn, TOut, TResults, TResult>(
        PoolState pool, JobOptions options, Input<TIn> input, ChunkFunction<TIn, TOut> function, TResults results, Func<TResults, TResult> finish, bool writesToCaller = false)
        where TResults : IResultStore<TOut>
    {
        var gathering = new CollectGathering<TOut, TResults, TResult>(results, finish);
        return new JobOf<TResult>(new JobPlan<TIn, TOut>(pool, options, input, function, gathering) { WritesToCaller = writesToCaller }, gathering.Completion);
    }

    /// <summary>An array when it is known how many results there will be: then the workers write where the caller reads.</summary>
    private static IResultStore<TOut> ResultsFor<TOut>(Input input) => input.Count is { } count
        ? new InPlaceResults<TOut>(GC.AllocateUninitializedArray<TOut>((int)count))
        : new SegmentedResults<TOut>();

    private static JobOptions Checked(JobOptions? options)
    {
        options ??= JobOptions.Default;
        options.Validate(streams: false);
        return options;
    }
}

/// <summary>A public message that asks the coordinator for a job.</summary>
internal interface IJobRequest
{
    /// <summary>Makes the plan and lets its answer go to the asker.</summary>
    JobPlan ToPlan(PoolState pool, Akka.Actor.IActorRef asker);
}
