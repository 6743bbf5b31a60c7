using System.Text.Json.Serialization;

namespace ActorPool.Insights;

/// <summary>What a pool tells observers.</summary>
/// <param name="Key">Identifies it in the cluster.</param>
/// <param name="Name">Its name.</param>
/// <param name="Host">Its machine.</param>
/// <param name="Process">Its process there.</param>
/// <param name="Workers">Workers that it has now.</param>
/// <param name="Jobs">Jobs that run now.</param>
/// <param name="StartedJobs">All jobs that it was given.</param>
/// <param name="CompletedItems">Items with a result, of all jobs.</param>
/// <param name="FailedItems">Items that failed, of all jobs.</param>
internal sealed record PoolReport(
    string Key, string Name, string Host, int Process, int Workers, int Jobs, long StartedJobs, long CompletedItems, long FailedItems)
{
    /// <summary>Running and ended jobs, the newest first; null where they are listed apart.</summary>
    public IReadOnlyList<JobSummary>? RecentJobs { get; init; }

    /// <summary>Running jobs that are not among them.</summary>
    public int UnlistedJobs { get; init; }
}

/// <summary>What is known of one job, in full.</summary>
internal sealed record JobReport(
    int Version, DateTimeOffset Now, JobSummary Job, ChunksReport Chunks, IReadOnlyList<HolderInsight> Holders, TimeHistogram Histogram,
    IReadOnlyList<SlowChunk> Slowest, JobTimes Time, IReadOnlyList<FailureGroup> Failures, IReadOnlyList<ChunkSizeStep> ChunkSizes,
    IReadOnlyList<string> Advice)
{
    public static JobReport Create(JobSummary job, JobInsights insights, DateTimeOffset now) => new(
        ReportJson.Version, now, job, new ChunksReport(insights.OmittedChunks, insights.Chunks), insights.Holders, insights.Histogram,
        insights.Slowest, insights.Time, insights.Failures, insights.ChunkSizes, insights.Advice);
}

/// <summary>The chunks of a job.</summary>
/// <param name="Omitted">Older ones that are not in <paramref name="Cells"/>.</param>
/// <param name="Cells">The newest, then those that run.</param>
internal sealed record ChunksReport(long Omitted, IReadOnlyList<ChunkInsight> Cells);

/// <summary>What a node tells of itself.</summary>
/// <param name="Address">Its address.</param>
/// <param name="DataAddress">Where chunks go.</param>
/// <param name="Engine">Its release.</param>
/// <param name="Host">The name of its machine.</param>
/// <param name="Process">Its process there.</param>
/// <param name="State">Whether it takes chunks.</param>
/// <param name="Started">When it started.</param>
/// <param name="Workers">Chunks that it runs at a time.</param>
/// <param name="Busy">Chunks that run now.</param>
/// <param name="Waiting">Chunks that wait there for a worker.</param>
/// <param name="Pools">Pools that use it.</param>
/// <param name="MemoryBytes">Memory of its process.</param>
/// <param name="ProcessorSeconds">Time of processors that its process has used.</param>
/// <param name="Isolation">Whether its workers are processes.</param>
/// <param name="Runs">What runs there.</param>
internal sealed record NodeReport(
    string Address, string DataAddress, string Engine, string Host, int Process, NodeState State, DateTimeOffset Started, int Workers,
    int Busy, int Waiting, int Pools, long MemoryBytes, double ProcessorSeconds, WorkerIsolation Isolation,
    IReadOnlyList<RunReport> Runs)
{
    /// <summary>From which level on it logs: debug, info, warning, error or off.</summary>
    /// <value>Null if it does not tell.</value>
    public string? LogLevel { get; init; }

    /// <summary>Whether it has told its numbers: where not, they are 0 and mean nothing.</summary>
    [JsonIgnore]
    public bool IsKnown => Process != 0;

    /// <summary>A member of which nothing else is known.</summary>
    public static NodeReport CreateSilent(string address, NodeState state) => new(
        address, "", "", "", 0, state, default, 0, 0, 0, 0, 0, 0, WorkerIsolation.None, []);
}

/// <summary>A chunk at a node.</summary>
/// <param name="Pool">The key of its pool; empty if the pool has not told it.</param>
/// <param name="Job">The key of its job; empty likewise.</param>
/// <param name="Name">The name of its job.</param>
/// <param name="Start">The position of its first item.</param>
/// <param name="Count">Its items.</param>
/// <param name="Attempt">Which attempt this is.</param>
/// <param name="Since">How long the node has had it.</param>
internal sealed record RunReport(string Pool, string Job, string Name, long Start, int Count, int Attempt, TimeSpan Since);

/// <summary>What a node answers: itself, and the pools that use it.</summary>
/// <param name="Node">The node.</param>
/// <param name="Pools">The pools that have answered it.</param>
/// <param name="Members">The members of its cluster that it knows.</param>
/// <param name="Problems">What is missing, in words.</param>
internal sealed record AgentReport(
    NodeReport Node, IReadOnlyList<PoolReport> Pools, IReadOnlyList<string> Members, IReadOnlyList<string> Problems)
{
    /// <summary>The node's clock when it answered; null if it does not tell.</summary>
    public DateTimeOffset? Now { get; init; }

    /// <summary>The versions of the messages that it understands; null if it does not tell.</summary>
    public string? ControlProtocol { get; init; }

    /// <summary>The versions of the frames that it understands; null if it does not tell.</summary>
    public string? DataProtocol { get; init; }
}

/// <summary>What is known of a cluster.</summary>
internal sealed record ClusterReport(
    int Version, DateTimeOffset Now, string Asked, IReadOnlyList<NodeReport> Nodes, IReadOnlyList<PoolReport> Pools,
    IReadOnlyList<JobSummary> Jobs, IReadOnlyList<string> Problems)
{
    /// <summary>The same problems, with what each is about.</summary>
    public IReadOnlyList<ProblemReport> ProblemDetails { get; init; } = [];

    /// <summary>Running jobs that are not listed: a pool with many tells only some.</summary>
    [JsonIgnore]
    public int UnlistedJobs => Pools.Sum(pool => pool.UnlistedJobs);

    /// <summary>All running jobs.</summary>
    [JsonIgnore]
    public int RunningJobs => Jobs.Count(job => job.State == JobState.Running) + UnlistedJobs;
}

/// <summary>Something that an operator should look at.</summary>
/// <param name="Subject">What it is about.</param>
/// <param name="Text">What is wrong, as a sentence.</param>
internal sealed record ProblemReport(ProblemSubject Subject, string Text)
{
    /// <summary>The address of the node that it is about; null for none.</summary>
    public string? Node { get; init; }

    /// <summary>The key of the job that it is about; null for none, and for several.</summary>
    public string? Job { get; init; }

    /// <summary>Whether it ends by itself, or was ordered.</summary>
    public bool IsWarning { get; init; }
}

/// <summary>The last lines of logs.</summary>
internal sealed record LogReport(int Version, IReadOnlyList<LogLineReport> Lines);

/// <summary>One line of a node's log.</summary>
/// <param name="Sequence">Its number at the node, ascending.</param>
/// <param name="Time">When it was written.</param>
/// <param name="Level">Its level: debug, info, warning or error.</param>
/// <param name="Node">The node.</param>
/// <param name="Source">Which part of it wrote.</param>
/// <param name="Message">The text.</param>
internal sealed record LogLineReport(long Sequence, DateTimeOffset Time, string Level, string Node, string Source, string Message);

/// <summary>What came of a command.</summary>
internal sealed record CommandReport(int Version, string Message);
