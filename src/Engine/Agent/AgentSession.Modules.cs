using System.Collections.Concurrent;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;

namespace ActorPool.Agent;

// Modules: asks the client for those that its functions load by name.
internal sealed partial class AgentSession : IModuleSource
{
    /// <summary>Most questions without an answer; each of them holds a thread of a function.</summary>
    private const int MaxQuestions = 1024;

    private readonly ConcurrentDictionary<int, (ModuleQuery Query, TaskCompletionSource<NamedModule?> Answer)> _questions = new();
    private int _lastQuestion;

    public async Task<NamedModule?> FindAsync(ModuleQuery query)
    {
        if (_questions.Count >= MaxQuestions)
            throw new IOException($"More than [{MaxQuestions}] modules are asked for at a time.");
        var number = Interlocked.Increment(ref _lastQuestion);
        var answer = new TaskCompletionSource<NamedModule?>(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions[number] = (query, answer);
        try
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, new DataProtocol.ModuleQuestion(number, query));
            await Connection.SendAsync(DataProtocol.AskModule, body, _stop.Token).ConfigureAwait(false);
            return await answer.Task.WaitAsync(_stop.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            throw new IOException("The caller's session has ended.", e);
        }
        finally
        {
            _questions.TryRemove(number, out _);
        }
    }

    private async ValueTask OnModuleAnswerAsync(PayloadReader body, CancellationToken token)
    {
        var answer = await WireRecord.ReadAsync<DataProtocol.ModuleAnswer>(body, token).ConfigureAwait(false);
        if (!_questions.TryRemove(answer.Number, out var question))
            throw new InvalidDataException($"The module [{answer.Name}] was not asked for.");
        if (answer.Name is not { } name)
        {
            if (answer.Problem is { } problem)
                question.Answer.SetException(new FunctionNotShippableException(problem));
            else
                question.Answer.SetResult(null);
            return;
        }
        try
        {
            var manifest = await CodeManifest.ReadAsync(body, token).ConfigureAwait(false);
            question.Answer.SetResult(code.Accept(question.Query, name, manifest));
        }
        catch (Exception e)
        {
            question.Answer.TrySetException(e);
            if (e is not FunctionNotShippableException)
                throw; // no client sends that
        }
    }
}
