using System.Collections.Concurrent;
using ActorPool.Serialization;

namespace ActorPool.Wire;

/// <summary>Matches answers with the questions that one side of a connection has asked.</summary>
/// <remarks>At most <see cref="DataProtocol.MaxQuestions"/> are open at a time. Any thread may call.</remarks>
internal sealed class OpenQuestions
{
    private readonly ConcurrentDictionary<long, TaskCompletionSource<byte[]>> _open = new();
    private long _last;
    private int _count;

    /// <summary>Asks, and waits for the answer.</summary>
    /// <param name="send">Sends the question with this number; false if there is no room for it.</param>
    /// <param name="cancellationToken">Ends the wait; a late answer is dropped.</param>
    /// <returns>The answer's JSON.</returns>
    /// <exception cref="QuestionException">
    /// The other side has no answer, there are too many questions, or the connection has ended.
    /// </exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancellationToken"/> was cancelled.</exception>
    public async Task<byte[]> AskAsync(Func<long, bool> send, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _count) > DataProtocol.MaxQuestions)
        {
            Interlocked.Decrement(ref _count);
            throw new QuestionException($"[{DataProtocol.MaxQuestions}] questions have no answer yet.");
        }
        var number = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            _open[number] = answer;
            if (!send(number))
                throw new QuestionException("The connection has ended, or is full.");
            return await answer.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _open.TryRemove(number, out _);
            Interlocked.Decrement(ref _count);
        }
    }

    /// <summary>Takes an answer; one that nobody waits for is dropped.</summary>
    public async ValueTask TakeAsync(PayloadReader body, CancellationToken cancellationToken)
    {
        var header = await WireRecord.ReadAsync<DataProtocol.AnswerHeader>(body, cancellationToken).ConfigureAwait(false);
        var json = await DataProtocol.AnswerHeader.ReadJsonAsync(body, cancellationToken).ConfigureAwait(false);
        if (!_open.TryGetValue(header.Number, out var answer))
            return;
        if (header.Error is { } error)
            answer.TrySetException(new QuestionException(error));
        else
            answer.TrySetResult(json);
    }

    /// <summary>Ends all waits: the connection has ended.</summary>
    public void End()
    {
        foreach (var answer in _open.Values)
            answer.TrySetException(new QuestionException("The connection has ended."));
    }
}

/// <summary>A question has no answer; the message says why, as a sentence.</summary>
internal sealed class QuestionException(string message) : Exception(message)
{
    /// <summary>Whether what was asked about does not exist.</summary>
    public bool IsUnknown { get; init; }

    /// <summary>The message where the other side speaks a version without questions.</summary>
    public const string EarlierRelease = "The node is of an earlier release, which cannot be asked.";
}
