using ActorPool.Jobs;

namespace ActorPool.Agent;

/// <summary>The workers that run the chunks of one session.</summary>
internal interface ISessionPool
{
    PoolState State { get; }

    /// <summary>Runs one chunk of the client's job, as a job; its sink gets the outcome.</summary>
    /// <param name="execution">The job.</param>
    /// <param name="chunk">The chunk's number at the client.</param>
    /// <param name="stop">Ends it when the client's job has ended.</param>
    void SubmitPart(JobExecution execution, long chunk, CancellationToken stop);

    /// <summary>Keeps finished items for the parent of this worker process; null elsewhere.</summary>
    ItemKeeping? Keeping { get; }

    /// <summary>Lets it run at least this many chunks at a time from now on.</summary>
    void Grow(int workers);

    /// <summary>Gets the pool for a chunk that may end the process that runs it.</summary>
    /// <returns>Itself, if its workers are processes.</returns>
    /// <exception cref="InvalidOperationException">This program, started again, would be no worker; nothing has begun.</exception>
    ISessionPool BeginSuspect();

    /// <summary>Says that such a chunk has ended; once for each <see cref="BeginSuspect"/>.</summary>
    void EndSuspect();

    /// <summary>Passes a broadcast value on, if the workers are in other processes.</summary>
    /// <exception cref="PayloadException">The value cannot travel.</exception>
    void Publish(Guid handle, object? value, Type type);

    /// <summary>Ends the jobs that run with a <see cref="PoolTerminatedException"/>, and stops the workers.</summary>
    /// <param name="abandonAfter">How long to wait for functions that have not returned.</param>
    /// <returns>Whether all functions have returned; those that have not keep their threads.</returns>
    Task<bool> EndAsync(TimeSpan abandonAfter);
}
