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
/// name as its state. It has no state if the job could not start: the pool was closed or has ended, or the inputs threw while they were
/// copied. A progress handler runs in the execution context in which the message was made.
/// </remarks>
/// <exception cref="ArgumentNullException"><paramref name="Function"/> or <paramref name="Inputs"/> is null.</exception>
/// <exception cref="ArgumentOutOfRangeException">A value of <paramref name="Options"/> is out of range.</exception>
public sealed record MapJob<TIn, TOut>(Func<TIn, TOut> Function, IReadOnlyList<TIn> Inputs, JobOptions? Options = null)
    : IJobRequest, INoSerializationVerificationNeeded
{
    /// <summary>Applied to each input, on a worker.</summary>
    /// <value>Never null.</value>
    public Func<TIn, TOut> Function
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Function));
    } = Function ?? throw new ArgumentNullException(nameof(Function));

    /// <summary>The inputs.</summary>
    /// <value>Never null.</value>
    public IReadOnlyList<TIn> Inputs
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Inputs));
    } = Inputs ?? throw new ArgumentNullException(nameof(Inputs));

    /// <summary>How the job runs.</summary>
    /// <value>Null for defaults.</value>
    public JobOptions? Options
    {
        get;
        init => field = Check(value);
    } = Check(Options);

    // Akka does not let the context of a message's sender flow.
    private readonly CallerContext _caller = CallerContext.Capture();

    JobExecution IJobRequest.ToJob(PoolState pool, IActorRef asker) => _caller.Run(() => CreateJob(pool, asker));

    private JobExecution CreateJob(PoolState pool, IActorRef asker)
    {
        var job = JobFactory.Map(pool, new ItemFunction<TIn, TOut>(Function), Inputs, Options);
        var name = job.Execution.Name;
        job.Completion.ContinueWith(
            done => asker.Tell(done.IsCompletedSuccessfully
                ? new MapResult<TOut>(name, done.GetAwaiter().GetResult())
                : new Status.Failure(GetReason(done), name)),
            CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        return job.Execution;
    }

    private static Exception GetReason(Task ended)
    {
        if (ended.Exception?.InnerException is { } error)
            return error;
        try
        {
            ended.GetAwaiter().GetResult();
            throw new InvalidOperationException("The job has succeeded.");
        }
        catch (OperationCanceledException e)
        {
            return e; // a cancelled task shows its reason only to who awaits it
        }
    }

    private static JobOptions? Check(JobOptions? options)
    {
        options?.Validate(streams: false);
        return options;
    }
}

/// <summary>Asks <see cref="WorkerPool.Coordinator"/> to end the jobs with this name.</summary>
/// <param name="Name">The name of the jobs: <see cref="JobOptions.Name"/> or a generated one.</param>
/// <remarks>
/// The callers of those jobs get an <see cref="OperationCanceledException"/>. The sender of this message gets no reply, and an unknown name
/// does nothing: the job may just have ended.
/// </remarks>
public sealed record CancelJob(string Name) : INoSerializationVerificationNeeded;
