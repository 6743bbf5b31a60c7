using System.Runtime.Loader;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using ActorPool.Processes;
using Akka.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorPool.Configuration;

/// <summary>All settings of one pool, checked; <c>reference.conf</c> explains each of them.</summary>
internal sealed record PoolSettings
{
    public const int MaxWorkers = 10_000;
    public const long MinMemoryPerWorker = 64L << 20;
    public const string WorkerDispatcher = "actorpool.worker-dispatcher";
    public const string CoordinationDispatcher = "actorpool.coordination-dispatcher";

    private static readonly string[] s_akkaDispatcherKeys =
    [
        "type", "executor", "throughput-deadline-time", "shutdown-timeout", "attempt-teamwork",
        "mailbox-requirement", "mailbox-type", "mailbox-capacity", "mailbox-push-timeout-time",
        "default-executor", "thread-pool-executor", "fork-join-executor", "task-executor", "current-context-executor",
        "dedicated-thread-pool",
    ];

    private static int s_names;

    public required string Name { get; init; }

    public required int Workers { get; init; }

    public required Action? Initializer { get; init; }

    public required Func<object>? WorkerState { get; init; }

    /// <inheritdoc cref="WorkerPoolOptions.LoadContext"/>
    public AssemblyLoadContext? LoadContext { get; init; }

    /// <inheritdoc cref="WorkerPoolOptions.LogTarget"/>
    public LogTarget? LogTarget { get; init; }

    public required int? MaxTasksPerWorker { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>Whether the pool only observes a cluster, and runs nothing there.</summary>
    public bool IsObserver { get; init; }

    /// <summary>The whole configuration; the pool's own actor system starts from it.</summary>
    public required Config Config { get; init; }

    public required TimeSpan ChunkTarget { get; init; }

    public required int StreamMaxWindow { get; init; }

    public required TimeSpan ProgressInterval { get; init; }

    public required TimeSpan AbandonAfter { get; init; }

    public required TimeSpan RetryWhenTimeout { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public required int WorkerLosses { get; init; }

    public required int NestedWorkers { get; init; }

    /// <summary>When the watchdog first reports a stuck job; 0 for never.</summary>
    public required TimeSpan ReportAfter { get; init; }

    /// <summary>When the watchdog fails a stuck job; 0 for never.</summary>
    public required TimeSpan FailAfter { get; init; }

    /// <summary>The settings of nodes and of pools that use them.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>The protocol versions that the pool or node speaks; null for those of this build.</summary>
    public ProtocolVersions? Versions { get; init; }

    /// <summary>Whether the pool uses nodes.</summary>
    /// <remarks><see cref="Workers"/> then counts only those of this process, and may be 0.</remarks>
    public bool IsCluster { get; init; }

    /// <summary>Whether the workers are processes; see <see cref="ForWorkers"/>.</summary>
    public WorkerIsolation Isolation { get; init; }

    /// <summary>Worker processes; 0 if the workers are in this process.</summary>
    public int Processes { get; private init; }

    /// <summary>The most memory that a worker process may use, in bytes; null for no limit.</summary>
    public long? MaxMemoryPerWorker { get; init; }

    /// <summary>Where what functions write in other processes goes.</summary>
    public FunctionOutput Output { get; init; }

    /// <inheritdoc cref="WorkerPoolOptions.FunctionLogger"/>
    public ILogger? FunctionLogger { get; init; }

    /// <inheritdoc cref="WorkerPoolOptions.FunctionLog"/>
    public IFunctionLog? FunctionLog { get; init; }

    /// <inheritdoc cref="WorkerPoolOptions.ServedPool"/>
    public PoolIdentity? ServedPool { get; init; }

    /// <summary>Chunks that may wait at a node or process for each of its workers.</summary>
    public int Prefetch => Processes > 0 ? 0 : Cluster.Prefetch;

    /// <summary>The name of the pool's own actor system, which must not contain a <c>_</c>.</summary>
    public string SystemName => Name.Replace('_', '-');

    /// <summary>Counts the workers as processes, if that is what they are.</summary>
    /// <exception cref="InvalidOperationException">This program, started again, would be no worker.</exception>
    public PoolSettings ForWorkers()
    {
        if (Isolation is not WorkerIsolation.Process)
            return this;
        ChildEntry.CheckProgram();
        return this with { Processes = Workers, Workers = 0 };
    }

    /// <summary>Reads and checks all settings.</summary>
    /// <param name="options">The caller's settings; they win.</param>
    /// <param name="config">From <see cref="PoolConfig"/>, with what could be read of <see cref="WorkerPoolOptions.Config"/>.</param>
    /// <exception cref="SettingsException">A setting is wrong; the message names every fault.</exception>
    /// <remarks>Only this method and <see cref="ClusterSettings"/> know the keys of <c>actorpool</c> and their valid values.</remarks>
    public static PoolSettings Read(WorkerPoolOptions options, Config config) => Read(options, config, PoolConfig.ReadText(options), []);

    /// <inheritdoc cref="Read(WorkerPoolOptions, Config)"/>
    /// <param name="options">The caller's settings; they win.</param>
    /// <param name="config">All layers.</param>
    /// <param name="written">The text that the caller wrote.</param>
    /// <param name="faults">Faults found earlier; the message names them too.</param>
    /// <param name="check">Returns the fault of a combination of settings; null if there is none.</param>
    public static PoolSettings Read(
        WorkerPoolOptions options, Config config, HoconText written, List<SettingsFault> faults,
        Func<PoolSettings, SettingsFault?>? check = null)
    {
        faults.AddRange(CheckOptions(options).Concat(written.Faults).Concat(PoolConfig.FindMisplacedKeys(written, config)));

        var section = new HoconSection("actorpool", config, written, faults);
        var workers = section.ReadInt32Or("workers", "auto", Math.Min(Environment.ProcessorCount, MaxWorkers), 1, MaxWorkers);
        var settings = new PoolSettings
        {
            Name = options.Name ?? "",
            Workers = options.Workers ?? workers,
            Initializer = options.Initializer,
            WorkerState = options.WorkerState,
            LoadContext = options.LoadContext,
            LogTarget = options.LogTarget,
            MaxTasksPerWorker = options.MaxTasksPerWorker,
            TimeProvider = options.TimeProvider,
            Config = config,
            ChunkTarget = section.ReadDuration("chunk.target", "0.01ms", "1m"),
            StreamMaxWindow = section.ReadInt32("stream.max-window", 1, 100_000_000),
            ProgressInterval = section.ReadDuration("progress-interval", "0ms", "1h"),
            AbandonAfter = section.ReadDuration("abandon-after", "0ms", "1d"),
            RetryWhenTimeout = section.ReadDuration("retry-when-timeout", "1ms", "1d"),
            ShutdownTimeout = section.ReadDuration("shutdown-timeout", "0ms", "1d"),
            WorkerLosses = section.ReadInt32("worker-losses", 1, 1_000_000),
            NestedWorkers = section.ReadInt32("nested-workers", 0, MaxWorkers),
            ReportAfter = section.ReadDuration("watchdog.report-after", "0ms", "1d"),
            FailAfter = section.ReadDuration("watchdog.fail-after", "0ms", "1000d"),
            Cluster = ClusterSettings.Read(section),
            Versions = options.Versions,
            Isolation = section.ReadWord("isolation", ("none", WorkerIsolation.None), ("process", WorkerIsolation.Process))
                is var isolation && options.Isolation is { } chosen ? chosen : isolation,
            MaxMemoryPerWorker = options.MaxMemoryPerWorker,
            Output = section.ReadWord(
                "forward-output", ("off", FunctionOutput.Default), ("on", FunctionOutput.Program), ("log", FunctionOutput.Log))
                is var output && options.ForwardOutput is { } forwards
                    ? forwards ? FunctionOutput.Program : FunctionOutput.Default
                    : output,
            FunctionLogger = options.FunctionLogger,
            FunctionLog = options.FunctionLog,
            ServedPool = options.ServedPool,
            IsObserver = options.IsObserver,
        };
        if (settings is { MaxMemoryPerWorker: not null, Isolation: WorkerIsolation.None })
        {
            faults.Add(Fault(
                nameof(WorkerPoolOptions.MaxMemoryPerWorker), $"needs worker processes: set Isolation to Process, or leave it out."));
        }
        ReadDispatcher(section, "worker-dispatcher");
        ReadThreads(section, "worker-dispatcher.worker-threads");
        ReadDispatcher(section, "coordination-dispatcher");
        section.RefuseOthers();
        if (check?.Invoke(settings) is { } fault)
            faults.Add(fault);

        if (faults.Count > 0)
            throw new SettingsException(faults);
        return options.Name is null ? settings with { Name = $"actorpool-{Interlocked.Increment(ref s_names)}" } : settings;
    }

    private static IEnumerable<SettingsFault> CheckOptions(WorkerPoolOptions options)
    {
        if (options.Workers is < 1 or > MaxWorkers)
            yield return Fault(
                nameof(WorkerPoolOptions.Workers),
                $"is [{options.Workers}]. Set 1 to {MaxWorkers}, or null for the processors of this process.");
        // Such a name is valid in an actor's path and, with the _ replaced, for an actor system, and a log line can show it.
        if (options.Name is { } name
            && (name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0])
                || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
        {
            const string Advice = "Use the letters a to z, digits, - and _, with a letter or digit first, or null for a generated name.";
            yield return Fault(nameof(WorkerPoolOptions.Name), $"is [{name}]. {Advice}");
        }
        if (options.MaxTasksPerWorker is < 1)
            yield return Fault(
                nameof(WorkerPoolOptions.MaxTasksPerWorker),
                $"is [{options.MaxTasksPerWorker}]. Set 1 or more, or null to keep workers forever.");
        if (options.Isolation is { } isolation && !Enum.IsDefined(isolation))
        {
            yield return Fault(
                nameof(WorkerPoolOptions.Isolation), $"is [{isolation}]. Set None or Process, or null for the configuration's.");
        }
        if (options.MaxMemoryPerWorker is < MinMemoryPerWorker)
            yield return Fault(
                nameof(WorkerPoolOptions.MaxMemoryPerWorker),
                $"is [{options.MaxMemoryPerWorker}] bytes. Set [{MinMemoryPerWorker}] or more, or null for no limit.");
        if (options.Initializer?.GetInvocationList().Any(IsAsyncVoid) == true)
            yield return Fault(
                nameof(WorkerPoolOptions.Initializer),
                $"is an async method that returns no task: nothing waits for it, and its errors end the process. Make it synchronous.");
        if (options.TimeProvider is null)
            yield return Fault(nameof(WorkerPoolOptions.TimeProvider), $"is [null]. Leave it out for TimeProvider.System.");
    }

    private static bool IsAsyncVoid(Delegate action) => action.Method.IsDefined(typeof(AsyncStateMachineAttribute), inherit: false);

    private static SettingsFault Fault(string name, FormattableString what)
    {
        var option = SettingsOption.ForPool(name);
        return new SettingsFault(option, $"{option} {what}");
    }

    /// <summary>Checks the pool's keys of a dispatcher, and leaves the others to Akka.</summary>
    /// <remarks>Akka would read a missing number as 0, and throw its own exceptions for one that is not a number.</remarks>
    private static void ReadDispatcher(HoconSection section, string dispatcher)
    {
        section.ReadInt32($"{dispatcher}.throughput", 1, 1_000_000);
        section.LeaveToAkka(s_akkaDispatcherKeys.Select(key => $"{dispatcher}.{key}"));
    }

    private static void ReadThreads(HoconSection section, string threads)
    {
        section.ReadInt32($"{threads}.max", 1, 1_000_000);
        section.ReadDuration($"{threads}.keep-alive", "0ms", "1d");
        section.ReadInt32($"{threads}.spin", 0, 1_000_000);
    }
}
