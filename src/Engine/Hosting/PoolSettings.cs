using Akka.Configuration;

namespace ActorPool.Hosting;

/// <summary>All settings of one pool, checked; <c>reference.conf</c> says what each of them means.</summary>
internal sealed record PoolSettings
{
    public const int MostWorkers = 10_000;
    public const string WorkerDispatcher = "actorpool.worker-dispatcher";
    public const string CoordinationDispatcher = "actorpool.coordination-dispatcher";

    private static readonly string[] s_akkaDispatcherKeys =
    [
        "type", "executor", "throughput-deadline-time", "shutdown-timeout", "attempt-teamwork",
        "mailbox-requirement", "mailbox-type", "mailbox-capacity", "mailbox-push-timeout-time",
        "default-executor", "thread-pool-executor", "fork-join-executor", "task-executor", "current-context-executor", "dedicated-thread-pool",
    ];

    private static int s_names;

    public required string Name { get; init; }

    public required int Workers { get; init; }

    public required Action? Initializer { get; init; }

    public required Func<object>? WorkerState { get; init; }

    public required int? MaxTasksPerWorker { get; init; }

    public required TimeProvider TimeProvider { get; init; }

    /// <summary>The resolved document, which an actor system of the pool's own starts from.</summary>
    public required Config Config { get; init; }

    public required TimeSpan ChunkTarget { get; init; }

    public required int StreamMaxWindow { get; init; }

    public required TimeSpan ProgressInterval { get; init; }

    public required TimeSpan AbandonAfter { get; init; }

    public required TimeSpan ShutdownTimeout { get; init; }

    public required int WorkerLosses { get; init; }

    public required int NestedWorkers { get; init; }

    /// <summary>0 for never.</summary>
    public required TimeSpan ReportAfter { get; init; }

    /// <summary>0 for never.</summary>
    public required TimeSpan FailAfter { get; init; }

    /// <summary>What holds for pools over nodes, and for nodes.</summary>
    public required ClusterSettings Cluster { get; init; }

    /// <summary>Whether the pool takes in nodes; <see cref="Workers"/> are then those of this process, perhaps none.</summary>
    public bool IsCluster { get; init; }

    /// <summary>The name for an actor system of the pool's own: those may not have a <c>_</c>.</summary>
    public string SystemName => Name.Replace('_', '-');

    /// <summary>Reads all settings: the one place that knows the keys of <c>actorpool</c> and what they may be.</summary>
    /// <param name="options">The caller's settings; they win.</param>
    /// <param name="config">From <see cref="PoolConfig"/>, with what could be read of <see cref="WorkerPoolOptions.Config"/>.</param>
    /// <exception cref="ArgumentException">Something is wrong with either; the message has all of it.</exception>
    public static PoolSettings Read(WorkerPoolOptions options, Config config) => Read(options, config, PoolConfig.TextOf(options), []);

    /// <inheritdoc cref="Read(WorkerPoolOptions, Config)"/>
    /// <param name="options">The caller's settings; they win.</param>
    /// <param name="config">All layers.</param>
    /// <param name="written">The text that the caller wrote.</param>
    /// <param name="faults">What was found to be wrong before; the message has it, too.</param>
    /// <param name="check">Says what is wrong with the settings together; null for nothing.</param>
    public static PoolSettings Read(WorkerPoolOptions options, Config config, HoconText written, List<string> faults, Func<PoolSettings, string?>? check = null)
    {
        faults.AddRange(OptionFaults(options).Concat(written.Faults).Concat(PoolConfig.MisplacedKeys(written, config)));

        var section = new HoconSection("actorpool", config, written, faults);
        var workers = section.WholeOr("workers", "auto", Math.Min(Environment.ProcessorCount, MostWorkers), 1, MostWorkers);
        var settings = new PoolSettings
        {
            Name = options.Name ?? "",
            Workers = options.Workers ?? workers,
            Initializer = options.Initializer,
            WorkerState = options.WorkerState,
            MaxTasksPerWorker = options.MaxTasksPerWorker,
            TimeProvider = options.TimeProvider,
            Config = config,
            ChunkTarget = section.Duration("chunk.target", "0.01ms", "1m"),
            StreamMaxWindow = section.Whole("stream.max-window", 1, 100_000_000),
            ProgressInterval = section.Duration("progress-interval", "0ms", "1h"),
            AbandonAfter = section.Duration("abandon-after", "0ms", "1d"),
            ShutdownTimeout = section.Duration("shutdown-timeout", "0ms", "1d"),
            WorkerLosses = section.Whole("worker-losses", 1, 1_000_000),
            NestedWorkers = section.Whole("nested-workers", 0, MostWorkers),
            ReportAfter = section.Duration("watchdog.report-after", "0ms", "1d"),
            FailAfter = section.Duration("watchdog.fail-after", "0ms", "1000d"),
            Cluster = ClusterSettings.Read(section),
        };
        ReadDispatcher(section, "worker-dispatcher");
        ReadThreads(section, "worker-dispatcher.worker-threads");
        ReadDispatcher(section, "coordination-dispatcher");
        section.RefuseOthers();
        if (check?.Invoke(settings) is { } fault)
            faults.Add(fault);

        if (faults.Count > 0)
            throw new ArgumentException($"The pool's settings are not valid:{string.Concat(faults.Select(fault => $"{Environment.NewLine}- {fault}"))}", nameof(options));
        return options.Name is null ? settings with { Name = $"actorpool-{Interlocked.Increment(ref s_names)}" } : settings;
    }

    private static IEnumerable<string> OptionFaults(WorkerPoolOptions options)
    {
        if (options.Workers is < 1 or > MostWorkers)
            yield return $"WorkerPoolOptions.Workers is [{options.Workers}]. Set 1 to {MostWorkers}, or null for the processors of this process.";
        // An actor's path and, with the _ replaced, an actor system can have such a name, and a log line can show it.
        if (options.Name is { } name && (name.Length == 0 || !char.IsAsciiLetterOrDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_')))
            yield return $"WorkerPoolOptions.Name is [{name}]. Use the letters a to z, digits, - and _, with a letter or digit first, or null for a name of its own.";
        if (options.MaxTasksPerWorker is < 1)
            yield return $"WorkerPoolOptions.MaxTasksPerWorker is [{options.MaxTasksPerWorker}]. Set 1 or more, or null to keep workers for ever.";
        if (options.TimeProvider is null)
            yield return "WorkerPoolOptions.TimeProvider is [null]. Leave it out for TimeProvider.System.";
    }

    /// <summary>The keys that are the pool's own; Akka reads them, but as 0 if they are missing, and with its own exceptions if they are not numbers.</summary>
    private static void ReadDispatcher(HoconSection section, string dispatcher)
    {
        section.Whole($"{dispatcher}.throughput", 1, 1_000_000);
        section.Leave(s_akkaDispatcherKeys.Select(key => $"{dispatcher}.{key}"));
    }

    private static void ReadThreads(HoconSection section, string threads)
    {
        section.Whole($"{threads}.max", 1, 1_000_000);
        section.Duration($"{threads}.keep-alive", "0ms", "1d");
        section.Whole($"{threads}.spin", 0, 1_000_000);
    }
}
