namespace ActorPool;

/// <summary>Settings of one <see cref="WorkerPool"/>; fixed once it has started.</summary>
/// <remarks>A setting given here wins over the same one in <see cref="Config"/>, and that over <c>reference.conf</c>.</remarks>
public sealed record WorkerPoolOptions
{
    /// <summary>Workers of the pool, each of which runs one item at a time.</summary>
    /// <value>
    /// 1 to 10,000. Default <see langword="null"/>: <c>actorpool.workers</c>, which in turn means the processors that this process may use
    /// (affinity and cgroup quota included). More than that helps functions that wait, above all asynchronous ones: they hold no thread while they do.
    /// </value>
    public int? Workers { get; init; }

    /// <summary>The name of the pool's coordinator actor, for logs and paths.</summary>
    /// <value>Letters, digits, <c>-</c> and <c>_</c>; unique within an actor system. Default <see langword="null"/>: <c>actorpool-1</c>, <c>actorpool-2</c> and so on.</value>
    public string? Name { get; init; }

    /// <summary>Runs on each worker before its first item.</summary>
    /// <value>
    /// Default <see langword="null"/>. When it throws, the worker does not start, every running and later job fails with a <see cref="NoWorkersException"/>
    /// that has the exception inside, and it is not tried again (Python's Pool starts workers in an endless loop then).
    /// </value>
    public Action? Initializer { get; init; }

    /// <summary>Makes the state that a worker keeps from item to item and hands to the function as <see cref="WorkContext.State"/>.</summary>
    /// <value>
    /// Called once for each worker, after <see cref="Initializer"/>; it must return a new object each time, which then needs no locks. It is disposed
    /// with the worker if it is <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>. Failing, it acts as <see cref="Initializer"/> does. Default <see langword="null"/>: no state.
    /// </value>
    public Func<object>? WorkerState { get; init; }

    /// <summary>Items after which a worker is replaced by a new one, for functions that leak.</summary>
    /// <value>1 or more; chunks are cut so that it is exact. Default <see langword="null"/>: never.</value>
    public int? MaxTasksPerWorker { get; init; }

    /// <summary>HOCON with <c>actorpool { … }</c> settings, laid over <c>reference.conf</c>; for a pool that owns its actor system also <c>akka { … }</c>.</summary>
    /// <value>
    /// Default <see langword="null"/>. Unknown keys, wrong types and impossible values are refused when the pool is created, all of them in one message.
    /// For a pool in a caller's actor system it is laid over that system's own <c>actorpool</c> section, and it may not set dispatchers: those belong to the system.
    /// </value>
    public string? Config { get; init; }

    /// <summary>The clock behind timeouts, rates and adaptive chunks.</summary>
    /// <value>Default <see cref="System.TimeProvider.System"/>. A test that drives Akka's scheduler in virtual time passes a clock that follows it.</value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
