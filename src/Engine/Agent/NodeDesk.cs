using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Insights;
using ActorPool.Security;
using ActorPool.Transport;
using ActorPool.Wire;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Agent;

/// <summary>Answers what observers ask a node, and does what operators tell it.</summary>
/// <remarks>Any thread may call. What the node's pools know of themselves, it asks them for.</remarks>
internal sealed class NodeDesk(NodeRuntime node, ActorSystem system, IActorRef agent)
{
    private const int MaxRuns = 256;
    private static readonly TimeSpan s_timeToAsk = TimeSpan.FromSeconds(2.5);

    private readonly ILoggingAdapter _log = Logging.GetLogger(system, nameof(NodeDesk));

    /// <summary>Answers a question.</summary>
    /// <returns>JSON.</returns>
    /// <exception cref="QuestionException">There is no answer; the message says why, as a sentence.</exception>
    public async Task<byte[]> AnswerAsync(
        DataProtocol.NodeQuestion question, string asker, PeerRoles roles, CancellationToken cancellationToken)
    {
        var needed = question.Kind is DataProtocol.NodeQuestionKind.Describe or DataProtocol.NodeQuestionKind.DescribeJob
            or DataProtocol.NodeQuestionKind.ReadLog ? PeerRoles.Observe : PeerRoles.Operate;
        if (!roles.HasFlag(needed))
        {
            throw new QuestionException(
                $"The certificate is for [{CertificateRoles.Format(roles)}], and this needs [{CertificateRoles.Format(needed)}] "
                + "(certs issue HOST --role).");
        }
        var argument = question.Argument ?? "";
        if (needed == PeerRoles.Operate)
            _log.OperatorCommand(asker, question.Kind.ToString(), PeerValidation.FormatName(argument)); // a peer has chosen it
        return question.Kind switch
        {
            DataProtocol.NodeQuestionKind.Describe => await DescribeAsync(cancellationToken).ConfigureAwait(false),
            DataProtocol.NodeQuestionKind.DescribeJob =>
                await AskOwnerAsync(DataProtocol.PoolQuestionKind.DescribeJob, argument, cancellationToken).ConfigureAwait(false),
            DataProtocol.NodeQuestionKind.CancelJob =>
                await AskOwnerAsync(DataProtocol.PoolQuestionKind.CancelJob, argument, cancellationToken).ConfigureAwait(false),
            DataProtocol.NodeQuestionKind.RetryJob =>
                await AskOwnerAsync(DataProtocol.PoolQuestionKind.RetryJob, argument, cancellationToken).ConfigureAwait(false),
            DataProtocol.NodeQuestionKind.ReadLog => ToJson(node.Lines.ReadAfter(ReadNumber(argument)), ReportJson.Default.LogReport),
            DataProtocol.NodeQuestionKind.Drain => Drain(),
            DataProtocol.NodeQuestionKind.Resize => Resize(ReadNumber(argument)),
            _ => SetLogLevel(argument),
        };
    }

    private async Task<byte[]> DescribeAsync(CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(node.Sessions.Values.Where(session => session.ServesPool)
            .Select(session => DescribeAsync(session, cancellationToken))).ConfigureAwait(false);
        var runs = answers.SelectMany(answer => answer.Session.GetRuns(answer.Pool?.Key)).Take(MaxRuns);
        var pools = answers.Where(answer => answer.Pool is not null).Select(answer => answer.Pool!);
        var problems = answers.Where(answer => answer.Problem is not null).Select(answer => answer.Problem!);
        return ToJson(
            new AgentReport(Describe([.. runs], answers.Length), [.. pools], node.Members, [.. problems])
            {
                Now = node.Settings.TimeProvider.GetUtcNow(),
                ControlProtocol = node.Versions.Control.ToString(),
                DataProtocol = node.Versions.Data.ToString(),
            },
            ReportJson.Default.AgentReport);
    }

    private NodeReport Describe(IReadOnlyList<RunReport> runs, int pools)
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        var (busy, waiting) = node.Gate is { } gate ? (gate.Running, gate.Waiting) : (0, 0);
        return new NodeReport(
            node.Address.ToString(), node.Address.Format(node.DataPort), node.EngineVersion, Environment.MachineName, Environment.ProcessId,
            node.IsEnding || node.IsLeaving ? NodeState.Leaving : NodeState.Up, node.Started, node.Target, busy, waiting, pools,
            process.WorkingSet64, process.TotalProcessorTime.TotalSeconds, node.Settings.Isolation, runs)
        {
            LogLevel = FormatLevel(system.EventStream.LogLevel),
        };
    }

    private async Task<(AgentSession Session, PoolReport? Pool, string? Problem)> DescribeAsync(
        AgentSession session, CancellationToken cancellationToken)
    {
        try
        {
            var json = await AskAsync(session, DataProtocol.PoolQuestionKind.Describe, 0, cancellationToken).ConfigureAwait(false);
            var pool = JsonSerializer.Deserialize(json, ReportJson.Default.PoolReport) ?? throw new JsonException("The report is null.");
            session.PoolKey = pool.Key;
            return (session, pool, null);
        }
        catch (Exception e) when (e is QuestionException or JsonException)
        {
            return (session, null, $"The pool {session.ClientPool} did not tell its jobs to {node.Address}: {SafeText.GetReason(e)}.");
        }
    }

    /// <summary>Asks the pool that has a job.</summary>
    private async Task<byte[]> AskOwnerAsync(DataProtocol.PoolQuestionKind kind, string key, CancellationToken cancellationToken)
    {
        if (!PoolKey.TryParseJob(key, out var pool, out var id))
            throw new QuestionException($"[{key}] is not the key of a job.");
        if (FindSession(pool) is null)
        {
            // Those that nobody has asked yet have not told their keys.
            await Task.WhenAll(node.Sessions.Values.Where(session => session is { ServesPool: true, PoolKey: null })
                .Select(session => DescribeAsync(session, cancellationToken))).ConfigureAwait(false);
        }
        var owner = FindSession(pool) ?? throw new QuestionException($"No pool with the job [{key}] uses the node {node.Address}.");
        return await AskAsync(owner, kind, id, cancellationToken).ConfigureAwait(false);
    }

    private AgentSession? FindSession(string pool) => node.Sessions.Values.FirstOrDefault(
        session => session.ServesPool && string.Equals(session.PoolKey, pool, StringComparison.Ordinal));

    private async Task<byte[]> AskAsync(
        AgentSession session, DataProtocol.PoolQuestionKind kind, long job, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_timeToAsk, node.Settings.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            return await session.AskPoolAsync(kind, job, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new QuestionException($"It did not answer within [{s_timeToAsk}].");
        }
    }

    private byte[] Drain()
    {
        node.OnDrain();
        return Tell($"The node {node.Address} takes no more chunks, finishes those that run, and ends.");
    }

    private byte[] Resize(long workers)
    {
        if (workers is < 1 or > PoolSettings.MaxWorkers)
        {
            throw new QuestionException(
                $"[{workers}] is not a number of workers for {node.Address}: 1 to [{PoolSettings.MaxWorkers}].");
        }
        agent.Tell(new NodeAgentActor.Resize((int)workers));
        return Tell($"The node {node.Address} runs {CountText.Format(workers, "chunk")} at a time.");
    }

    private byte[] SetLogLevel(string level)
    {
        LogLevel? known = level switch
        {
            "debug" => LogLevel.DebugLevel,
            "info" => LogLevel.InfoLevel,
            "warning" => LogLevel.WarningLevel,
            "error" => LogLevel.ErrorLevel,
            _ => null,
        };
        system.EventStream.SetLogLevel(
            known ?? throw new QuestionException($"[{level}] is not a level of the log: debug, info, warning or error."));
        return Tell($"The node {node.Address} logs from the level {level} on.");
    }

    private static string FormatLevel(LogLevel level) => level switch
    {
        LogLevel.DebugLevel => "debug",
        LogLevel.InfoLevel => "info",
        LogLevel.WarningLevel => "warning",
        LogLevel.ErrorLevel => "error",
        _ => "off", // Akka has no name for it
    };

    private static long ReadNumber(string argument) =>
        argument.Length == 0 ? 0
        : long.TryParse(argument, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number
        : throw new QuestionException($"[{argument}] is not a number.");

    private static byte[] Tell(string message) =>
        ToJson(new CommandReport(ReportJson.Version, message), ReportJson.Default.CommandReport);

    private static byte[] ToJson<T>(T report, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(report, type);
        return json.Length <= ReportJson.MaxBytes
            ? json
            : throw new QuestionException($"The report would have [{json.Length}] bytes, which is too long.");
    }
}
