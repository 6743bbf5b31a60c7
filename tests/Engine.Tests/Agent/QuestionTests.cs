using ActorPool.Agent;
using ActorPool.Insights;
using ActorPool.Serialization;
using ActorPool.Tests.Shipping;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Tests.Agent;

/// <summary>What a node does with questions and answers, honest ones and others.</summary>
public sealed class QuestionTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public async Task A_question_without_an_answer_is_refused_in_words()
    {
        await using var plane = new DataPlane();
        var (client, node) = await StartAsync(plane);
        var answers = Read(client);

        await AskAsync(client, 7);

        var (header, json) = await answers.Within("the answer");
        Assert.Equal(new DataProtocol.AnswerHeader(7, "It cannot be asked."), header);
        Assert.Empty(json);
        Assert.False(node.Completion.IsCompleted);
    }

    [Theory]
    [InlineData("a kind that is none")]
    [InlineData("an argument that is too long")]
    [InlineData("a record that is cut")]
    [InlineData("an answer that is too long")]
    [InlineData("an answer of nonsense")]
    public async Task What_is_no_question_or_answer_ends_the_connection(string attack)
    {
        await using var plane = new DataPlane();
        var (client, node) = await StartAsync(plane);
        var body = new PayloadWriter();
        var kind = DataProtocol.AskNode;
        switch (attack)
        {
            case "a kind that is none":
                WireRecord.Write(body, new DataProtocol.NodeQuestion(1, (DataProtocol.NodeQuestionKind)99, null));
                break;
            case "an argument that is too long":
                body.AddReference(WriteLong(new string('x', 5000)));
                break;
            case "a record that is cut":
                WireRecord.Write(body, new DataProtocol.NodeQuestion(1, DataProtocol.NodeQuestionKind.Describe, "x"));
                body = Cut(body);
                break;
            case "an answer that is too long":
                kind = DataProtocol.AnswerNode;
                WireRecord.Write(body, new DataProtocol.AnswerHeader(1, Error: null));
                body.AddReference(new byte[ReportJson.MaxBytes + 1]);
                break;
            default:
                kind = DataProtocol.AnswerNode;
                body.AddReference(new byte[] { 4, 0, 0, 0, 0xc1, 0xc1, 0xc1, 0xc1 });
                break;
        }

        await client.SendAsync(kind, body);

        var error = await node.Completion.Within("the end of the connection");
        Assert.True(error is InvalidDataException or EndOfStreamException, $"{error}");
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_is_dropped()
    {
        await using var plane = new DataPlane();
        var (client, node) = await StartAsync(plane);
        var answers = Read(client);

        await client.SendAsync(DataProtocol.AnswerNode, DataProtocol.AnswerHeader.Write(99, "too late"));
        await AskAsync(client, 1);

        Assert.Equal(1, (await answers.Within("the next answer")).Header.Number);
        Assert.False(node.Completion.IsCompleted);
    }

    [Fact]
    public async Task At_most_sixteen_questions_wait_at_a_time()
    {
        var questions = new OpenQuestions();
        using var stop = new CancellationTokenSource();
        var open = Enumerable.Range(0, DataProtocol.MaxQuestions).Select(_ => questions.AskAsync(_ => true, stop.Token)).ToList();

        var error = await Assert.ThrowsAsync<QuestionException>(() => questions.AskAsync(_ => true, stop.Token));

        Assert.Contains("[16] questions have no answer yet", error.Message, StringComparison.Ordinal);
        questions.End();
        foreach (var one in open)
            await Assert.ThrowsAsync<QuestionException>(() => one.Within("its end"));
        await Assert.ThrowsAsync<QuestionException>(() => questions.AskAsync(_ => false, stop.Token));
    }

    private async Task<(DataConnection Client, DataConnection Node)> StartAsync(DataPlane plane)
    {
        var (client, node) = await plane.PairAsync();
        var session = new AgentSession(
            plane.Ticket.SessionId, "observer", ShippedProgram.Node(), new ChunkGate(workers: 1),
            new NodeSessionHost(TestActor, Sys, TimeProvider.System),
            new SessionSettings(1, "session", MaxModuleBytes: 1 << 20, TimeSpan.FromSeconds(1)))
        {
            Process = Guid.NewGuid(),
        };
        _ = session.RunAsync(node);
        return (client, node);
    }

    private static async Task AskAsync(DataConnection client, long number)
    {
        var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.NodeQuestion(number, DataProtocol.NodeQuestionKind.Describe, Argument: null));
        await client.SendAsync(DataProtocol.AskNode, body);
    }

    /// <summary>Waits for the next answer.</summary>
    private static Task<(DataProtocol.AnswerHeader Header, byte[] Json)> Read(DataConnection client)
    {
        var answer = new TaskCompletionSource<(DataProtocol.AnswerHeader, byte[])>(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = client.RunAsync(async frame =>
        {
            Assert.Equal(DataProtocol.NodeAnswer, frame.Kind);
            var header = await WireRecord.ReadAsync<DataProtocol.AnswerHeader>(frame.Body, CancellationToken.None);
            answer.TrySetResult((header, await DataProtocol.AnswerHeader.ReadJsonAsync(frame.Body, CancellationToken.None)));
        });
        return answer.Task;
    }

    private static byte[] WriteLong(string argument)
    {
        var fields = new PayloadWriter();
        new DataProtocol.NodeQuestion(1, DataProtocol.NodeQuestionKind.DescribeJob, argument).WriteFields(new RecordWriter(fields));
        return [.. BitConverter.GetBytes((int)fields.Length), .. fields.ToArray()];
    }

    private static PayloadWriter Cut(PayloadWriter whole)
    {
        var cut = new PayloadWriter();
        cut.AddReference(whole.ToArray().AsMemory()[..^1]);
        return cut;
    }
}
