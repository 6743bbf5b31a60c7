using System.Globalization;
using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

/// <summary>Everything that the engine logs.</summary>
/// <remarks>
/// Inputs, results and captured values never appear. What the user's exceptions say of them appears only at DEBUG, except what a source
/// throws when it is disposed of (<see cref="InputDisposalFailed"/>). <see cref="LogKinds"/> has the number of each line.
/// </remarks>
internal static partial class Log
{
    private const int MaxChanges = 10;

    public static void WorkerLost(this ILoggingAdapter log, int worker, string pool) => log.Write(
        WarningLevel, LogKinds.WorkerLost,
        "{Worker} was stopped while the pool [{Pool}] ran; it is replaced.", WorkerName.Format(worker), pool);

    public static void PoolForgotten(this ILoggingAdapter log, string pool) => log.Write(
        WarningLevel, LogKinds.PoolForgotten,
        "The pool [{Pool}] was collected without being disposed of, and ends now. Await DisposeAsync, or use await using.", pool);

    /// <remarks>The caller gets the rest.</remarks>
    public static void WorkerFailed(this ILoggingAdapter log, string worker, string pool, Exception error)
    {
        log.Write(
            ErrorLevel, LogKinds.WorkerFailed,
            "The initializer or the state factory of {Worker} threw [{Error}]; the pool [{Pool}] takes no more work.",
            worker, GetTypeName(error), pool);
        log.Write(
            DebugLevel, LogKinds.WorkerFailed,
            "The initializer or the state factory of {Worker} of the pool [{Pool}] threw: {Details}", worker, pool, error);
    }

    public static void NodeJoined(this ILoggingAdapter log, string address, int workers, string pool) => log.Write(
        InfoLevel, LogKinds.NodeJoined, "The node [{Node}] adds [{Workers}] workers to the pool [{Pool}].", address, workers, pool);

    public static void ClusterSilent(this ILoggingAdapter log, string pool, TimeSpan after, string attempts) => log.Write(
        WarningLevel, LogKinds.ClusterSilent,
        "The pool [{Pool}] has no node after [{After}] and continues to try; its jobs wait. {Attempts} "
        + "Start a node there with: dotnet Node.dll --seed",
        pool, after, attempts);

    public static void ProcessLost(this ILoggingAdapter log, string worker, string pool, string reason, int chunks) => log.Write(
        WarningLevel, LogKinds.ProcessLost,
        "{Worker} of the pool [{Pool}] is replaced: {Reason} Its [{Chunks}] chunks are dispatched again.", worker, pool, reason, chunks);

    public static void NotIsolated(this ILoggingAdapter log, string clientPool, string reason) => log.Write(
        WarningLevel, LogKinds.NotIsolated,
        "A chunk of the pool [{Pool}] that was lost with its process runs in the node's own: {Reason}", clientPool, reason);

    public static void ProcessesFailed(this ILoggingAdapter log, string pool, string reason) => log.Write(
        ErrorLevel, LogKinds.ProcessesFailed,
        "No worker process of the pool [{Pool}] can be started, and it takes no more work: {Reason}", pool, reason);

    /// <remarks>What functions log and write is the program's own text.</remarks>
    public static void FunctionWrote(this ILoggingAdapter log, LogLevel level, FunctionLine line)
    {
        var error = line.Exception?.ToString() ?? line.Error;
        log.Write(
            level, LogKinds.FunctionWrote, "{Origin}{Verb}: {Line}{Error}",
            line.Origin, line.Kind == LineKind.Logged ? "" : " wrote", line.Text, error is null ? "" : $"{Environment.NewLine}{error}");
    }

    public static void FunctionsLoggedMore(this ILoggingAdapter log, string pool, long lines) => log.Write(
        WarningLevel, LogKinds.FunctionsLoggedMore,
        "Functions of the pool [{Pool}] logged [{Lines}] lines more, faster than the [{Limit}] a second that are taken.",
        pool, lines, PoolLog.PerSecond);

    public static void FunctionLoggerFailed(this ILoggingAdapter log, string pool, Exception error) => log.Log(
        ErrorLevel, error,
        new EngineMessage(
            log.Formatter, LogKinds.FunctionLoggerFailed,
            "WorkerPoolOptions.FunctionLogger of the pool [{Pool}] threw; the line of its function is lost.", pool));

    public static void NodeDiffers(this ILoggingAdapter log, string address, string pool, string differences) => log.Write(
        WarningLevel, LogKinds.NodeDiffers,
        "On the node [{Node}], functions of the pool [{Pool}] may return something else than in this process. {Differences}",
        address, pool, differences);

    public static void NodeLost(this ILoggingAdapter log, string address, string reason, int chunks, string pool) => log.Write(
        WarningLevel, LogKinds.NodeLost,
        "The node [{Node}] is lost to the pool [{Pool}]: {Reason} Its [{Chunks}] chunks are dispatched again.",
        address, pool, reason, chunks);

    /// <remarks>At DEBUG for what had not started, since that costs nothing.</remarks>
    public static void NodeHandedBack(
        this ILoggingAdapter log, string job, long first, int items, string node, string pool, bool hasStarted) => log.Write(
        hasStarted ? InfoLevel : DebugLevel, LogKinds.NodeHandedBack,
        "The node [{Node}] leaves and hands back {Items} of [{Job}] of the pool [{Pool}]{Started}. "
        + "This does not count as a loss for any item.",
        node, ItemSpan.Format(first, items), job, pool, hasStarted ? ", which it may have started" : "");

    public static void JobStalled(this ILoggingAdapter log, string job, string pool, TimeSpan stalled, string progress) => log.Write(
        WarningLevel, LogKinds.JobStalled,
        "[{Job}] of the pool [{Pool}] has made no progress for [{Stalled}]: {Progress}", job, pool, stalled, progress);

    public static void CoordinatorBehind(
        this ILoggingAdapter log, string pool, TimeSpan delay, double chunksPerSecond, int workers, bool isCluster) => log.Write(
        WarningLevel, LogKinds.CoordinatorBehind,
        "The coordinator of the pool [{Pool}] is [{Delay} ms] behind: it hands out [{Chunks}] chunks a second, and its [{Workers}] "
        + "workers wait for it. Make chunks longer (JobOptions.ChunkSize or {Key}), or share the work among several pools.",
        pool, Round(delay.TotalMilliseconds), Round(chunksPerSecond), workers,
        isCluster ? "actorpool.cluster.chunk-target" : "actorpool.chunk.target");

    public static void WorkerAbandoned(
        this ILoggingAdapter log, int worker, long item, string job, TimeSpan after, long count) => log.Write(
        WarningLevel, LogKinds.WorkerAbandoned,
        "{Worker} was abandoned and is replaced: item [{Item}] of [{Job}] did not return within [{After}] after it should have stopped. "
        + "It runs on; abandoned so far: {Count}. Only a worker process can be ended (WorkerPoolOptions.Isolation).",
        WorkerName.Format(worker), item, job, after, count);

    public static void JobsWaitForNodes(this ILoggingAdapter log, string pool, int jobs, TimeSpan limit) => log.Write(
        WarningLevel, LogKinds.JobsWaitForNodes,
        "The pool [{Pool}] has no nodes, and [{Jobs}] jobs wait for some. They fail after [{Limit}] "
        + "(actorpool.cluster.no-workers-timeout).",
        pool, jobs, limit);

    public static void JobsGoOn(this ILoggingAdapter log, string pool, string address) => log.Write(
        InfoLevel, LogKinds.JobsGoOn, "The jobs of the pool [{Pool}] go on: it has the node [{Node}].", pool, address);

    public static void MemberJoined(this ILoggingAdapter log, string address, int members) => log.Write(
        InfoLevel, LogKinds.MemberJoined, "The node [{Node}] has joined the cluster, which has [{Members}] nodes.", address, members);

    public static void MemberLeft(this ILoggingAdapter log, string address, int members) => log.Write(
        InfoLevel, LogKinds.MemberLeft, "The node [{Node}] has left the cluster, which has [{Members}] nodes.", address, members);

    public static void MemberLost(this ILoggingAdapter log, string address, int members) => log.Write(
        WarningLevel, LogKinds.MemberLost, "The node [{Node}] is lost to the cluster, which has [{Members}] nodes.", address, members);

    public static void MemberUnreachable(this ILoggingAdapter log, string address) =>
        log.Write(WarningLevel, LogKinds.MemberUnreachable, "The node [{Node}] cannot be reached.", address);

    public static void MemberReachable(this ILoggingAdapter log, string address) =>
        log.Write(InfoLevel, LogKinds.MemberReachable, "The node [{Node}] can be reached again.", address);

    public static void JobRuns(
        this ILoggingAdapter log, string job, long id, string function, string clientPool, long omitted) => log.Write(
        InfoLevel, LogKinds.JobRuns,
        "[{Job}] (id {Id}) of the pool [{Pool}] runs here: {Function}.{Omitted}", job, id, clientPool, function, FormatOmitted(omitted));

    public static void JobRan(
        this ILoggingAdapter log, string job, long id, string clientPool, long chunks, long items, long failed) => log.Write(
        InfoLevel, LogKinds.JobRan,
        "[{Job}] (id {Id}) of the pool [{Pool}] has ended; here it ran [{Chunks}] chunks with [{Items}] items, of which [{Failed}] failed.",
        job, id, clientPool, chunks, items, failed);

    public static void JobFailedHere(
        this ILoggingAdapter log, string job, long id, string clientPool, long? item, string error, long omitted) => log.Write(
        WarningLevel, LogKinds.JobFailedHere,
        "[{Job}] (id {Id}) of the pool [{Pool}] failed here: {Item}[{Error}].{Omitted}",
        job, id, clientPool, item is null ? "" : $"item [{item}] threw ", error, FormatOmitted(omitted));

    public static void SessionStarted(this ILoggingAdapter log, string pool) =>
        log.Write(InfoLevel, LogKinds.SessionStarted, "The pool [{Pool}] uses this node.", pool);

    /// <remarks>Names of variables may tell of the caller's program; its values do not appear.</remarks>
    public static void Restored(this ILoggingAdapter log, string pool, IReadOnlyList<string> changed) => log.Write(
        WarningLevel, LogKinds.Restored,
        "Functions of the pool [{Pool}], or of others beside it, have changed the node's process; restored: {Changes}. A node with "
        + "--isolation process gives each pool processes of its own.",
        pool,
        string.Join(", ", changed.Take(MaxChanges)) + (changed.Count > MaxChanges ? $" and {changed.Count - MaxChanges} more" : ""));

    public static void NotRestored(this ILoggingAdapter log, string pool, IOException error) => log.Write(
        ErrorLevel, LogKinds.NotRestored,
        "What functions of the pool [{Pool}] have changed in the node's process cannot be restored: {Reason}", pool, error.Message);

    public static void FunctionsGoOn(this ILoggingAdapter log, string pool) => log.Write(
        WarningLevel, LogKinds.FunctionsGoOn,
        "The pool [{Pool}] has ended, but some of its functions still run: they ignore their cancellation token. "
        + "They keep their threads until they return.",
        pool);

    public static void SessionEnded(this ILoggingAdapter log, string pool, string reason) => log.Write(
        InfoLevel, LogKinds.SessionEnded, "The pool [{Pool}] no longer uses this node: {Reason}.", pool, reason);

    public static void DataConnectionFailed(this ILoggingAdapter log, string pool, Exception error) => log.Write(
        WarningLevel, LogKinds.DataConnectionFailed,
        "The data connection of the pool [{Pool}] failed: {Reason}", pool, SafeText.GetMessage(error));

    public static void HandshakesRefused(this ILoggingAdapter log, string connection, string reason, int omitted) => log.Write(
        WarningLevel, LogKinds.HandshakesRefused,
        "A connection {Connection} was refused: {Reason}{Omitted}",
        connection, reason, omitted == 0 ? "" : $" {omitted} more such since the last line.");

    public static void MessageRefused(this ILoggingAdapter log, int serializer) => log.Write(
        WarningLevel, LogKinds.MessageRefused,
        AkkaLines.UnreadableMessage + " with serializer id [{Serializer}]. Messages of this kind are refused.", serializer);

    public static void DrainTimedOut(this ILoggingAdapter log, int chunks, TimeSpan limit) => log.Write(
        WarningLevel, LogKinds.DrainTimedOut,
        "[{Chunks}] chunks still run after the drain timeout of [{Limit}]; their pools dispatch them to other nodes.", chunks, limit);

    public static void HandedBack(this ILoggingAdapter log, string pool, bool hasStarted, string items) => log.Write(
        hasStarted ? InfoLevel : DebugLevel, LogKinds.HandedBack,
        "This node hands back to the pool [{Pool}] what {State}: {Items}.", pool, hasStarted ? "runs" : "has not started", items);

    public static void FinishesOutside(this ILoggingAdapter log, int chunks) => log.Write(
        InfoLevel, LogKinds.FinishesOutside,
        "The node is outside its cluster and takes no new chunks; [{Chunks}] may still end, and their pools get the outcomes.", chunks);

    public static void MemberDowned(this ILoggingAdapter log, string address, TimeSpan after) => log.Write(
        WarningLevel, LogKinds.MemberDowned,
        "The node [{Node}] was unreachable for [{After}] and is removed from the cluster.", address, after);

    public static void MemberSpeaksOtherVersions(
        this ILoggingAdapter log, string address, string versions, string control, string data) => log.Write(
        WarningLevel, LogKinds.MemberSpeaksOtherVersions,
        "The node [{Node}] of this cluster {Versions}; this node speaks [{Control}] and [{Data}]. A pool can use both only if it speaks "
        + "a version of each: upgrade the older one.",
        address, versions, control, data);

    public static void OtherCluster(
        this ILoggingAdapter log, string seed, IEnumerable<string> theirs, IEnumerable<string> ours) => log.Write(
        WarningLevel, LogKinds.OtherCluster,
        "There are two clusters: [{Node}] is in that of [{Theirs}], this node in that of [{Ours}]. A pool uses only the nodes of one. "
        + "Start all seeds but one again with --join, or each with --seed and the same --join, which names all seeds.",
        seed, string.Join(", ", theirs.Take(MaxChanges)), string.Join(", ", ours.Take(MaxChanges)));

    public static void SeedSilent(this ILoggingAdapter log, string address, string reason) =>
        log.Write(WarningLevel, LogKinds.SeedSilent, "The seed [{Node}] does not answer: {Reason}.", address, reason);

    public static void SeedRenamed(this ILoggingAdapter log, string called, string actual) => log.Write(
        InfoLevel, LogKinds.SeedRenamed,
        "The node at [{Called}] has the address [{Node}], which is used from now on.", called, actual);

    public static void CertificateRenewed(this ILoggingAdapter log, string directory, DateTimeOffset until) => log.Write(
        InfoLevel, LogKinds.CertificateRenewed,
        "The certificate in [{Directory}] was renewed; it is valid until [{Until}].", directory, FormatTime(until));

    public static void CertificateNotRenewed(this ILoggingAdapter log, string reason, DateTimeOffset until) => log.Write(
        WarningLevel, LogKinds.CertificateNotRenewed,
        "The certificate was replaced, and the new one cannot be used. {Reason} The last one serves until [{Until}].",
        reason, FormatTime(until));

    public static void CertificateEnds(this ILoggingAdapter log, string directory, DateTimeOffset until, bool hasEnded) => log.Write(
        hasEnded ? ErrorLevel : WarningLevel, LogKinds.CertificateEnds,
        "The certificate in [{Directory}] {State} on [{Until}]{Effect}. Put a new one there; it is read without a restart.",
        directory, hasEnded ? "expired" : "expires", FormatTime(until), hasEnded ? ": others refuse it" : "");

    public static void DataPortUnreachable(this ILoggingAdapter log, string address, string pool, string reason) => log.Write(
        WarningLevel, LogKinds.DataPortUnreachable,
        "The node answers, but its data port [{Address}] cannot be reached by the pool [{Pool}]: {Reason} Open that port for the pool; "
        + "actorpool.cluster.data-port (--data-port) of the node fixes its number.",
        address, pool, reason);

    public static void RunsInvariant(this ILoggingAdapter log) => log.Write(
        WarningLevel, LogKinds.RunsInvariant,
        "This process runs without cultures (globalization-invariant): functions sort, compare, normalize and format text differently "
        + "here than in callers that have cultures. Install ICU, and set InvariantGlobalization to false in the project.");

    public static void FunctionDiffers(this ILoggingAdapter log, string warning) =>
        log.Write(WarningLevel, LogKinds.FunctionDiffers, "{Warning} (actorpool.cluster.lost-writes)", warning);

    public static void HasNoLocalSocket(this ILoggingAdapter log, string reason) => log.Write(
        WarningLevel, LogKinds.HasNoLocalSocket,
        "Pools of this user on this machine connect over TCP (actorpool.cluster.local-socket = off: without this line). {Reason}", reason);

    public static void UsesLocalSocket(this ILoggingAdapter log, string pool, string address, string path) => log.Write(
        DebugLevel, LogKinds.UsesLocalSocket,
        "The pool [{Pool}] reaches the node [{Node}] through the socket [{Path}].", pool, address, path);

    public static void UsesNoLocalSocket(this ILoggingAdapter log, string pool, string address, string reason) => log.Write(
        DebugLevel, LogKinds.UsesNoLocalSocket,
        "The pool [{Pool}] reaches the node [{Node}] over TCP, and not through the socket that it offers: {Reason}",
        pool, address, reason);

    public static void NodeRefused(this ILoggingAdapter log, string address, string reason) =>
        log.Write(WarningLevel, LogKinds.NodeRefused, "The node [{Node}] does not take part: {Reason}.", address, reason);

    public static void DisposalFailed(this ILoggingAdapter log, int worker, Exception error)
    {
        log.Write(
            WarningLevel, LogKinds.DisposalFailed,
            "Disposing of the state of {Worker} threw [{Error}]; the DEBUG log has details.",
            WorkerName.Format(worker), GetTypeName(error));
        log.Write(
            DebugLevel, LogKinds.DisposalFailed, "Disposing of the state of {Worker} threw: {Details}", WorkerName.Format(worker), error);
    }

    public static void InputDisposalFailed(this ILoggingAdapter log, Exception error) => log.Log(
        WarningLevel, error,
        new EngineMessage(log.Formatter, LogKinds.InputDisposalFailed, "Disposing of a job's inputs threw after the job had ended."));

    public static void DroppedOutcome(this ILoggingAdapter log, string job, long index) => log.Write(
        DebugLevel, LogKinds.DroppedOutcome, "[{Job}] dropped a second outcome of the chunk at [{Item}].", job, index);

    private static void Write(this ILoggingAdapter log, LogLevel level, LogKind kind, string template, params object?[] values)
    {
        if (log.IsEnabled(level))
            log.Log(level, null, new EngineMessage(log.Formatter, kind, template, values));
    }

    private static string Round(double number) => number.ToString("0", CultureInfo.InvariantCulture);

    private static string FormatTime(DateTimeOffset time) => time.UtcDateTime.ToString("u", CultureInfo.InvariantCulture);

    private static string FormatOmitted(long omitted) => omitted == 0 ? "" : $" {omitted} lines about other jobs were left out before.";

    private static string GetTypeName(Exception error) => error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
}
