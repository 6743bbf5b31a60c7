using System.Runtime.Loader;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Serialization;
using Microsoft.Extensions.Logging;

namespace ActorPool;

/// <summary>Settings of one <see cref="WorkerPool"/>; fixed once it has started.</summary>
/// <remarks>A setting given here wins over the same one in <see cref="Config"/>, and that over <c>reference.conf</c>.</remarks>
public sealed record WorkerPoolOptions
{
    /// <summary>Workers of the pool, each of which runs one item at a time.</summary>
    /// <value>
    /// 1 to 10,000. Default <see langword="null"/>: <c>actorpool.workers</c>, whose default is the processors that this process may use
    /// (affinity and cgroup quota included). More than that helps functions that wait, above all asynchronous ones: they hold no thread
    /// while they wait.
    /// </value>
    public int? Workers { get; init; }

    /// <summary>The name of the pool's coordinator actor, for logs and paths.</summary>
    /// <value>
    /// Letters, digits, <c>-</c> and <c>_</c>; unique within an actor system. Default <see langword="null"/>: <c>actorpool-1</c>,
    /// <c>actorpool-2</c> and so on.
    /// </value>
    public string? Name { get; init; }

    /// <summary>Runs on each worker before its first item.</summary>
    /// <value>
    /// Default <see langword="null"/>. When it throws, the worker does not start, every running and later job fails with a
    /// <see cref="NoWorkersException"/> that has the exception inside, and the pool does not try again. (Python's Pool starts workers in an
    /// endless loop then.)
    /// </value>
    /// <remarks>
    /// For what belongs to the process, static fields for example. A worker has no thread of its own: items do not see what the initializer
    /// sets in a <c>[ThreadStatic]</c> field, a <see cref="ThreadLocal{T}"/> or an <see cref="AsyncLocal{T}"/>, even with one worker. For a
    /// value of each worker use <see cref="WorkerState"/>, which items get as <see cref="WorkContext.State"/>.
    /// </remarks>
    public Action? Initializer { get; init; }

    /// <summary>Creates the state that a worker keeps from item to item.</summary>
    /// <value>
    /// Called once for each worker, after <see cref="Initializer"/>. The function gets the state as <see cref="WorkContext.State"/>. It
    /// must return a new object each time; that object then needs no locks. It is disposed with the worker if it is
    /// <see cref="IDisposable"/> or <see cref="IAsyncDisposable"/>. When it throws, the same happens as when <see cref="Initializer"/>
    /// does. Default <see langword="null"/>: no state.
    /// </value>
    public Func<object>? WorkerState { get; init; }

    /// <summary>Items after which a worker is replaced by a new one, for functions that leak.</summary>
    /// <value>
    /// 1 or more; chunks are cut so that it is exact. A chunk of <c>MapChunksAsync</c> or <c>AggregateAsync</c> counts as one item. Default
    /// <see langword="null"/>: never.
    /// </value>
    public int? MaxTasksPerWorker { get; init; }

    /// <summary>Whether workers are processes of their own.</summary>
    /// <value>
    /// Default <see langword="null"/>: <c>actorpool.isolation</c>, whose default is <see cref="WorkerIsolation.None"/>. With
    /// <see cref="WorkerIsolation.Process"/>, functions, inputs and results travel as they do to nodes, and a function that ends its
    /// process or does not return costs one item, and not the program.
    /// </value>
    public WorkerIsolation? Isolation { get; init; }

    /// <summary>The most memory that a worker process may use, in bytes.</summary>
    /// <value>
    /// 64 MiB or more; resident memory, and the limit of the process's managed heap. Default <see langword="null"/>: no limit. Only with
    /// <see cref="WorkerIsolation.Process"/>.
    /// </value>
    public long? MaxMemoryPerWorker { get; init; }

    /// <summary>Whether lines that functions write in other processes go to the program's own output.</summary>
    /// <value>
    /// Default <see langword="null"/>: <c>actorpool.forward-output</c>, whose default is off: the lines of worker processes go to the log,
    /// those of nodes to the node's own output. True: they go to <see cref="Console.Out"/> and <see cref="Console.Error"/>, one at a time,
    /// with the worker, its node and its item in front: <c>worker-1 on 127.0.0.1:8110, item 17 of [job-1]: text</c>. With
    /// <c>actorpool.forward-output = log</c>, those of nodes go to the log as well. A line of more than 4,096 characters comes in pieces.
    /// Functions that run in the program's process write there in any case, without this.
    /// </value>
    /// <remarks>
    /// A worker process that writes faster than that is read waits. A node does not: of its lines, 1,000 come at once and 100 a second in
    /// the long run, and the log says how many were dropped. A node sends what goes through <see cref="Console"/>, and nothing of native
    /// code.
    /// </remarks>
    public bool? ForwardOutput { get; init; }

    /// <summary>Gets the lines that functions log through <see cref="WorkContext.Logger"/>, wherever they run.</summary>
    /// <value>
    /// Default <see langword="null"/>: the log of the pool's actor system. It also gets what worker processes and nodes write to standard
    /// output (as information) and error (as warnings), where that goes to the log. Each line has the values <c>Pool</c>, <c>Job</c>,
    /// <c>Item</c>, <c>Worker</c>, <c>Node</c> and <c>Text</c>.
    /// </value>
    /// <remarks>Any thread calls it, also a worker's: it should return soon. What it throws is logged, and harms no job.</remarks>
    public ILogger? FunctionLogger { get; init; }

    /// <summary>Takes what functions log, in a session of another pool.</summary>
    /// <value>Null: the pool's own log.</value>
    internal IFunctionLog? FunctionLog { get; init; }

    /// <summary>Whether the pool only observes a cluster, and runs nothing there.</summary>
    internal bool IsObserver { get; init; }

    /// <summary>The pool of another process that this one serves.</summary>
    /// <value>Null: none.</value>
    internal PoolIdentity? ServedPool { get; init; }

    /// <summary>Converters for values that the engine itself cannot send between processes.</summary>
    /// <value>
    /// Default: none. At most one for each type, of a type that has no form of its own on the way (not a number, a text or a structure of
    /// such): <c>ConnectAsync</c> throws an <see cref="ArgumentException"/> otherwise. A pool of one process converts nothing.
    /// </value>
    public IReadOnlyList<PayloadConverter> Converters { get; init; } = [];

    /// <summary>Whether <c>ConnectAsync</c> returns before a node has answered.</summary>
    /// <value>
    /// Default false: it waits for the first node. True: it returns at once, and the pool connects in the background, for as long as it
    /// takes. Jobs wait for the first node up to <c>actorpool.cluster.no-workers-timeout</c>, and then fail with a
    /// <see cref="NoWorkersException"/> that says what was tried. While no node answers, the log has one warning, after
    /// <c>actorpool.cluster.connect-timeout</c>. A pool of one process ignores it.
    /// </value>
    public bool ConnectInBackground { get; init; }

    /// <summary>Where the pool's own actor system logs.</summary>
    /// <value>Null: to standard error.</value>
    internal LogTarget? LogTarget { get; init; }

    /// <summary>The conversions of a pool whose session this one serves.</summary>
    /// <value>Null: those of <see cref="Converters"/>.</value>
    internal Conversions? Conversions { get; init; }

    /// <summary>The protocol versions that the pool speaks to nodes.</summary>
    /// <value>Null: those of this build.</value>
    internal ProtocolVersions? Versions { get; init; }

    /// <summary>Where the pool's actors run in a simulation.</summary>
    /// <value>Null: in the actor system, on the pool's threads.</value>
    internal PoolStage? Stage { get; init; }

    /// <summary>Where .NET looks up code that it loads by name for a function.</summary>
    /// <value>Null: in the program.</value>
    internal AssemblyLoadContext? LoadContext { get; init; }

    /// <summary>HOCON with <c>actorpool { … }</c> settings, laid over <c>reference.conf</c>.</summary>
    /// <value>
    /// Default <see langword="null"/>. Unknown keys, wrong types and values out of range are refused when the pool is created, all of them
    /// in one message. For a pool that owns its actor system it may also have <c>akka { … }</c> settings. For a pool in a caller's actor
    /// system it is laid over that system's <c>actorpool</c> section, and it may not set dispatchers: those belong to the system.
    /// </value>
    public string? Config { get; init; }

    /// <summary>The clock for timeouts, rates and adaptive chunks.</summary>
    /// <value>
    /// Default <see cref="System.TimeProvider.System"/>. A test that drives Akka's scheduler in virtual time passes a clock that follows
    /// it.
    /// </value>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
