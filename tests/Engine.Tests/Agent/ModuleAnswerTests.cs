using ActorPool.Agent;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Shipping;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;
using ActorPool.Wire;

namespace ActorPool.Tests.Agent;

/// <summary>What a node does with a pool's answers about modules, honest ones and others.</summary>
public sealed class ModuleAnswerTests : Akka.TestKit.Xunit2.TestKit
{
    private static readonly ModuleQuery s_query = new(ModuleKind.Assembly, "ShippedLib");

    [Fact]
    public async Task A_module_comes_before_its_answer()
    {
        await using var plane = new DataPlane();
        var (client, node, code) = await StartAsync(plane);
        Serve(client, async question =>
        {
            await SendModulesAsync(client, Describe());
            await AnswerAsync(client, new DataProtocol.ModuleAnswer(question.Number, "ShippedLib", Problem: null), Describe());
        });

        var found = await FindAsync(code);

        Assert.Equal("ShippedLib", found!.Name);
        Assert.False(node.Completion.IsCompleted);
        code.Unload();
    }

    [Fact]
    public async Task A_program_may_have_no_such_module()
    {
        await using var plane = new DataPlane();
        var (client, node, code) = await StartAsync(plane);
        Serve(client, question => AnswerAsync(client, new DataProtocol.ModuleAnswer(question.Number, Name: null, Problem: null)));

        Assert.Null(await FindAsync(code));
        Assert.False(node.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_module_that_cannot_be_sent_is_an_error_with_the_callers_reason()
    {
        await using var plane = new DataPlane();
        var (client, node, code) = await StartAsync(plane);
        Serve(client, question => AnswerAsync(client, new DataProtocol.ModuleAnswer(question.Number, Name: null, "Its file is gone.")));

        var error = await Assert.ThrowsAsync<FileLoadException>(() => FindAsync(code));

        Assert.Contains("Its file is gone.", error.Message, StringComparison.Ordinal);
        Assert.False(node.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_module_that_is_too_large_for_the_node_is_an_error_with_the_nodes_limit()
    {
        await using var plane = new DataPlane();
        var (client, node, code) = await StartAsync(plane, new CodeContextOptions { MaxModuleBytes = 1000 });
        Serve(client, async question =>
        {
            await OfferAsync(client, Describe());
            await AnswerAsync(client, new DataProtocol.ModuleAnswer(question.Number, "ShippedLib", Problem: null), Describe());
        });

        var error = await Assert.ThrowsAsync<FileLoadException>(() => FindAsync(code));

        Assert.Contains("[1000]", error.Message, StringComparison.Ordinal);
        Assert.False(node.Completion.IsCompleted);
    }

    [Theory]
    [InlineData("an answer to no question")]
    [InlineData("a second answer")]
    [InlineData("a module without its bytes")]
    [InlineData("a name that the manifest lacks")]
    [InlineData("another module")]
    [InlineData("a manifest that is none")]
    public async Task A_dishonest_answer_ends_the_connection_and_the_wait(string attack)
    {
        await using var plane = new DataPlane();
        var (client, node, code) = await StartAsync(plane);
        Serve(client, async question =>
        {
            var answer = new DataProtocol.ModuleAnswer(question.Number, "ShippedLib", Problem: null);
            switch (attack)
            {
                case "an answer to no question":
                    await AnswerAsync(client, answer with { Number = question.Number + 1 }, Describe());
                    break;
                case "a second answer":
                    await AnswerAsync(client, answer with { Name = null });
                    await AnswerAsync(client, answer with { Name = null });
                    break;
                case "a module without its bytes":
                    await AnswerAsync(client, answer, Describe());
                    break;
                case "a name that the manifest lacks":
                    await SendModulesAsync(client, Describe());
                    await AnswerAsync(client, answer with { Name = "Shipped" }, Describe());
                    break;
                case "another module":
                    var other = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
                    await SendModulesAsync(client, other);
                    await AnswerAsync(client, answer with { Name = "Shipped" }, other);
                    break;
                default:
                    await AnswerAsync(client, answer);
                    break;
            }
        });

        var find = FindAsync(code);
        var error = await node.Completion.Within("the end of the connection");

        Assert.True(error is InvalidDataException or EndOfStreamException, $"{error}");
        if (attack is not "a second answer")
        {
            // The agent ends the session of a connection that has ended.
            var ended = await ExpectMsgAsync<NodeAgentActor.ConnectionEnded>(Deadline.Limit);
            await ended.Session.EndAsync();
            await Assert.ThrowsAsync<FileLoadException>(() => find);
        }
    }

    private async Task<(DataConnection Client, DataConnection Node, CodeContext Code)> StartAsync(
        DataPlane plane, CodeContextOptions? options = null)
    {
        var (client, node) = await plane.PairAsync();
        var code = ShippedProgram.Node(options);
        var session = new AgentSession(
            plane.Ticket.SessionId, "pool", code, new ChunkGate(workers: 1), new NodeSessionHost(TestActor, Sys, TimeProvider.System),
            new SessionSettings(1, "session", MaxModuleBytes: 1 << 20, TimeSpan.FromSeconds(1)))
        {
            Process = Guid.NewGuid(),
        };
        _ = session.RunAsync(node);
        return (client, node, code);
    }

    private static Task<NamedModule?> FindAsync(CodeContext code) =>
        Task.Factory.StartNew(
            () => code.Named.Find(s_query), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .Within("the module");

    private static void Serve(DataConnection client, Func<DataProtocol.ModuleQuestion, Task> answer) =>
        _ = client.RunAsync(async frame =>
        {
            if (frame.Kind == DataProtocol.AskModule)
                await answer(await WireRecord.ReadAsync<DataProtocol.ModuleQuestion>(frame.Body, default));
            else
                await DataPlane.ReadAll(frame);
        });

    private static CodeManifest Describe()
    {
        using var program = new ShippedProgram();
        return FunctionShipper.Describe([program.Load("ShippedLib").GetTypes()[0]], [], ShippedProgram.Serializer);
    }

    private static async Task OfferAsync(DataConnection client, CodeManifest manifest)
    {
        var body = new PayloadWriter();
        manifest.Write(body);
        await client.SendAsync(DataProtocol.Offer, body);
    }

    private static async Task SendModulesAsync(DataConnection client, CodeManifest manifest)
    {
        await OfferAsync(client, manifest);
        foreach (var module in manifest.Modules)
        {
            var body = new PayloadWriter();
            WireRecord.Write(body, module);
            body.AddReference(ModuleCatalog.Shared.GetBytes(module));
            await client.SendAsync(DataProtocol.Module, body);
        }
    }

    private static async Task AnswerAsync(DataConnection client, DataProtocol.ModuleAnswer answer, CodeManifest? manifest = null)
    {
        var body = new PayloadWriter();
        WireRecord.Write(body, answer);
        manifest?.Write(body);
        await client.SendAsync(DataProtocol.AnswerModule, body);
    }
}
