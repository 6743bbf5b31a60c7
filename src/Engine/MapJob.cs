using ActorPool.Chunking;
using ActorPool.Coordination;
using ActorPool.Jobs;
using Akka.Actor;

namespace ActorPool;

/// <summary>Asks <see cref="WorkerPool.Coordinator"/> to map a function over inputs.</summary>
/// <typeparam name="TIn">Type of the inputs.</typeparam>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <param name="Function">Applied to each input, on a worker.</param>
/// <param name="Inputs">
/// n inputs. An array is read in place: items that have not started may see what is changed in it. A list, or another .NET collection, is
/// copied when the coordinator handles the message, without copies of the objects in it: later changes to the collection have no effect.
/// Anything else is enumerated once, on a thread of the pool, in the execution context in which the message was made.
/// </param>
/// <param name="Options">How the job runs; null for defaults.</param>
/// <remarks>
/// The sender gets exactly one reply: <see cref="MapResult{TOut}"/> with the ordered results, or Akka's <see cref="Status.Failure"/>. The
/// failure has the error that the same call of <see cref="WorkerPool"/> would have thrown, so that an <c>Ask</c> throws it, and the job's
/// name as its state. It has no state if the job could not start: an argument was wrong, or the pool was closed. A progress handler runs in
/// the execution context in which the message was made.
/// </remarks>
public sealed record MapJob<TIn, TOut>(Func<TIn, TOut> Function, IReadOnlyList<TIn> Inputs, JobOptions? Options = null)
    : IJobRequest, INoSerializationVerificationNeeded
{
    // Akka does not let the context of a message's sender flow.
    private readonly CallerContext _caller = CallerContext.Capture();

    JobExecution IJobRequest.ToJob(PoolState pool, IActorRef asker) => _caller.Run(() => CreateJob(pool, asker));

    private JobExecution CreateJob(PoolState pool, IActorRef asker)
    {
        ArgumentNullException.ThrowIfNull(Function);
        ArgumentNullException.ThrowIfNull(Inputs);
        var job = JobFactory.Map(pool, new ItemFunction<TIn, TOut>(Function), Inputs, Options);
        var name = job.Execution.Name;
        job.Completion.ContinueWith(
            done => asker.Tell(done.IsCompletedSuccessfully
                ? new MapResult<TOut>(name, done.GetAwaiter().GetResult())
                : new Status.Failure(done.Exception?.InnerException ?? new OperationCanceledException($"{name} was cancelled."), name)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return job.Execution;
    }
}

/// <summary>The coordinator's answer to a <see cref="MapJob{TIn, TOut}"/> that succeeded.</summary>
/// <typeparam name="TOut">Type of the results.</typeparam>
/// <param name="Name">The job's name: <see cref="JobOptions.Name"/> or a generated one.</param>
/// <param name="Results">n results in the inputs' order.</param>
public sealed record MapResult<TOut>(string Name, IReadOnlyList<TOut> Results) : INoSerializationVerificationNeeded;

/// <summary>Asks <see cref="WorkerPool.Coordinator"/> to end the jobs with this name.</summary>
/// <param name="Name">The name of the jobs: <see cref="JobOptions.Name"/> or a generated one.</param>
/// <remarks>
/// The callers of those jobs get an <see cref="OperationCanceledException"/>. The sender of this message gets no reply, and an unknown name
/// does nothing: the job may just have ended.
/// </remarks>
public sealed record CancelJob(string Name) : INoSerializationVerificationNeeded;
