using System.Text.Json.Serialization;

namespace ActorPool;

/// <summary>What happened in a job so far: its chunks, their times, its failures, and advice.</summary>
/// <remarks>
/// From <see cref="Job{TResult}.Insights"/>, during and after the job. It has no inputs, unless
/// <see cref="JobOptions.ShowInputs"/> says so, and no values. Its memory is bounded: the newest
/// 2,000 chunks, the 20 slowest, 20 groups of failures with 20 indices each.
/// </remarks>
public sealed record JobInsights
{
    /// <summary>The job's name: <see cref="JobOptions.Name"/> or a generated one.</summary>
    public string Name => Progress.Name;

    /// <summary>The function in its author's words, for example <c>Orders.Price</c>.</summary>
    public required string Function { get; init; }

    /// <summary>Whether the job runs, or how it ended.</summary>
    public JobState State => Progress.State;

    /// <summary>Why the job failed, in one line.</summary>
    /// <value>Null while it runs, and when it has succeeded or was cancelled.</value>
    public string? Error { get; init; }

    /// <summary>How far the job has come.</summary>
    public required JobProgress Progress { get; init; }

    /// <summary>Items that ran elsewhere, since their worker or node was lost.</summary>
    /// <value>Or has handed them back; 0 or more.</value>
    public long Requeued { get; init; }

    /// <summary>The newest chunks, in the order in which they came back.</summary>
    /// <value>At most 2,000.</value>
    public required IReadOnlyList<ChunkInsight> Chunks { get; init; }

    /// <summary>Chunks that came back before those in <see cref="Chunks"/>; 0 or more.</summary>
    public long OmittedChunks { get; init; }

    /// <summary>What each worker of this process, node and worker process did.</summary>
    /// <value>At most 256; the last one stands for all others.</value>
    public required IReadOnlyList<HolderInsight> Holders { get; init; }

    /// <summary>How long items took.</summary>
    public required TimeHistogram Histogram { get; init; }

    /// <summary>The chunks whose items took the longest, slowest first; at most 20.</summary>
    public required IReadOnlyList<SlowChunk> Slowest { get; init; }

    /// <summary>Where the time went.</summary>
    public required JobTimes Time { get; init; }

    /// <summary>The failures of items, the largest group first; at most 20 groups.</summary>
    public required IReadOnlyList<FailureGroup> Failures { get; init; }

    /// <summary>How long chunks were, each time their size reached another power of two.</summary>
    /// <value>At most 64 steps.</value>
    public required IReadOnlyList<ChunkSizeStep> ChunkSizes { get; init; }

    /// <summary>What is wrong with the job, or would make it faster.</summary>
    /// <value>Whole sentences, the most important first; none where there is nothing to say.</value>
    public IReadOnlyList<string> Advice { get; init; } = [];
}

/// <summary>What became of one chunk.</summary>
public enum ChunkState
{
    /// <summary>A worker or node has it.</summary>
    Running,

    /// <summary>All its items have their results, or run again one by one.</summary>
    Done,

    /// <summary>At least one of its items has failed for good.</summary>
    Failed,

    /// <summary>Its worker or node was lost, or handed it back: its items run elsewhere.</summary>
    Requeued,
}

/// <summary>One chunk of a job, for one attempt.</summary>
/// <param name="Start">The 0-based position of its first item.</param>
/// <param name="Count">Its items; 1 or more.</param>
/// <param name="State">What became of it.</param>
/// <param name="Attempt">Which attempt of its items this was, from 1.</param>
/// <param name="Holder">The worker of this process, the node or the worker process that had it.</param>
/// <param name="Begin">When it was started or sent, as time since the job's start.</param>
/// <param name="End">When it came back; null while it runs.</param>
/// <param name="Work">How long the function ran over it; zero while it runs, and if it was lost.</param>
public sealed record ChunkInsight(
    long Start, int Count, ChunkState State, int Attempt, string Holder, TimeSpan Begin, TimeSpan? End, TimeSpan Work)
{
    /// <summary>Why it has this many items.</summary>
    public ChunkSizeReason SizeReason { get; init; }

    /// <summary>How long it waited at its node, between its arrival and its start.</summary>
    /// <value>Zero while it runs, for a worker of this process, and for a node of an older release.</value>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] // one for each of 2,000 chunks
    public TimeSpan Waited { get; init; }
}

/// <summary>What one worker, node or worker process did for a job.</summary>
/// <param name="Name">For example <c>worker-3</c>, or a node's address.</param>
/// <param name="Chunks">Chunks that came back with an outcome; 0 or more.</param>
/// <param name="Items">Their items; 0 or more.</param>
/// <param name="Work">How long the function ran there; more than the job's time for a node of several workers.</param>
/// <param name="Lost">Chunks that were lost with it, or that it handed back; 0 or more.</param>
public sealed record HolderInsight(string Name, long Chunks, long Items, TimeSpan Work, long Lost);

/// <summary>How long items took.</summary>
/// <remarks>It is the mean of their chunk: items are not timed one by one.</remarks>
/// <param name="Edges">The bounds between the classes, ascending.</param>
/// <param name="Counts">Items in each class; one more than there are bounds.</param>
public sealed record TimeHistogram(IReadOnlyList<TimeSpan> Edges, IReadOnlyList<long> Counts);

/// <summary>A chunk whose items took long.</summary>
/// <param name="Start">The 0-based position of its first item.</param>
/// <param name="Count">Its items; 1 or more.</param>
/// <param name="Each">The mean time of its items.</param>
/// <param name="Holder">Where it ran.</param>
public sealed record SlowChunk(long Start, int Count, TimeSpan Each, string Holder)
{
    /// <summary>The input of its first item as text, cut to 200 characters.</summary>
    /// <value>Null without <see cref="JobOptions.ShowInputs"/>, and while it is being made.</value>
    public string? Input { get; init; }
}

/// <summary>Where a job's time went, summed over workers.</summary>
/// <remarks>
/// Working, waiting, transferring and idle together are the time that the pool's workers had during the job, however often they came and
/// went. A chunk in flight counts as work in what nodes and their dashboard tell; in the program it counts when it is back.
/// </remarks>
/// <param name="Working">The function ran.</param>
/// <param name="Serializing">This process wrote inputs for nodes or worker processes, and read results; beside the others.</param>
/// <param name="Transferring">Workers had nothing to do while chunks were on their way to nodes and back.</param>
/// <param name="Idle">Workers had nothing to do, and no chunk was on its way.</param>
public sealed record JobTimes(TimeSpan Working, TimeSpan Serializing, TimeSpan Transferring, TimeSpan Idle)
{
    /// <summary>Workers of nodes ran chunks of other pools while chunks of this one waited there.</summary>
    /// <value>
    /// No part of the other times. A chunk that waits behind others of its own pool costs nothing, and is not in it. Zero for nodes of an
    /// older release, whose waiting chunks count as transferring.
    /// </value>
    public TimeSpan Waiting { get; init; }
}

/// <summary>Failures of items with one cause: the same type of exception from the same place.</summary>
/// <param name="Type">The full name of the exception's type.</param>
/// <param name="Message">The message of that with the lowest position; at most 1,000 characters.</param>
/// <param name="Stack">The first line of its stack; empty if it has none.</param>
/// <param name="Count">Items that failed this way; 1 or more.</param>
/// <param name="Indices">The lowest positions among the first of them, ascending; at most 20.</param>
public sealed record FailureGroup(string Type, string Message, string Stack, long Count, IReadOnlyList<long> Indices)
{
    /// <summary>The inputs at <see cref="Indices"/>, in their order.</summary>
    /// <value>Empty without <see cref="JobOptions.ShowInputs"/>; without those whose texts are being made.</value>
    public IReadOnlyList<ItemInput> Inputs { get; init; } = [];
}

/// <summary>The input of an item.</summary>
/// <param name="Index">Its 0-based position.</param>
/// <param name="Text">What its <see cref="object.ToString"/> gives, cut to 200 characters.</param>
public sealed record ItemInput(long Index, string Text);

/// <summary>Chunks in a row of about the same size: between two powers of two.</summary>
/// <remarks>In the order in which they came back. Sizes that alternate have a step each time.</remarks>
/// <param name="From">The position of the first one's first item.</param>
/// <param name="Size">The items of the first one.</param>
/// <param name="Count">Chunks in a row; 1 or more. Of the last possible step, all others.</param>
public sealed record ChunkSizeStep(long From, int Size, long Count)
{
    /// <summary>Why most of them had this many items.</summary>
    public ChunkSizeReason Reason { get; init; }
}

/// <summary>What decided how many items a chunk has.</summary>
/// <remarks>Where several limits hold, it is the tightest one.</remarks>
public enum ChunkSizeReason
{
    /// <summary>Not known: the pool is of another release.</summary>
    Unknown,

    /// <summary>The caller has set it: <see cref="JobOptions.ChunkSize"/>.</summary>
    Caller,

    /// <summary>Nothing was measured yet, so the chunk has one item.</summary>
    FirstItems,

    /// <summary>Earlier jobs have shown what the function's items cost; half a worker's share at most.</summary>
    EarlierJobs,

    /// <summary>It is eight times as long as the chunks that were measured, and not longer.</summary>
    Growth,

    /// <summary>That many items take about the target time, as measured.</summary>
    /// <remarks>It is <c>actorpool.chunk.target</c>, and <c>actorpool.cluster.chunk-target</c> in a pool over nodes.</remarks>
    TargetTime,

    /// <summary>The job has no more items than there are workers.</summary>
    FewItems,

    /// <summary>A part of what remains, so that the workers finish together.</summary>
    Share,

    /// <summary>Shorter chunks would cost more than they balance, near the job's end.</summary>
    Floor,

    /// <summary>It takes as long as handing one chunk to each of many workers.</summary>
    ManyWorkers,

    /// <summary>More items would be too many bytes: <c>actorpool.cluster.chunk-bytes</c>.</summary>
    Bytes,

    /// <summary>More items do not fit into the window of the inputs that are read ahead.</summary>
    Window,

    /// <summary>The worker may run no more: <see cref="WorkerPoolOptions.MaxTasksPerWorker"/>.</summary>
    WorkerLimit,

    /// <summary>The source had no more inputs then.</summary>
    Inputs,

    /// <summary>Items of an earlier chunk, which run again after a failure or loss.</summary>
    Again,
}
