using System.Runtime.CompilerServices;

namespace ActorPool.Diagnostics;

/// <summary>The kinds of lines that the engine logs, each with its number and category.</summary>
/// <remarks>
/// Filters and alarms of users refer to numbers and names: these stay, and a new kind gets the next number of its category.
/// docs/hosting.md lists them.
/// </remarks>
internal static class LogKinds
{
    // The pool itself.
    public static readonly LogKind PoolForgotten = Create(101, "ActorPool");
    public static readonly LogKind CoordinatorBehind = Create(102, "ActorPool");

    // Jobs, and the functions that they run.
    public static readonly LogKind JobStalled = Create(201, "ActorPool.Jobs");
    public static readonly LogKind FunctionDiffers = Create(202, "ActorPool.Jobs");
    public static readonly LogKind InputDisposalFailed = Create(203, "ActorPool.Jobs");
    public static readonly LogKind DroppedOutcome = Create(204, "ActorPool.Jobs");
    public static readonly LogKind JobCancelledByOperator = Create(205, "ActorPool.Jobs");
    public static readonly LogKind ItemsRetriedByOperator = Create(206, "ActorPool.Jobs");

    // Workers of this process, and worker processes.
    public static readonly LogKind WorkerLost = Create(301, "ActorPool.Workers");
    public static readonly LogKind WorkerFailed = Create(302, "ActorPool.Workers");
    public static readonly LogKind WorkerAbandoned = Create(303, "ActorPool.Workers");
    public static readonly LogKind DisposalFailed = Create(304, "ActorPool.Workers");
    public static readonly LogKind ProcessLost = Create(305, "ActorPool.Workers");
    public static readonly LogKind ProcessesFailed = Create(306, "ActorPool.Workers");

    // What functions log and write.
    public static readonly LogKind FunctionWrote = Create(401, "ActorPool.Output");
    public static readonly LogKind FunctionsLoggedMore = Create(402, "ActorPool.Output");
    public static readonly LogKind FunctionLoggerFailed = Create(403, "ActorPool.Output");

    // The nodes of a pool, as the pool sees them.
    public static readonly LogKind NodeJoined = Create(501, "ActorPool.Nodes");
    public static readonly LogKind NodeLost = Create(502, "ActorPool.Nodes");
    public static readonly LogKind NodeHandedBack = Create(503, "ActorPool.Nodes");
    public static readonly LogKind NodeDiffers = Create(504, "ActorPool.Nodes");
    public static readonly LogKind NodeRefused = Create(505, "ActorPool.Nodes");
    public static readonly LogKind ClusterSilent = Create(506, "ActorPool.Nodes");
    public static readonly LogKind UsesLocalSocket = Create(507, "ActorPool.Nodes");
    public static readonly LogKind UsesNoLocalSocket = Create(508, "ActorPool.Nodes");
    public static readonly LogKind JobsWaitForNodes = Create(509, "ActorPool.Nodes");
    public static readonly LogKind JobsGoOn = Create(510, "ActorPool.Nodes");
    public static readonly LogKind SeedRenamed = Create(511, "ActorPool.Nodes");
    public static readonly LogKind DataPortUnreachable = Create(512, "ActorPool.Nodes");
    public static readonly LogKind PoolRefused = Create(513, "ActorPool.Nodes");

    // The node of this process, and the pools that use it.
    public static readonly LogKind SessionStarted = Create(601, "ActorPool.Node");
    public static readonly LogKind SessionEnded = Create(602, "ActorPool.Node");
    public static readonly LogKind DataConnectionFailed = Create(603, "ActorPool.Node");
    public static readonly LogKind HandedBack = Create(604, "ActorPool.Node");
    public static readonly LogKind DrainTimedOut = Create(605, "ActorPool.Node");
    public static readonly LogKind FinishesOutside = Create(606, "ActorPool.Node");
    public static readonly LogKind MemberDowned = Create(607, "ActorPool.Node");
    public static readonly LogKind SeedSilent = Create(608, "ActorPool.Node");
    public static readonly LogKind RunsInvariant = Create(609, "ActorPool.Node");
    public static readonly LogKind HasNoLocalSocket = Create(610, "ActorPool.Node");
    public static readonly LogKind Restored = Create(611, "ActorPool.Node");
    public static readonly LogKind NotRestored = Create(612, "ActorPool.Node");
    public static readonly LogKind FunctionsGoOn = Create(613, "ActorPool.Node");
    public static readonly LogKind NotIsolated = Create(614, "ActorPool.Node");
    public static readonly LogKind MemberJoined = Create(615, "ActorPool.Node");
    public static readonly LogKind MemberLeft = Create(616, "ActorPool.Node");
    public static readonly LogKind MemberLost = Create(617, "ActorPool.Node");
    public static readonly LogKind MemberUnreachable = Create(618, "ActorPool.Node");
    public static readonly LogKind MemberReachable = Create(619, "ActorPool.Node");
    public static readonly LogKind MemberSpeaksOtherVersions = Create(620, "ActorPool.Node");
    public static readonly LogKind JobRuns = Create(621, "ActorPool.Node");
    public static readonly LogKind JobRan = Create(622, "ActorPool.Node");
    public static readonly LogKind JobFailedHere = Create(623, "ActorPool.Node");
    public static readonly LogKind OtherCluster = Create(624, "ActorPool.Node");
    public static readonly LogKind OperatorCommand = Create(625, "ActorPool.Node");
    public static readonly LogKind ObserverCame = Create(626, "ActorPool.Node");
    public static readonly LogKind ObserverWent = Create(627, "ActorPool.Node");
    public static readonly LogKind PublicPortsUnreachable = Create(628, "ActorPool.Node");

    // Connections and messages that are refused.
    public static readonly LogKind HandshakesRefused = Create(701, "ActorPool.Security");
    public static readonly LogKind MessageRefused = Create(702, "ActorPool.Security");
    public static readonly LogKind CertificateRenewed = Create(703, "ActorPool.Security");
    public static readonly LogKind CertificateNotRenewed = Create(704, "ActorPool.Security");
    public static readonly LogKind CertificateEnds = Create(705, "ActorPool.Security");

    private static LogKind Create(int id, string category, [CallerMemberName] string name = "") => new(id, name, category);
}
