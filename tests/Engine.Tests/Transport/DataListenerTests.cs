using System.Net;
using System.Net.Sockets;
using ActorPool.Tests.Support;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

public sealed class DataListenerTests
{
    [Fact]
    public async Task Garbage_is_closed_without_an_answer_and_reported()
    {
        await using var plane = new DataPlane();
        await using var stranger = await plane.CallAsync();
        await stranger.WriteAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
        Assert.Contains("does not speak", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        await AssertClosedAsync(stranger);
        await AssertServesAsync(plane);
    }

    [Fact]
    public async Task Port_scans_and_half_a_hello_are_reported_and_forgotten()
    {
        await using var plane = new DataPlane();
        (await plane.CallAsync()).Close();
        Assert.Contains("closed the connection", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        var half = await plane.CallAsync();
        await half.WriteAsync(Hello.Magic.ToArray());
        half.Close();
        Assert.Contains("closed the connection", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        await AssertServesAsync(plane);
    }

    [Fact]
    public async Task Silent_and_slow_callers_are_closed_after_the_timeout()
    {
        await using var plane = new DataPlane(new TransportLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(100) });
        var silent = await plane.CallAsync();
        var slow = await plane.CallAsync();
        await slow.WriteAsync(Hello.Magic[..3].ToArray());
        Assert.Contains("in time", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        Assert.Contains("in time", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        await AssertClosedAsync(silent);
        await AssertClosedAsync(slow);
        silent.Close();
        slow.Close();
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task Callers_that_hold_all_places_lose_them_to_waiting_callers()
    {
        var limits = new TransportLimits { MaxPendingHandshakes = 3, HandshakeTimeout = TimeSpan.FromSeconds(10) };
        await using var plane = new DataPlane(limits);
        var silent = new List<NetworkStream>();
        for (var i = 0; i < 10; i++)
            silent.Add(await plane.CallAsync());
        await Deadline.Until(() => plane.Listener.PendingHandshakes == 3, "the places to be taken");
        await AssertServesAsync(plane);
        Assert.InRange(plane.Listener.PendingHandshakes, 0, 3);
        Assert.Contains("while others waited", await plane.NextRefusalAsync(), StringComparison.Ordinal);
        foreach (var stream in silent)
            await stream.DisposeAsync();
        await Deadline.Until(() => plane.Listener.PendingHandshakes == 0, "the places to be free");
    }

    [Fact]
    public async Task Many_honest_callers_at_once_all_get_through()
    {
        await using var plane = new DataPlane(
            new TransportLimits { MaxPendingHandshakes = 2, HandshakeTimeout = TimeSpan.FromMinutes(10) });
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => plane.ConnectAsync()));
        for (var i = 0; i < 100; i++)
            await plane.AcceptAsync();
    }

    [Fact]
    public async Task Random_bytes_never_stop_the_listener()
    {
        await using var plane = new DataPlane(new TransportLimits { HandshakeTimeout = TimeSpan.FromMilliseconds(500) });
        var random = new Random(20);
        var hello = new byte[Hello.Size];
        for (var i = 0; i < 300; i++)
        {
            await using var stranger = await plane.CallAsync();
            // Some bytes look right at first: a good beginning, or a whole hello with a few wrong bytes.
            Hello.Create(plane.Limits, i % 3 == 0 ? plane.Ticket.SessionId : Guid.NewGuid()).Write(hello);
            var noise = DataPlane.Noise(i, random.Next(300));
            hello.AsSpan(0, random.Next(Math.Min(noise.Length, hello.Length) + 1)).CopyTo(noise);
            try
            {
                await stranger.WriteAsync(noise);
            }
            catch (IOException)
            {
                // Refused before all was written.
            }
        }
        await AssertServesAsync(plane);
        await Deadline.Until(() => plane.Listener.PendingHandshakes == 0, "the strangers to be gone");
    }

    [Fact]
    public async Task Random_frames_of_an_authenticated_peer_end_its_connection_only()
    {
        await using var plane = new DataPlane(new TransportLimits { MaxFrameBytes = 100_000 });
        for (var i = 0; i < 50; i++)
        {
            var (client, node) = await plane.BareClientAsync();
            _ = node.RunAsync(async frame => await DataPlane.ReadAll(frame));
            await client.WriteAsync(DataPlane.Noise(i, 1000));
            await client.DisposeAsync();
            Assert.NotNull(await node.Completion.Within("the end"));
        }
        await AssertServesAsync(plane);
    }

    [Fact]
    public async Task A_throwing_owner_costs_one_connection()
    {
        var refused = new TaskCompletionSource<string>();
        var ticket = Ticket.Create(Guid.NewGuid());
        await using var listener = DataListener.Start(
            new IPEndPoint(IPAddress.Loopback, 0), new TransportLimits(), PlainChannel.Instance,
            id => id == ticket.SessionId ? ticket : throw new SayWhenException(),
            (_, _) => throw new SayWhenException(), TimeProvider.System,
            (_, reason) =>
            {
                refused.TrySetResult(reason);
                throw new SayWhenException();
            });
        await Assert.ThrowsAsync<HandshakeException>(() => Connect(Ticket.Create(Guid.NewGuid())));
        Assert.Contains("said when", await refused.Task.Within("the refusal"), StringComparison.Ordinal);
        for (var i = 0; i < 2; i++)
        {
            await using var connection = await Connect(ticket);
            _ = connection.RunAsync(_ => default);
            Assert.NotNull(await connection.Completion.Within("the node to drop what its owner did not take"));
        }

        Task<DataConnection> Connect(Ticket with) =>
            DataConnection.ConnectAsync(
                listener.EndPoint, with, new TransportLimits(), PlainChannel.Instance, TimeProvider.System, default).Within("connecting");
    }

    [Fact]
    public async Task A_stopped_listener_drops_handshakes_and_keeps_connections()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        await using var silent = await plane.CallAsync();
        await Deadline.Until(() => plane.Listener.PendingHandshakes == 1, "the silent caller to be seen");
        await plane.Listener.DisposeAsync().Within("the listener to stop");
        await AssertClosedAsync(silent);
        await Assert.ThrowsAsync<SocketException>(() => plane.ConnectAsync());
        var received = new TaskCompletionSource();
        _ = node.RunAsync(_ =>
        {
            received.SetResult();
            return default;
        });
        Assert.True(client.TrySend(1, DataPlane.Body([1])));
        await received.Task.Within("a frame");
    }

    [Fact]
    public async Task A_taken_port_and_impossible_limits_are_refused_at_once()
    {
        await using var plane = new DataPlane();
        Assert.Throws<SocketException>(() => Start(plane.Listener.EndPoint, new TransportLimits()));
        var any = new IPEndPoint(IPAddress.Loopback, 0);
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(any, new TransportLimits { MaxFrameBytes = 0 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(any, new TransportLimits { HandshakeTimeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Start(any, new TransportLimits { MaxPendingHandshakes = 0 }));

        static DataListener Start(IPEndPoint endPoint, TransportLimits limits) =>
            DataListener.Start(endPoint, limits, PlainChannel.Instance, _ => null, (_, _) => { }, TimeProvider.System, (_, _) => { });
    }

    private static async Task AssertServesAsync(DataPlane plane)
    {
        await using var client = await plane.ConnectAsync();
        await using var node = await plane.AcceptAsync();
    }

    // Either an end or a reset: the system resets a connection whose bytes were not all read.
    private static async Task AssertClosedAsync(NetworkStream stranger)
    {
        try
        {
            Assert.Equal(0, await stranger.ReadAsync(new byte[100]).AsTask().Within("the end"));
        }
        catch (IOException)
        {
            Assert.False(stranger.DataAvailable);
        }
    }
}
