using System.Buffers.Binary;
using System.Threading.Channels;
using ActorPool.Serialization;
using ActorPool.Tests.Support;
using ActorPool.Transport;
using static ActorPool.Tests.Transport.DataPlane;

namespace ActorPool.Tests.Transport;

public sealed class DataConnectionTests
{
    [Fact]
    public async Task Frames_of_every_size_come_back_unchanged()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        int[] sizes =
        [
            0, 1, 2, 8, 9, 100, 8191, 8192, 16375, 16383, 16384, 16385, 32758, 32759, 32760, 65526, 65527, 65528, 65536, 100_000,
            1 << 20, (1 << 20) + 1, 0, 5,
        ];
        _ = node.RunAsync(async frame => await node.SendAsync((byte)(frame.Kind + 1), Reference(await ReadAll(frame))));
        var returned = Channel.CreateUnbounded<(byte Kind, byte[] Bytes)>();
        _ = client.RunAsync(async frame => returned.Writer.TryWrite((frame.Kind, await ReadAll(frame))));
        for (var i = 0; i < sizes.Length; i++)
            await client.SendAsync(
                (byte)i, i % 2 == 0 ? Body(Noise(i, sizes[i])) : Reference(Noise(i, sizes[i]))).Within($"sending {sizes[i]} bytes");
        for (var i = 0; i < sizes.Length; i++)
        {
            var (kind, bytes) = await returned.Reader.ReadAsync().Within($"{sizes[i]} bytes to come back");
            Assert.Equal(i + 1, kind);
            Assert.Equal(Noise(i, sizes[i]), bytes);
        }
    }

    [Fact]
    public async Task A_body_of_many_parts_arrives_in_their_order()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        var received = new TaskCompletionSource<byte[]>();
        _ = node.RunAsync(async frame => received.TrySetResult(await ReadAll(frame)));
        var (body, expected) = CreateParts();
        Assert.True(client.TrySend(1, body));
        Assert.Equal(expected, await received.Task.Within("the body"));
    }

    [Fact]
    public async Task A_hundred_megabytes_pass_though_the_window_is_smaller()
    {
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = 1 << 20 });
        var (client, node) = await plane.PairAsync();
        var sent = Noise(1, 100_000_000);
        var received = new TaskCompletionSource<byte[]>();
        _ = node.RunAsync(async frame => received.TrySetResult(await ReadAll(frame)));
        Assert.True(client.TrySend(1, Reference(sent)));
        var arrived = await received.Task.Within("100 MB");
        Assert.True(arrived.AsSpan().SequenceEqual(sent));
        await Deadline.Until(() => client.QueuedBytes == 0, "the sender to notice that all was sent");
    }

    [Fact]
    public async Task Each_of_many_senders_keeps_its_order()
    {
        const int Senders = 4, Frames = 5000;
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = 256 * 1024 });
        var (client, node) = await plane.PairAsync();
        var next = new int[Senders];
        var remaining = Senders * Frames;
        var done = new TaskCompletionSource();
        _ = node.RunAsync(async frame =>
        {
            var bytes = await ReadAll(frame);
            Assert.Equal(next[frame.Kind]++, BinaryPrimitives.ReadInt32LittleEndian(bytes));
            Assert.All(bytes[4..], b => Assert.Equal(frame.Kind, b));
            if (--remaining == 0)
                done.SetResult();
        });
        await Task.WhenAll(Enumerable.Range(0, Senders).Select(sender => Task.Run(async () =>
        {
            for (var i = 0; i < Frames; i++)
            {
                var bytes = new byte[4 + (i % 97 == 0 ? 20_000 : i % 50)];
                bytes.AsSpan(4).Fill((byte)sender);
                BinaryPrimitives.WriteInt32LittleEndian(bytes, i);
                await client.SendAsync((byte)sender, i % 2 == 0 ? Reference(bytes) : Body(bytes));
            }
        }))).Within("the senders");
        await done.Task.Within("all frames");
        Assert.False(node.Completion.IsCompleted);
    }

    [Fact]
    public async Task A_reader_that_does_not_read_stops_the_sender_at_the_window()
    {
        const int Window = 1 << 20;
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = Window });
        var (client, node) = await plane.PairAsync();
        var gate = new Gate();
        var frames = 0;
        _ = node.RunAsync(async _ =>
        {
            await gate.PassAsync(default);
            Interlocked.Increment(ref frames);
        });
        // The system's buffers take some megabytes first; then nothing moves.
        var sent = 0;
        var full = 0;
        await Deadline.Until(() =>
        {
            var before = sent;
            while (client.TrySend(1, Body(new byte[10_000])))
                sent++;
            Assert.InRange(client.QueuedBytes, 1, Window);
            full = before == sent ? full + 1 : 0;
            return full == 20;
        }, "the window to stay full");
        Assert.InRange(sent * 10_000L, Window - 10_009, 64 << 20);
        var late = client.SendAsync(1, Body(new byte[20_000]));
        Assert.False(late.IsCompleted);
        gate.Open();
        await late.Within("room in the window");
        await Deadline.Until(() => Volatile.Read(ref frames) == sent + 1, "every frame that was taken to arrive");
        // The last frame may have arrived before its writer has returned.
        await Deadline.Until(() => client.QueuedBytes == 0, "the window to be empty");
        Assert.True(client.TrySend(1, Body([1])));
    }

    [Fact]
    public async Task A_cancelled_send_stops_waiting_for_room_and_lets_others_pass()
    {
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = 1 << 20 });
        var (client, node) = await plane.PairAsync();
        Assert.True(client.TrySend(1, Reference(new byte[50_000_000]))); // more than the sockets hold, and no one reads
        using var cancel = new CancellationTokenSource();
        var waiting = client.SendAsync(2, Body(new byte[100]), cancel.Token).AsTask();
        var behind = client.SendAsync(3, Body(new byte[100])).AsTask();
        Assert.False(client.TrySend(4, Body([1])));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.Within("the cancelled send"));
        var kinds = Channel.CreateUnbounded<byte>();
        _ = node.RunAsync(frame =>
        {
            kinds.Writer.TryWrite(frame.Kind);
            return default;
        });
        await behind.Within("the send behind it");
        Assert.Equal(1, await kinds.Reader.ReadAsync().Within("the large frame"));
        Assert.Equal(3, await kinds.Reader.ReadAsync().Within("the small frame"));
    }

    [Fact]
    public async Task Bytes_that_a_handler_leaves_unread_are_skipped()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        var seen = Channel.CreateUnbounded<byte[]>();
        _ = node.RunAsync(async frame =>
        {
            var some = new byte[Math.Min(frame.Body.Remaining, frame.Kind)];
            await frame.Body.ReadExactlyAsync(some, default);
            seen.Writer.TryWrite(some);
        });
        int[] sizes = [0, 10, 100_000, 1_000_000, 3];
        foreach (var size in sizes)
            await client.SendAsync(3, Body(Noise(size, size))).Within("sending");
        foreach (var size in sizes)
            Assert.Equal(Noise(size, size).Take(3), await seen.Reader.ReadAsync().Within($"a frame of {size} bytes"));
    }

    [Fact]
    public async Task A_handler_that_reads_too_much_ends_the_connection_and_both_sides_get_the_reason()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        _ = client.RunAsync(_ => default);
        _ = node.RunAsync(frame => frame.Body.ReadExactlyAsync(new byte[11], default));
        Assert.True(client.TrySend(1, Body(new byte[10])));
        Assert.IsType<InvalidDataException>(await node.Completion.Within("the node's end"));
        Assert.Contains("[11] were to be read", (await client.Completion.Within("the client's end"))!.Message, StringComparison.Ordinal);
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task A_throwing_handler_ends_the_connection_with_its_error()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        var run = node.RunAsync(_ => throw new SayWhenException());
        Assert.True(client.TrySend(1, Body([])));
        Assert.IsType<SayWhenException>(await node.Completion.Within("the node's end"));
        await run.Within("the reader");
        Assert.False(node.TrySend(1, Body([])));
    }

    [Fact]
    public async Task A_frame_over_the_other_sides_limit_is_refused_before_it_is_sent()
    {
        await using var plane = new DataPlane(new TransportLimits { MaxFrameBytes = 1000 });
        var (client, node) = await plane.PairAsync(new TransportLimits { MaxFrameBytes = 10 });
        Assert.Equal((1000, 10), (client.PeerMaxFrameBytes, node.PeerMaxFrameBytes));
        Assert.Throws<ArgumentException>(() => client.TrySend(1, Body(new byte[1001])));
        await Assert.ThrowsAsync<ArgumentException>(() => node.SendAsync(1, Body(new byte[11])).AsTask());
        Assert.Throws<ArgumentException>(() => client.TrySend(255, Body([])));
        var received = new TaskCompletionSource<long>();
        _ = node.RunAsync(frame =>
        {
            received.SetResult(frame.Body.Remaining);
            return default;
        });
        Assert.True(client.TrySend(1, Body(new byte[1000])));
        Assert.Equal(1000, await received.Task.Within("the longest frame"));
    }

    [Theory]
    [InlineData(1, -1)]
    [InlineData(1, long.MinValue)]
    [InlineData(1, long.MaxValue)]
    [InlineData(1, (1L << 30) + 1)]
    [InlineData(255, 1025)]
    public async Task A_hostile_length_ends_the_connection_before_anything_is_allocated(byte kind, long length)
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.BareClientAsync();
        await using var _ = client;
        var handled = false;
        var run = node.RunAsync(_ =>
        {
            handled = true;
            return default;
        });
        var header = new byte[Frame.HeaderSize];
        header[0] = kind;
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(1), length);
        await client.WriteAsync(header);
        var reason = Assert.IsType<InvalidDataException>(await node.Completion.Within("the end"));
        Assert.Contains($"[{length}]", reason.Message, StringComparison.Ordinal);
        await run.Within("the reader");
        Assert.False(handled);
        var answer = new byte[Frame.HeaderSize];
        await client.ReadExactlyAsync(answer).AsTask().Within("the farewell");
        Assert.Equal(Frame.Farewell, answer[0]);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(9)]
    [InlineData(50_000)]
    public async Task A_peer_that_dies_is_a_loss_however_much_it_has_sent(int bytesSent)
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.BareClientAsync();
        _ = node.RunAsync(async frame => await ReadAll(frame));
        var frame = new byte[Frame.HeaderSize + 100_000];
        frame[0] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(frame.AsSpan(1), 100_000);
        await client.WriteAsync(frame.AsMemory(0, bytesSent));
        client.Socket.Close();
        Assert.IsType<EndOfStreamException>(await node.Completion.Within("the loss"), exactMatch: false);
        Assert.False(node.TrySend(1, Body([])));
        await Assert.ThrowsAsync<IOException>(() => node.SendAsync(1, Body([])).AsTask());
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task An_orderly_close_delivers_all_waiting_frames_and_is_no_error_on_either_side()
    {
        await using var plane = new DataPlane(clock: new StillClock()); // a busy machine may need more than the second of a close for 50 MB
        var (client, node) = await plane.PairAsync();
        var frames = 0;
        _ = client.RunAsync(_ => default);
        _ = node.RunAsync(async frame =>
        {
            Assert.Equal(1_000_000, (await ReadAll(frame)).Length);
            frames++;
        });
        for (var i = 0; i < 50; i++)
            Assert.True(client.TrySend(1, Reference(new byte[1_000_000])));
        await client.CloseAsync().Within("the close");
        Assert.Null(await node.Completion.Within("the node's end"));
        Assert.Null(await client.Completion.Within("the client's end"));
        Assert.Equal(50, frames);
        Assert.False(client.TrySend(1, Body([])));
        await client.CloseAsync().Within("a second close");
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task Both_sides_may_close_at_the_same_time()
    {
        await using var plane = new DataPlane();
        for (var i = 0; i < 50; i++)
        {
            var (client, node) = await plane.PairAsync();
            _ = client.RunAsync(_ => default);
            _ = node.RunAsync(_ => default);
            await Task.WhenAll(client.CloseAsync(), node.CloseAsync()).Within("both closes");
            Assert.Null(await client.Completion);
            Assert.Null(await node.Completion);
        }
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task The_reason_of_a_close_reaches_the_other_side_even_while_it_sends()
    {
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = 1 << 20 });
        var (client, node) = await plane.PairAsync();
        _ = client.RunAsync(_ => default);
        var sending = Task.Run(async () =>
        {
            try
            {
                while (true)
                    await client.SendAsync(1, Body(new byte[50_000]));
            }
            catch (IOException)
            {
                // The connection has ended.
            }
        });
        await node.CloseAsync(new string('x', 290) + "because" + new string('y', 1000)).Within("the close");
        var reason = Assert.IsType<IOException>(await client.Completion.Within("the client's end"));
        Assert.Contains("xbecausey", reason.Message, StringComparison.Ordinal);
        await sending.Within("the sender");
    }

    [Fact]
    public async Task A_close_that_the_other_side_does_not_read_gives_up_after_a_second()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        Assert.True(client.TrySend(1, Reference(new byte[60_000_000])));
        await client.CloseAsync().Within("the close");
        Assert.Contains("could not be sent", (await client.Completion)!.Message, StringComparison.Ordinal);
        _ = node.RunAsync(_ => default);
        Assert.NotNull(await node.Completion.Within("the node's end"));
    }

    [Fact]
    public async Task Disposing_while_others_send_ends_everything_and_frees_every_body()
    {
        await using var plane = new DataPlane(new TransportLimits { SendWindowBytes = 1 << 20 });
        for (var round = 0; round < 20; round++)
        {
            var (client, node) = await plane.PairAsync();
            var read = round % 2 == 0 ? node.RunAsync(async frame => await ReadAll(frame)) : Task.CompletedTask;
            var bodies = new List<PayloadWriter>[3];
            var senders = Enumerable.Range(0, 3).Select(s => Task.Run(async () =>
            {
                bodies[s] = [];
                try
                {
                    for (var i = 0; ; i++)
                    {
                        var body = Reference(new byte[i % 3 == 0 ? 40_000 : 10]);
                        bodies[s].Add(body);
                        await client.SendAsync(1, body);
                    }
                }
                catch (IOException)
                {
                    // The connection has ended.
                }
            })).ToArray();
            await Deadline.Until(() => client.QueuedBytes > 0, "something to wait");
            await client.DisposeAsync().Within("disposing");
            await Task.WhenAll(senders).Within("the senders");
            Assert.IsType<ObjectDisposedException>(await client.Completion);
            Assert.Equal(0, client.QueuedBytes);
            Assert.All(bodies.SelectMany(b => b), body => Assert.Empty(body.GetSegments()));
            if (round % 2 == 0)
                Assert.NotNull(await node.Completion.Within("the node's end"));
            await read.Within("the reader");
            await node.DisposeAsync();
        }
        await plane.WaitUntilClosedAsync();
    }

    [Fact]
    public async Task A_handler_may_dispose_its_own_connection()
    {
        await using var plane = new DataPlane();
        var (client, node) = await plane.PairAsync();
        var run = node.RunAsync(_ => node.DisposeAsync());
        Assert.True(client.TrySend(1, Body([])));
        await run.Within("the reader");
        Assert.IsType<ObjectDisposedException>(await node.Completion);
    }

    [Fact]
    public async Task A_second_reader_is_refused()
    {
        await using var plane = new DataPlane();
        var (client, _) = await plane.PairAsync();
        _ = client.RunAsync(_ => default);
        await Assert.ThrowsAsync<InvalidOperationException>(() => client.RunAsync(_ => default));
    }

    private static (PayloadWriter Body, byte[] Bytes) CreateParts()
    {
        var random = new Random(7);
        var body = new PayloadWriter();
        var bytes = new List<byte>();
        for (var i = 0; i < 200; i++)
        {
            var part = Noise(i, random.Next(2) == 0 ? random.Next(100) : random.Next(50_000));
            bytes.AddRange(part);
            if (random.Next(2) == 0)
            {
                body.AddReference(part);
                continue;
            }
            part.CopyTo(body.GetSpan(part.Length));
            body.Advance(part.Length);
        }
        return (body, [.. bytes]);
    }
}
