using Akka.Event;
using static Akka.Event.LogLevel;

namespace ActorPool.Diagnostics;

// The node of this process, and the pools that use it: category ActorPool.Node.
internal static partial class Log
{
    public static void SessionStarted(this ILoggingAdapter log, string pool) =>
        log.Write(InfoLevel, LogKinds.SessionStarted, "The pool [{Pool}] uses this node.", pool);

    public static void SessionEnded(this ILoggingAdapter log, string pool, string reason) => log.Write(
        InfoLevel, LogKinds.SessionEnded, "The pool [{Pool}] no longer uses this node: {Reason}.", pool, reason);

    public static void DataConnectionFailed(this ILoggingAdapter log, string pool, Exception error) => log.Write(
        WarningLevel, LogKinds.DataConnectionFailed,
        "The data connection of the pool [{Pool}] failed: {Reason}", pool, SafeText.GetMessage(error));

    public static void HandedBack(this ILoggingAdapter log, string pool, bool hasStarted, string items) => log.Write(
        hasStarted ? InfoLevel : DebugLevel, LogKinds.HandedBack,
        "This node hands back to the pool [{Pool}] what {State}: {Items}.", pool, hasStarted ? "runs" : "has not started", items);

    public static void DrainTimedOut(this ILoggingAdapter log, int chunks, TimeSpan limit) => log.Write(
        WarningLevel, LogKinds.DrainTimedOut,
        "[{Chunks}] chunks still run after the drain timeout of [{Limit}]; their pools dispatch them to other nodes.", chunks, limit);

    public static void FinishesOutside(this ILoggingAdapter log, int chunks) => log.Write(
        InfoLevel, LogKinds.FinishesOutside,
        "The node is outside its cluster and takes no new chunks; [{Chunks}] may still end, and their pools get the outcomes.", chunks);

    public static void MemberDowned(this ILoggingAdapter log, string address, TimeSpan after) => log.Write(
        WarningLevel, LogKinds.MemberDowned,
        "The node [{Node}] was unreachable for [{After}] and is removed from the cluster.", address, after);

    public static void SeedSilent(this ILoggingAdapter log, string address, string reason) =>
        log.Write(WarningLevel, LogKinds.SeedSilent, "The seed [{Node}] does not answer: {Reason}.", address, reason);

    public static void RunsInvariant(this ILoggingAdapter log) => log.Write(
        WarningLevel, LogKinds.RunsInvariant,
        "This process runs without cultures (globalization-invariant): functions sort, compare, normalize and format text differently "
        + "here than in callers that have cultures. Install ICU, and set InvariantGlobalization to false in the project.");

    public static void HasNoLocalSocket(this ILoggingAdapter log, string reason) => log.Write(
        WarningLevel, LogKinds.HasNoLocalSocket,
        "Pools of this user on this machine connect over TCP (actorpool.cluster.local-socket = off: without this line). {Reason}", reason);

    public static void PublicPortsUnreachable(this ILoggingAdapter log, IEnumerable<string> failures) => log.Write(
        WarningLevel, LogKinds.PublicPortsUnreachable,
        "This node does not reach itself at what it announces: {Failures}. Others use that address: correct the port or its translation. "
        + "If they reach the node (dotnet Node.dll doctor, from there), only the way from inside is missing (hairpin NAT).",
        string.Join("; ", failures));

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

    public static void NotIsolated(this ILoggingAdapter log, string clientPool, string reason) => log.Write(
        WarningLevel, LogKinds.NotIsolated,
        "A chunk of the pool [{Pool}] that was lost with its process runs in the node's own: {Reason}", clientPool, reason);

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

    public static void MemberSpeaksOtherVersions(
        this ILoggingAdapter log, string address, string versions, string control, string data) => log.Write(
        WarningLevel, LogKinds.MemberSpeaksOtherVersions,
        "The node [{Node}] of this cluster {Versions}; this node speaks [{Control}] and [{Data}]. A pool can use both only if it speaks "
        + "a version of each: upgrade the older one.",
        address, versions, control, data);

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

    public static void OtherCluster(
        this ILoggingAdapter log, string seed, IEnumerable<string> theirs, IEnumerable<string> ours) => log.Write(
        WarningLevel, LogKinds.OtherCluster,
        "There are two clusters: [{Node}] is in that of [{Theirs}], this node in that of [{Ours}]. A pool uses only the nodes of one. "
        + "Start all seeds but one again with --join, or each with --seed and the same --join, which names all seeds.",
        seed, string.Join(", ", theirs.Take(MaxChanges)), string.Join(", ", ours.Take(MaxChanges)));
}
