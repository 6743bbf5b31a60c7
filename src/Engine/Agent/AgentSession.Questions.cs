using ActorPool.Insights;
using ActorPool.Security;
using ActorPool.Serialization;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Agent;

// Questions: those of an observer to the node, and those of the node to its pool.
internal sealed partial class AgentSession
{
    private readonly OpenQuestions _poolQuestions = new();
    private int _answering;
    private bool _isRefused; // used only by the reading task

    /// <summary>Whether the client is a pool that runs jobs here; an observer has no workers.</summary>
    public bool ServesPool => _pool is not null && Volatile.Read(ref _connection) is not null;

    /// <summary>By what observers know the client's pool.</summary>
    /// <value>Null until the pool has told it.</value>
    public string? PoolKey
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }

    /// <summary>Asks the client's pool, and waits for its answer.</summary>
    /// <returns>The answer's JSON.</returns>
    /// <exception cref="QuestionException">There is no answer; the message says why, as a sentence.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public Task<byte[]> AskPoolAsync(DataProtocol.PoolQuestionKind kind, long job, CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _connection) is not { Version: >= DataProtocol.AskingVersion } connection)
            throw new QuestionException("It is of an earlier release, which cannot be asked.");
        if (connection.Version < DataProtocol.GetFirstVersion(kind))
            throw new QuestionException($"The job's pool is of an earlier release, which does not know the order {kind}.");
        return _poolQuestions.AskAsync(
            number =>
            {
                var body = new PayloadWriter();
                WireRecord.Write(body, new DataProtocol.PoolQuestion(number, kind, job));
                return connection.TrySend(DataProtocol.AskPool, body);
            },
            cancellationToken);
    }

    /// <summary>Lists the chunks that are here.</summary>
    /// <param name="pool">The key of the client's pool; null if it is not known.</param>
    public IEnumerable<RunReport> GetRuns(string? pool) => _held.Values.Where(held => held.HasStarted).Select(held => new RunReport(
        pool ?? "", pool is null ? "" : FormattableString.Invariant($"{pool}-{held.JobId}"), held.Job, held.Start, held.Count, held.Attempt,
        settings.Clock.GetElapsedTime(held.Since)));

    /// <summary>Answers an observer, beside the frames that follow.</summary>
    /// <exception cref="InvalidDataException">It asks faster than it gets answers.</exception>
    private void OnQuestion(DataProtocol.NodeQuestion question)
    {
        if (Interlocked.Increment(ref _answering) > DataProtocol.MaxQuestions)
            throw new InvalidDataException($"It has asked more than [{DataProtocol.MaxQuestions}] questions at a time.");
        _ = AnswerAsync(question);
    }

    private async Task AnswerAsync(DataProtocol.NodeQuestion question)
    {
        try
        {
            PayloadWriter body;
            try
            {
                body = DataProtocol.AnswerHeader.Write(
                    question.Number, await host.AnswerAsync(question, ClientPool, Connection.PeerRoles, _stop.Token).ConfigureAwait(false));
            }
            catch (QuestionException e)
            {
                body = DataProtocol.AnswerHeader.Write(question.Number, e.Message);
            }
            await Connection.SendAsync(DataProtocol.NodeAnswer, body, _stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The connection has ended; its reader reports that.
        }
        finally
        {
            Interlocked.Decrement(ref _answering);
        }
    }

    /// <summary>Whether the client may run functions.</summary>
    /// <remarks>If not, it is told so once, and what it sends is dropped.</remarks>
    private async ValueTask<bool> MaySubmitAsync(CancellationToken token)
    {
        if (Connection.PeerRoles.HasFlag(PeerRoles.Submit))
            return true;
        if (!_isRefused)
        {
            _isRefused = true;
            var roles = CertificateRoles.Format(Connection.PeerRoles);
            var error = new RoleException(
                $"The pool's certificate is for [{roles}], and running functions needs [submit]. Use another one, or issue one with that "
                + "role (certs issue HOST --role submit).");
            await SendFailureAsync(DataProtocol.SessionFailed, 0, error, token).ConfigureAwait(false);
        }
        return false;
    }
}
