using Akka.Actor;
using ActorPool.Coordination;

namespace ActorPool;

/// <summary>Asks <see cref="WorkerPool.Coordinator"/> to map a function over inputs and to send the ordered list back.</summary>
/// <typeparam name="TIn">Type of the inputs.</typeparam>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <param name="Function">Applied to each input, on a worker.</param>
/// <param name="Inputs">n inputs; an array is read in place and must not change while the job runs, other lists are copied or enumerated.</param>
/// <param name="Options">How the job runs; null for defaults. Its name comes back with the reply.</param>
/// <remarks>
/// The sender gets exactly one reply: <see cref="MapResult{TOut}"/>, or Akka's <see cref="Status.Failure"/> with the error that the
/// same call of <see cref="WorkerPool"/> would have thrown and with the job's name as its state, so that an <c>Ask</c> throws it.
/// </remarks>
public sealed record MapJob<TIn, TOut>(Func<TIn, TOut> Function, IReadOnlyList<TIn> Inputs, JobOptions? Options = null) : IJobRequest, INoSerializationVerificationNeeded
{
    JobPlan IJobRequest.ToPlan(PoolState pool, IActorRef asker)
    {
        ArgumentNullException.ThrowIfNull(Function);
        ArgumentNullException.ThrowIfNull(Inputs);
        var job = JobFactory.Map(pool, new Functions.ItemFunction<TIn, TOut>(Function), Inputs, Options);
        job.Completion.ContinueWith(
            done => asker.Tell(done.IsCompletedSuccessfully
                ? new MapResult<TOut>(job.Plan.Name, done.GetAwaiter().GetResult())
                : new Status.Failure(done.Exception?.InnerException ?? new OperationCanceledException($"{job.Plan.Name} was cancelled."), job.Plan.Name)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return job.Plan;
    }
}

/// <summary>The coordinator's answer to a <see cref="MapJob{TIn, TOut}"/> that succeeded.</summary>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <param name="Name">The job's name: <see cref="JobOptions.Name"/> or a generated one.</param>
/// <param name="Results">n results in the inputs' order.</param>
public sealed record MapResult<TOut>(string Name, IReadOnlyList<TOut> Results) : INoSerializationVerificationNeeded;

/// <summary>Asks <see cref="WorkerPool.Coordinator"/> to end the jobs of that name; their askers get an <see cref="OperationCanceledException"/>.</summary>
/// <param name="Name">The name that was given in <see cref="JobOptions.Name"/>.</param>
/// <remarks>There is no reply of its own, and an unknown name does nothing: the job may just have ended.</remarks>
public sealed record CancelJob(string Name) : INoSerializationVerificationNeeded;
