using System.Diagnostics;
using ActorPool.Agent;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Shipping;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;
using ActorPool.Wire;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Agent;

/// <summary>What newer clients send behind known frames, and what older ones leave out.</summary>
public sealed class OlderPeerTests
{
    private static readonly ActivityContext s_span = new(
        ActivityTraceId.CreateFromString("0123456789abcdef0123456789abcdef"), ActivitySpanId.CreateFromString("0123456789abcdef"),
        ActivityTraceFlags.Recorded, traceState: null, isRemote: true);

    private static readonly int[] s_inputs = [4, 5];

    [Fact]
    public async Task A_client_that_asks_for_nothing_gets_no_lines()
    {
        var options = await DefineAsync(behind: []);

        Assert.Equal((LogLevel.None, false), (options.FunctionLog!.MinLevel, options.FunctionLog.TakesOutput));
    }

    [Fact]
    public async Task What_a_newer_client_sends_behind_its_requests_is_skipped()
    {
        var requests = new DataProtocol.SessionRequests("pool", Node: null, LogLevel.Error, TakesOutput: true);

        var options = await DefineAsync([.. Serialize(requests), .. DataPlane.Noise(1, 1000)]);

        Assert.Equal((LogLevel.Error, true), (options.FunctionLog!.MinLevel, options.FunctionLog.TakesOutput));
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_chunk_is_read_with_a_trace_without_one_and_with_more_behind_it(bool hasTrace, bool hasMore)
    {
        var call = NodeCall.Create(
            CallKind.Map, [typeof(int), typeof(int)], [new Func<int, int>(x => x), null], ShippedProgram.Serializer,
            new ExceptionFormat(ShippedProgram.Serializer, new CallerModules([])));
        using var inputs = new PayloadWriter();
        ShippedProgram.Serializer.GetCodec<int>().Write(inputs, s_inputs, 0);
        byte[] bytes =
        [
            .. inputs.ToArray(), .. hasTrace ? Serialize(new DataProtocol.TraceLink(s_span)) : [],
            .. hasMore ? DataPlane.Noise(1, 1000) : [],
        ];
        var header = new DataProtocol.RunHeader(
            1, 2, Start: 0, Count: 2, Attempt: 1, ReportsStart: false, IsSuspect: false, Definition: null, Ended: []);

        var chunk = await call.ReadAsync(
            new DataProtocol.JobDefinition(1, "job", 1, CallKind.Map, FailsFast: true, ItemTimeout: null, Retries: 0),
            new MemoryPayloadReader(bytes), header, default);

        Assert.Equal(2, chunk.Count);
    }

    [Fact]
    public async Task What_is_no_trace_behind_a_chunk_is_refused()
    {
        var error = await Assert.ThrowsAsync<InvalidDataException>(() => WireRecord.ReadAsync<DataProtocol.TraceLink>(
            new MemoryPayloadReader(Serialize(new DataProtocol.TraceLink(default))), default).AsTask());

        Assert.Equal("A trace has no number.", error.Message);
    }

    /// <summary>Sends a session, with this behind the code, until the node has its pool.</summary>
    private static async Task<WorkerPoolOptions> DefineAsync(byte[] behind)
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        var host = new KeepingHost();
        var session = new AgentSession(
            plane.Ticket.SessionId, "pool", ShippedProgram.Node(), new ChunkGate(workers: 1), host,
            new SessionSettings(1, "session", MaxModuleBytes: 1 << 20, TimeSpan.FromSeconds(1)))
        {
            Process = Guid.NewGuid(),
        };
        _ = session.RunAsync(node);
        _ = client.RunAsync(async frame => await DataPlane.ReadAll(frame));
        using var body = new PayloadWriter();
        WireRecord.Write(body, new DataProtocol.SessionDefinition(MaxTasksPerWorker: null));
        FunctionShipper.Describe([], [null, null], ShippedProgram.Serializer).Write(body);

        await client.SendAsync(DataProtocol.Session, DataPlane.Body([.. body.ToArray(), .. behind]));
        // The frame after it arrives whole.
        await client.SendAsync(DataProtocol.Heartbeat, new PayloadWriter());
        await client.CloseAsync();

        Assert.Null(await node.Completion.Within("the end of the connection"));
        return host.Options ?? throw new InvalidOperationException("No session was defined.");
    }

    private static byte[] Serialize<T>(T record)
        where T : IWireRecord<T>
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, record);
        return writer.ToArray();
    }

    /// <summary>Keeps what a session wants to have, and runs nothing.</summary>
    private sealed class KeepingHost : ISessionHost, ISessionPool
    {
        public WorkerPoolOptions? Options { get; private set; }

        PoolState ISessionPool.State => throw new NotSupportedException();

        ItemKeeping? ISessionPool.Keeping => null;

        public ISessionPool CreatePool(WorkerPoolOptions options)
        {
            Options = options;
            return this;
        }

        void ISessionPool.SubmitPart(JobExecution execution, long chunk, CancellationToken stop) => throw new NotSupportedException();

        void ISessionPool.Grow(int workers) => throw new NotSupportedException();

        ISessionPool ISessionPool.BeginSuspect() => this;

        void ISessionPool.EndSuspect()
        {
        }

        void ISessionPool.Publish(Guid handle, object? value, Type type)
        {
        }

        Task<bool> ISessionPool.EndAsync(TimeSpan abandonAfter) => Task.FromResult(true);

        void ISessionHost.OnConnectionEnded(AgentSession session, Exception? error)
        {
        }

        void ISessionHost.OnLastChunkDone()
        {
        }

        void ISessionHost.OnHandedBack(AgentSession session, bool hasStarted, string items)
        {
        }

        void ISessionHost.OnJobStarted(AgentSession session, AgentSession.NodeJob job, Delegate function)
        {
        }

        void ISessionHost.OnJobEnded(AgentSession session, AgentSession.NodeJob job)
        {
        }

        void ISessionHost.OnJobFailed(AgentSession session, AgentSession.NodeJob job, long? item, string error)
        {
        }

        void ISessionHost.SendOutput()
        {
        }

        void ISessionHost.OnNotIsolated(AgentSession session, Exception error)
        {
        }
    }
}
