using System.Net;
using System.Net.Sockets;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>What comes to an open port by itself: scans, other protocols, nonsense, silence. On both ports, with TLS and without.</summary>
public sealed class NoiseTests : IAsyncLifetime
{
    private const int Silent = 500;

    private ClusterNode? _node;
    private HonestWork? _work;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        using (_node)
        {
            if (_work is not null)
                await _work.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("control:", "on")]
    [InlineData("data:", "on")]
    [InlineData("control:", "off")]
    [InlineData("data:", "off")]
    public async Task Noise_changes_nothing(string plane, string tls)
    {
        using var config = new SettingsFile($"actorpool.cluster.tls.enabled = {tls}");
        _node = await ClusterNode.StartSeedAsync(workers: 2, "--config", config.Path);
        _work = await HonestWork.StartAsync(_node.Address, config.Text);
        var before = _node.Resources;
        var lines = LogLines();
        var started = TimeProvider.System.GetTimestamp();
        var port = IPEndPoint.Parse((await _node.Process.AwaitAsync(plane)).Split(plane)[1].Trim());

        for (var i = 0; i < 20; i++)
        {
            foreach (var noise in Noises(seed: i))
                await MakeAsync(port, noise);
        }
        await _work.GoesOnAsync();
        var silent = Enumerable.Range(0, Silent).Select(_ => new TcpClient()).ToArray();
        try
        {
            await Task.WhenAll(silent.Select(client => client.ConnectAsync(port))).Within("the silent callers");
            await _work.GoesOnAsync();
        }
        finally
        {
            foreach (var client in silent)
                client.Dispose();
        }

        await _work.GoesOnAsync();
        await _node.ReturnToAsync(before);
        await using (var later = await WorkerPool.ConnectAsync(_node.Address, new WorkerPoolOptions { Config = config.Text }).Within("another connection"))
            Assert.Equal(3, await later.ApplyAsync(x => x + 1, 2).Within("a call", later));
        Assert.Equal(2, _work.Pool.Workers);
        // Two, and two more for each minute that it took.
        var most = 2 * (1 + (int)TimeProvider.System.GetElapsedTime(started).TotalMinutes);
        Assert.True(LogLines() - lines <= most, _node.Process.Error);
        Assert.True(LogLines() - lines >= 1, _node.Process.Error);
    }

    private int LogLines() => _node!.Process.Error.Split('\n').Count(line => line.StartsWith('['));

    private static IEnumerable<byte[]> Noises(int seed)
    {
        var megabyte = new byte[1 << 20];
        new Random(seed).NextBytes(megabyte);
        yield return [];
        yield return megabyte;
        yield return "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray();
        yield return [0xFF, 0xFF, 0xFF, 0x7F, 1, 2, 3, 4]; // the largest length
        yield return [0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4]; // -1
        yield return [0, 0, 0, 0x80, 1, 2, 3, 4];
        yield return [0x40, 0, 0, 0, 1, 2, 3]; // half of a frame
        yield return [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]; // the beginning of a TLS handshake
        yield return [0x16, 0x03, 0x01, 0x02, 0x00, .. megabyte.AsSpan(0, 600)];
    }

    /// <summary>Sends it, ends, and hears the node out, if it has something to say.</summary>
    private static async Task MakeAsync(IPEndPoint port, byte[] noise)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port).Within("a connection");
        try
        {
            await socket.SendAsync(noise).Within("the noise");
            socket.Shutdown(SocketShutdown.Send);
            var heard = new byte[4096];
            while (await socket.ReceiveAsync(heard).Within("the node to hang up") > 0)
            {
                // Not interested.
            }
        }
        catch (SocketException)
        {
            // It hung up at once.
        }
    }
}
