using Akka.Event;

namespace ActorPool.Diagnostics;

/// <summary>Everything that the engine logs.</summary>
/// <remarks>
/// Inputs, results and captured values never appear. What the user's exceptions say of them appears only at DEBUG, except what a source
/// throws when it is disposed of (<see cref="InputDisposalFailed"/>).
/// </remarks>
internal static class Log
{
    private const int MaxChanges = 10;

    public static void WorkerLost(this ILoggingAdapter log, int worker, string pool) =>
        log.Warning("{0} was stopped while the pool [{1}] ran; it is replaced.", WorkerName.Format(worker), pool);

    public static void PoolForgotten(this ILoggingAdapter log, string pool) =>
        log.Warning("The pool [{0}] was collected without being disposed of, and ends now. Await DisposeAsync, or use await using.", pool);

    /// <remarks>The caller gets the rest.</remarks>
    public static void WorkerFailed(this ILoggingAdapter log, string worker, string pool, Exception error)
    {
        log.Error(
            "The initializer or the state factory of {0} threw [{1}]; the pool [{2}] takes no more work.",
            worker, GetTypeName(error), pool);
        log.Debug("The initializer or the state factory of {0} of the pool [{1}] threw: {2}", worker, pool, error);
    }

    public static void NodeJoined(this ILoggingAdapter log, string address, int workers, string pool) =>
        log.Info("The node [{0}] adds [{1}] workers to the pool [{2}].", address, workers, pool);

    public static void ProcessLost(this ILoggingAdapter log, string worker, string pool, string reason, int chunks) =>
        log.Warning("{0} of the pool [{1}] is replaced: {2} Its [{3}] chunks are dispatched again.", worker, pool, reason, chunks);

    public static void NotIsolated(this ILoggingAdapter log, string clientPool, string reason) =>
        log.Warning("A chunk of the pool [{0}] that was lost with its process runs in the node's own: {1}", clientPool, reason);

    public static void ProcessesFailed(this ILoggingAdapter log, string pool, string reason) =>
        log.Error("No worker process of the pool [{0}] can be started, and it takes no more work: {1}", pool, reason);

    /// <remarks>What functions write is the program's own text.</remarks>
    public static void ProcessWrote(this ILoggingAdapter log, string writer, string line, bool isError)
    {
        if (isError)
            log.Warning("{0} wrote: {1}", writer, line);
        else
            log.Info("{0} wrote: {1}", writer, line);
    }

    public static void ProcessWroteMore(this ILoggingAdapter log, string worker, long lines) =>
        log.Warning("{0} wrote [{1}] lines more, faster than they could be logged.", worker, lines);

    public static void NodeDiffers(this ILoggingAdapter log, string address, string pool, string differences) =>
        log.Warning(
            "On the node [{0}], functions of the pool [{1}] may return something else than in this process. {2}",
            address, pool, differences);

    public static void NodeLost(this ILoggingAdapter log, string address, string reason, int chunks, string pool) =>
        log.Warning("The node [{0}] is lost to the pool [{3}]: {1} Its [{2}] chunks are dispatched again.", address, reason, chunks, pool);

    /// <remarks>At DEBUG for what had not started, since that costs nothing.</remarks>
    public static void NodeHandedBack(
        this ILoggingAdapter log, string job, long first, int items, string node, string pool, bool hasStarted) =>
        log.Log(
            hasStarted ? LogLevel.InfoLevel : LogLevel.DebugLevel,
            null,
            "The node [{0}] leaves and hands back {1} of [{2}] of the pool [{3}]{4}. This does not count as a loss for any item.",
            node, ItemSpan.Format(first, items), job, pool, hasStarted ? ", which it may have started" : "");

    public static void JobStalled(this ILoggingAdapter log, string job, string pool, TimeSpan stalled, string progress) =>
        log.Warning("[{0}] of the pool [{1}] has made no progress for [{2}]: {3}", job, pool, stalled, progress);

    public static void CoordinatorBehind(
        this ILoggingAdapter log, string pool, TimeSpan delay, double chunksPerSecond, int workers, bool isCluster) =>
        log.Warning(
            "The coordinator of the pool [{0}] is [{1:0} ms] behind: it hands out [{2:0}] chunks a second, and its [{3}] workers wait " +
            "for it. Make chunks longer (JobOptions.ChunkSize or {4}), or share the work among several pools.",
            pool, delay.TotalMilliseconds, chunksPerSecond, workers,
            isCluster ? "actorpool.cluster.chunk-target" : "actorpool.chunk.target");

    public static void WorkerAbandoned(this ILoggingAdapter log, int worker, long item, string job, TimeSpan after, long count) =>
        log.Warning(
            "{0} was abandoned and is replaced: item [{1}] of [{2}] did not return within [{3}] after it should have stopped. " +
            "It runs on; abandoned so far: {4}. Only a worker process can be ended (WorkerPoolOptions.Isolation).",
            WorkerName.Format(worker), item, job, after, count);

    public static void SessionStarted(this ILoggingAdapter log, string pool) =>
        log.Info("The pool [{0}] uses this node.", pool);

    /// <remarks>Names of variables may tell of the caller's program; its values do not appear.</remarks>
    public static void Restored(this ILoggingAdapter log, string pool, IReadOnlyList<string> changed) =>
        log.Warning(
            "Functions of the pool [{0}], or of others beside it, have changed the node's process; restored: {1}. A node with "
            + "--isolation process gives each pool processes of its own.",
            pool,
            string.Join(", ", changed.Take(MaxChanges)) + (changed.Count > MaxChanges ? $" and {changed.Count - MaxChanges} more" : ""));

    public static void NotRestored(this ILoggingAdapter log, string pool, IOException error) =>
        log.Error("What functions of the pool [{0}] have changed in the node's process cannot be restored: {1}", pool, error.Message);

    public static void FunctionsGoOn(this ILoggingAdapter log, string pool) =>
        log.Warning(
            "The pool [{0}] has ended, but some of its functions still run: they ignore their cancellation token. " +
            "They keep their threads until they return.",
            pool);

    public static void SessionEnded(this ILoggingAdapter log, string pool, string reason) =>
        log.Info("The pool [{0}] no longer uses this node: {1}.", pool, reason);

    public static void DataConnectionFailed(this ILoggingAdapter log, string pool, Exception error) =>
        log.Warning("The data connection of the pool [{0}] failed: {1}", pool, SafeText.GetMessage(error));

    public static void HandshakesRefused(this ILoggingAdapter log, string connection, string reason, int omitted) =>
        log.Warning(
            "A connection {0} was refused: {1}{2}",
            connection, reason, omitted == 0 ? "" : $" {omitted} more such since the last line.");

    public static void MessageRefused(this ILoggingAdapter log, int serializer) =>
        log.Warning(AkkaLines.UnreadableMessage + " with serializer id [{0}]. Messages of this kind are refused.", serializer);

    public static void DrainTimedOut(this ILoggingAdapter log, int chunks, TimeSpan limit) =>
        log.Warning("[{0}] chunks still run after the drain timeout of [{1}]; their pools dispatch them to other nodes.", chunks, limit);

    public static void HandedBack(this ILoggingAdapter log, string pool, bool hasStarted, string items) => log.Log(
        hasStarted ? LogLevel.InfoLevel : LogLevel.DebugLevel,
        null,
        "This node hands back to the pool [{0}] what {1}: {2}.",
        pool, hasStarted ? "runs" : "has not started", items);

    public static void FinishesOutside(this ILoggingAdapter log, int chunks) =>
        log.Info("The node is outside its cluster and takes no new chunks; [{0}] may still end, and their pools get the outcomes.", chunks);

    public static void MemberDowned(this ILoggingAdapter log, string address, TimeSpan after) =>
        log.Warning("The node [{0}] was unreachable for [{1}] and is removed from the cluster.", address, after);

    public static void MemberSpeaksOtherVersions(
        this ILoggingAdapter log, string address, string versions, string control, string data) =>
        log.Warning(
            "The node [{0}] of this cluster {1}; this node speaks [{2}] and [{3}]. A pool can use both only if it speaks a version of each: "
            + "upgrade the older one.", address, versions, control, data);

    public static void SeedSilent(this ILoggingAdapter log, string address, string reason) =>
        log.Warning("The seed [{0}] does not answer: {1}.", address, reason);

    public static void RunsInvariant(this ILoggingAdapter log) =>
        log.Warning(
            "This process runs without cultures (globalization-invariant): functions sort, compare, normalize and format text differently "
            + "here than in callers that have cultures. Install ICU, and set InvariantGlobalization to false in the project.");

    public static void FunctionDiffers(this ILoggingAdapter log, string warning) =>
        log.Warning("{0} (actorpool.cluster.lost-writes)", warning);

    public static void HasNoLocalSocket(this ILoggingAdapter log, string reason) =>
        log.Warning(
            "Pools of this user on this machine connect over TCP (actorpool.cluster.local-socket = off: without this line). {0}", reason);

    public static void UsesLocalSocket(this ILoggingAdapter log, string pool, string address, string path) =>
        log.Debug("The pool [{0}] reaches the node [{1}] through the socket [{2}].", pool, address, path);

    public static void UsesNoLocalSocket(this ILoggingAdapter log, string pool, string address, string reason) =>
        log.Debug("The pool [{0}] reaches the node [{1}] over TCP, and not through the socket that it offers: {2}", pool, address, reason);

    public static void NodeRefused(this ILoggingAdapter log, string address, string reason) =>
        log.Warning("The node [{0}] does not take part: {1}.", address, reason);

    public static void DisposalFailed(this ILoggingAdapter log, int worker, Exception error)
    {
        log.Warning("Disposing of the state of {0} threw [{1}]; the DEBUG log has details.", WorkerName.Format(worker), GetTypeName(error));
        log.Debug("Disposing of the state of {0} threw: {1}", WorkerName.Format(worker), error);
    }

    public static void InputDisposalFailed(this ILoggingAdapter log, Exception error) =>
        log.Warning(error, "Disposing of a job's inputs threw after the job had ended.");

    public static void DroppedOutcome(this ILoggingAdapter log, string job, long index) =>
        log.Debug("[{0}] dropped a second outcome of the chunk at [{1}].", job, index);

    private static string GetTypeName(Exception error) => error is RemoteException remote ? remote.TypeName : error.GetType().ToString();
}
