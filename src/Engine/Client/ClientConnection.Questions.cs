using System.Text.Json;
using ActorPool.Insights;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Wire;
using Akka.Actor;

namespace ActorPool.Client;

// Questions: those of the node about this pool, and those of an observer about the node.
internal sealed partial class ClientConnection
{
    private static readonly TimeSpan s_timeToAnswer = TimeSpan.FromSeconds(2);

    private readonly OpenQuestions _questions = new();
    private int _answering;

    /// <summary>Asks the node, and waits for its answer.</summary>
    /// <returns>The answer's JSON.</returns>
    /// <exception cref="QuestionException">The node has none; the message says why, as a sentence.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<byte[]> AskAsync(DataProtocol.NodeQuestionKind kind, string? argument, CancellationToken cancellationToken)
    {
        if (connection.Version < DataProtocol.AskingVersion)
            throw new QuestionException(QuestionException.EarlierRelease);
        if (connection.Version < DataProtocol.GetFirstVersion(kind))
            throw new QuestionException($"The node is of an earlier release, which does not know the order {kind}. Upgrade it first.");
        return await _questions.AskAsync(
            number =>
            {
                var body = new PayloadWriter();
                WireRecord.Write(body, new DataProtocol.NodeQuestion(number, kind, argument));
                return connection.TrySend(DataProtocol.AskNode, body);
            },
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Answers a question about the pool, beside the frames that follow.</summary>
    /// <exception cref="InvalidDataException">The node asks faster than it gets answers.</exception>
    private void Answer(DataProtocol.PoolQuestion question)
    {
        if (Interlocked.Increment(ref _answering) > DataProtocol.MaxQuestions)
            throw new InvalidDataException($"It has asked more than [{DataProtocol.MaxQuestions}] questions at a time.");
        _ = AnswerAsync(question);
    }

    private async Task AnswerAsync(DataProtocol.PoolQuestion question)
    {
        try
        {
            await connection.SendAsync(DataProtocol.AnswerNode, await FindAnswerAsync(question).ConfigureAwait(false), _stop.Token)
                .ConfigureAwait(false);
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

    private async Task<PayloadWriter> FindAnswerAsync(DataProtocol.PoolQuestion question)
    {
        object message = question.Kind switch
        {
            DataProtocol.PoolQuestionKind.Describe => JobProtocol.DescribePool.Instance,
            DataProtocol.PoolQuestionKind.DescribeJob => new JobProtocol.DescribeJob(question.Job),
            DataProtocol.PoolQuestionKind.RetryJob => new JobProtocol.RetryFailed(question.Job, IsOperator: true),
            _ => new JobProtocol.CancelById(question.Job, address),
        };
        try
        {
            var answer = await coordinator.Ask<object>(message, s_timeToAnswer, _stop.Token).ConfigureAwait(false);
            if (answer is RetriedItems { IsRefused: true } refused)
                return DataProtocol.AnswerHeader.Write(question.Number, refused.Message);
            if (answer is JobProtocol.JobUnknown && message is JobProtocol.CancelById
                && await RefuseEndedAsync(question.Job).ConfigureAwait(false) is { } ended)
            {
                return DataProtocol.AnswerHeader.Write(question.Number, ended);
            }
            var json = answer switch
            {
                PoolReport report => JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.PoolReport),
                JobReport report => JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.JobReport),
                CommandReport report => JsonSerializer.SerializeToUtf8Bytes(report, ReportJson.Default.CommandReport),
                RetriedItems retried => JsonSerializer.SerializeToUtf8Bytes(
                    new CommandReport(ReportJson.Version, retried.Message), ReportJson.Default.CommandReport),
                _ => null,
            };
            return json switch
            {
                null => DataProtocol.AnswerHeader.Write(question.Number, $"The pool has no job {question.Job} (any longer)."),
                { Length: > ReportJson.MaxBytes } =>
                    DataProtocol.AnswerHeader.Write(question.Number, $"The report would have [{json.Length}] bytes, which is too long."),
                _ => DataProtocol.AnswerHeader.Write(question.Number, json),
            };
        }
        catch (AskTimeoutException)
        {
            return DataProtocol.AnswerHeader.Write(question.Number, $"The pool is too busy: no answer within [{s_timeToAnswer}].");
        }
    }

    /// <summary>Says why a job that has ended cannot be cancelled; null without one.</summary>
    private async Task<string?> RefuseEndedAsync(long id)
    {
        var answer = await coordinator.Ask<object>(new JobProtocol.DescribeJob(id), s_timeToAnswer, _stop.Token).ConfigureAwait(false);
        return answer is not JobReport { Job: var job } ? null
            : job.State == JobState.Running ? $"{job.Name} is ending already."
            : $"{job.Name} has ended: it {Describe(job.State)}, and there is nothing to cancel.";

        static string Describe(JobState state) => state == JobState.Cancelled ? "was cancelled" : state.ToString().ToLowerInvariant();
    }
}
