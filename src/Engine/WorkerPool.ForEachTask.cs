using System.Runtime.CompilerServices;
using ActorPool.Coordination;
using ActorPool.Jobs;

namespace ActorPool;

// Actions that return a task and take no token. An async lambda fits the overloads for Action, Task and ValueTask; as an action it could
// not be awaited. The one for Task has priority 1, as in WorkerPool.MapTask.cs. A lambda that throws fits all of them too, with the same
// outcome. So does one whose body is a call on a dynamic object: it counts as one that returns a task, unless it has braces.
public sealed partial class WorkerPool
{
    /// <summary>Runs an asynchronous action for every input; there are no results.</summary>
    /// <param name="action">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw. A null in place of a task counts as done.
    /// </param>
    /// <inheritdoc cref="ForEachAsync{TIn}(Func{TIn, CancellationToken, ValueTask}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public Task ForEachAsync<TIn>(
        Func<TIn, Task?> action, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, CallFactory.ForEachAsync(action), inputs, options), cancellationToken);

    /// <summary>Runs an asynchronous action for every input; there are no results.</summary>
    /// <param name="action">
    /// Awaited for each input, one at a time on each worker; its token is that of <see cref="WorkContext.Current"/>. It holds no thread
    /// while it waits, so for I/O give the pool as many workers as items should be in flight. Runs again for an item whose worker was lost
    /// or, with <see cref="JobOptions.Retries"/>, that threw.
    /// </param>
    /// <inheritdoc cref="ForEachAsync{TIn}(Func{TIn, CancellationToken, ValueTask}, IEnumerable{TIn}, JobOptions?, CancellationToken)"/>
    public Task ForEachAsync<TIn>(
        Func<TIn, ValueTask> action, IEnumerable<TIn> inputs, JobOptions? options = null, CancellationToken cancellationToken = default)
        => Submit(JobFactory.ForEach(_pool, CallFactory.ForEachAsync(action), inputs, options), cancellationToken);
}
