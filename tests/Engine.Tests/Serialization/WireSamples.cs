using System.Diagnostics;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Serialization;

/// <summary>Samples of each record that is sent to other processes.</summary>
/// <remarks>Fields of the first sample of a record do not have their default values.</remarks>
internal static class WireSamples
{
    private static readonly Guid s_id = new("00112233-4455-6677-8899-aabbccddeeff");
    private static readonly NodeAddress[] s_members = [NodeAddress.Parse("127.0.0.1:8110"), NodeAddress.Parse("[::1]:4711")];
    private static readonly RemoteFailure s_failure = RemoteFailure.From(CreateError()) with
    {
        Image = new byte[] { 1, 2, 3 },
        Reason = "it holds a stream",
        Held = [RemoteFailure.From(new TimeoutException("held"))],
    };
    private static readonly ModuleIdentity s_module = new(
        "Lib", new Version(1, 2, 3, 4), s_id, ModuleIdentity.ComputeHash([1, 2, 3]), 12345678901)
    {
        Kind = ModuleKind.Satellite,
    };
    private static readonly ModuleReference s_reference = new("System.Runtime", new Version(10, 0, 0, 0));
    private static readonly DataProtocol.JobDefinition s_job = new(
        7, "jöb", 3, CallKind.StarMap2, FailsFast: true, TimeSpan.FromSeconds(2), 5);

    public static IReadOnlyList<IWireRecord> All { get; } =
    [
        new ControlProtocol.Enlist(s_id, Guid.AllBitsSet, "pool", 3, "0.1.0"),
        new ControlProtocol.Enlisted(s_id, 4, 8111, "/tmp/actorpool-x/node.sock", [1, 2, 3], s_members),
        new ControlProtocol.Refused(s_id, "it is full", IsFinal: true),
        new ControlProtocol.Renew(s_id),
        new ControlProtocol.Renewed(s_id, IsKnown: true, IsLeaving: true, Workers: 3, s_members, [s_members[1]]),
        new ControlProtocol.Resign(s_id),
        ControlProtocol.GetMembers.Instance,
        new ControlProtocol.MemberList(s_members),
        new DataProtocol.SessionDefinition(MaxTasksPerWorker: 9),
        new DataProtocol.SessionRequests("pool", "127.0.0.1:8110", LogLevel.Warning, TakesOutput: true),
        new DataProtocol.SessionRequests("pool", Node: null, LogLevel.None, TakesOutput: false),
        new DataProtocol.NodeQuestion(1, DataProtocol.NodeQuestionKind.Describe, Argument: null),
        new DataProtocol.NodeQuestion(long.MaxValue, DataProtocol.NodeQuestionKind.SetLogLevel, "debug"),
        new DataProtocol.NodeQuestion(2, DataProtocol.NodeQuestionKind.RetryJob, "0123456789ab-12"),
        new DataProtocol.PoolQuestion(7, DataProtocol.PoolQuestionKind.CancelJob, 12),
        new DataProtocol.PoolQuestion(8, DataProtocol.PoolQuestionKind.RetryJob, 12),
        new DataProtocol.AnswerHeader(7, Error: null),
        new DataProtocol.QueueTimes(TimeSpan.FromSeconds(2), TimeSpan.FromHours(3)),
        new DataProtocol.AnswerHeader(8, "The pool has no job 12 (any longer)."),
        new DataProtocol.TraceLink(new ActivityContext(
            ActivityTraceId.CreateFromString("0123456789abcdef0123456789abcdef"), ActivitySpanId.CreateFromString("0123456789abcdef"),
            ActivityTraceFlags.Recorded, "vendor=1", isRemote: true)),
        new DataProtocol.LogRecord(
            new FunctionLine(
                LineKind.Error, LogLevel.Critical, new EventId(7, "seven"), "tëxt", new LineOrigin("job", 5L << 40, "worker-1", "[::1]:1"))
            {
                Error = "System.Exception: text",
            },
            Dropped: 3),
        new DataProtocol.LogRecord(
            new FunctionLine(LineKind.Logged, LogLevel.Trace, default, "", new LineOrigin(Job: null, 0, "worker-1")), Dropped: 0),
        new DataProtocol.BroadcastDefinition(s_id),
        new DataProtocol.CodeDefinition(12, IsKept: true),
        s_job,
        new DataProtocol.MissingModulesReport([s_module.Sha256, ModuleIdentity.ComputeHash([4])]),
        new DataProtocol.ModuleQuestion(
            3, new ModuleQuery(ModuleKind.Native, ["libsum.so", "sum"], ["linux-musl-x64", "linux-x64", "any"])),
        new DataProtocol.ModuleAnswer(3, "libsum.so", "It cannot be read."),
        new DataProtocol.ModuleAnswer(4, Name: null, Problem: null),
        new DataProtocol.RunHeader(1, 2, 3L << 40, 4, 5, ReportsStart: true, IsSuspect: false, s_job, [6, 7]),
        new DataProtocol.RunHeader(1, 2, 3L << 40, 4, 5, ReportsStart: false, IsSuspect: true, Definition: null, []),
        new DataProtocol.EndedJobs([.. Enumerable.Range(1, DataProtocol.EndedJobs.MaxJobs).Select(i => long.MaxValue - i)]),
        new DataProtocol.StartReport(17, HasStarted: true),
        new DataProtocol.StartReport(18, HasStarted: false),
        new DataProtocol.LeaseReport(18, 2),
        new DataProtocol.RefusalReport(4, DataProtocol.RefusalCause.Function, s_failure),
        new DataProtocol.OutcomeHeader(
            19, DataProtocol.OutcomeStatus.Ran, TimeSpan.FromTicks(20), 3, [(1, 2), (5, 4)],
            [new DataProtocol.ItemFailure(6, 7, "worker-1", ItemFailureCause.WorkersLost, s_failure)]),
        new DataProtocol.ItemFailure(6, 7, "worker-1", ItemFailureCause.TimedOut, s_failure),
        s_failure,
        s_module,
        s_module with { Name = "libsum.so", Kind = ModuleKind.Native },
        s_reference,
        new CodeManifest.Head([s_module, s_module with { Name = "Other" }], [[1], [0]], [s_reference], BodyLength: 21),
    ];

    private static AggregateException CreateError()
    {
        var error = new AggregateException("outer", new FormatException("one"), new InvalidOperationException("two \ud83d"));
        error.Data["key"] = "value";
        return error;
    }
}
