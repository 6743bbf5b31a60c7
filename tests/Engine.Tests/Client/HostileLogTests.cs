using ActorPool.Client;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Diagnostics;
using ActorPool.Tests.Shipping;
using ActorPool.Tests.Support;
using ActorPool.Tests.Transport;
using ActorPool.Transport;
using ActorPool.Wire;
using ActorPool.Workers;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Client;

/// <summary>What a pool does with the log frames of a node, honest ones and others.</summary>
public sealed class HostileLogTests : Akka.TestKit.Xunit2.TestKit
{
    private const int Lines = 20 * PoolLog.Burst;

    private static readonly DataProtocol.LogRecord s_line = new(
        new FunctionLine(LineKind.Logged, LogLevel.Warning, new EventId(7, "seven"), "text", new LineOrigin("job", 3, "worker-1")),
        Dropped: 0);

    private readonly ListLogger _logger = new(LogLevel.Information);

    [Theory]
    [InlineData("no level", "A line has no level.")]
    [InlineData("an unknown level", "[7] is not the level of a log.")]
    [InlineData("an unknown kind", "[9] is not a value of LineKind.")]
    [InlineData("no kind", "[0] is not a value of LineKind.")]
    [InlineData("a worker's name without end", "A field has [3000] bytes; the limit is [2048].")]
    [InlineData("a node's name without end", "A field has [3000] bytes; the limit is [2048].")]
    [InlineData("a longer record", "A LogRecord says that it has [")]
    [InlineData("half a record", "A LogRecord says that it has [")]
    [InlineData("no record", "")]
    [InlineData("output", "It sends what functions write, which this pool has not asked for.")]
    [InlineData("errors", "It sends what functions write, which this pool has not asked for.")]
    public async Task A_hostile_frame_ends_the_connection_and_says_why(string attack, string reason)
    {
        await using var plane = new DataPlane();
        var (node, pool) = await StartAsync(plane);
        await SendAsync(node, Serialize(s_line));

        await SendAsync(node, Create(attack));
        var error = await pool.RunAsync().Within("the end of the connection");

        Assert.True(error is InvalidDataException or EndOfStreamException, $"{error}");
        Assert.StartsWith(reason, error.Message, StringComparison.Ordinal);
        Assert.Equal("text", Assert.Single(_logger.Entries).Values["Text"]);
    }

    [Fact]
    public async Task A_flood_of_lines_is_bounded_and_holds_up_nothing()
    {
        await using var plane = new DataPlane();
        var (node, pool) = await StartAsync(plane);
        var end = pool.RunAsync();
        var began = TimeProvider.System.GetTimestamp();
        var bytes = Serialize(s_line with { Dropped = long.MaxValue });
        for (var i = 0; i < Lines; i++)
            await SendAsync(node, bytes);

        // What comes after it is read: here a report that ends the connection.
        await node.SendAsync(DataProtocol.RenewLeases, new PayloadWriter());

        Assert.NotNull(await end.Within("the frame after the flood"));
        var seconds = TimeProvider.System.GetElapsedTime(began).TotalSeconds;
        Assert.InRange(_logger.Entries.Count, 1, PoolLog.Burst + (int)(PoolLog.PerSecond * (seconds + 1)));
    }

    [Fact]
    public async Task A_line_below_the_level_of_the_pool_is_dropped()
    {
        await using var plane = new DataPlane();
        var (node, pool) = await StartAsync(plane);
        await SendAsync(node, Serialize(s_line with { Line = s_line.Line with { Level = LogLevel.Debug } }));
        await node.CloseAsync();

        Assert.Null(await pool.RunAsync().Within("the end of the connection"));
        Assert.Empty(_logger.Entries);
    }

    [Fact]
    public async Task A_node_cannot_say_that_a_line_is_of_another_node()
    {
        await using var plane = new DataPlane();
        var (node, pool) = await StartAsync(plane);
        var forged = s_line.Line.Origin with { Node = "10.0.0.9:1" };
        await SendAsync(node, Serialize(s_line with { Line = s_line.Line with { Origin = forged } }));
        await node.CloseAsync();

        Assert.Null(await pool.RunAsync().Within("the end of the connection"));
        Assert.Equal("127.0.0.1:8110", Assert.Single(_logger.Entries).Values["Node"]);
    }

    [Fact]
    public async Task What_a_newer_node_sends_behind_a_line_is_skipped()
    {
        await using var plane = new DataPlane();
        var (node, pool) = await StartAsync(plane);
        await SendAsync(node, [.. Serialize(s_line), .. DataPlane.Noise(1, 1000)]);
        await SendAsync(node, Serialize(s_line));
        await node.CloseAsync();

        Assert.Null(await pool.RunAsync().Within("the end of the connection"));
        Assert.Equal(2, _logger.Entries.Count);
    }

    private async Task<(DataConnection Node, ClientConnection Pool)> StartAsync(DataPlane plane)
    {
        var (client, node) = await plane.PairAsync();
        _ = node.RunAsync(async frame => await DataPlane.ReadAll(frame));
        var options = new WorkerPoolOptions { Workers = 1 };
        var pool = new PoolState(PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)))
        {
            FunctionLog = new PoolLog("pool", _logger, () => Sys.Log, FunctionOutput.Default, TimeProvider.System),
        };
        var exceptions = new ExceptionFormat(ShippedProgram.Serializer, new CallerModules([]));
        var threads = new WorkerThreads(max: 1, TimeSpan.FromSeconds(1), spins: 0);
        return (node, new ClientConnection(client, 1, "127.0.0.1:8110", pool, TestActor, TestActor, exceptions, threads));
    }

    private static ValueTask SendAsync(DataConnection node, byte[] bytes) => node.SendAsync(DataProtocol.Log, DataPlane.Body(bytes));

    private static byte[] Create(string attack)
    {
        var (line, origin) = (s_line.Line, s_line.Line.Origin);
        return attack switch
        {
            "no level" => Serialize(line with { Level = LogLevel.None }),
            "an unknown level" => Serialize(line with { Level = (LogLevel)7 }),
            "an unknown kind" => Serialize(line with { Kind = (LineKind)9 }),
            "no kind" => Serialize(line with { Kind = default(LineKind) }),
            "a worker's name without end" => Serialize(line with { Origin = origin with { Worker = new string('x', 3000) } }),
            "a node's name without end" => Serialize(line with { Origin = origin with { Node = new string('x', 3000) } }),
            "a longer record" => [.. BitConverter.GetBytes(DataProtocol.LogRecord.MaxBytes + 1), .. new byte[1 << 20]],
            "half a record" => Serialize(s_line)[..20],
            "no record" => [],
            "output" => Serialize(line with { Kind = LineKind.Output }),
            "errors" => Serialize(line with { Kind = LineKind.Error }),
            _ => throw new ArgumentOutOfRangeException(nameof(attack), attack, "There is no such case."),
        };
    }

    private static byte[] Serialize(FunctionLine line) => Serialize(s_line with { Line = line });

    private static byte[] Serialize(DataProtocol.LogRecord record)
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, record);
        return writer.ToArray();
    }
}
