using System.Net;
using System.Net.Sockets;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Security;

/// <summary>What any open port receives: scans, other protocols, nonsense, silence.</summary>
/// <remarks>Tried on both ports, with TLS and without.</remarks>
public sealed class NoiseTests : IAsyncLifetime
{
    private const int SilentCallers = 500;

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
    [InlineData("control:")]
    [InlineData("data:")]
    public Task Noise_changes_nothing(string plane) => CheckNoiseAsync(plane, tls: "on");

    [Theory]
    [Trait("Category", "Slow")]
    [InlineData("control:")]
    [InlineData("data:")]
    public Task Noise_changes_nothing_without_TLS(string plane) => CheckNoiseAsync(plane, tls: "off");

    private async Task CheckNoiseAsync(string plane, string tls)
    {
        // The honest work uses the port that the noise goes to.
        using var config = new SettingsFile($"actorpool.cluster {{ tls.enabled = {tls}, local-socket = off }}");
        _node = await ClusterNode.StartSeedAsync(workers: 2, "--config", config.Path);
        _work = await HonestWork.StartAsync(_node.Address, config.Text);
        var before = _node.Resources;
        var lines = CountLogLines();
        var started = TimeProvider.System.GetTimestamp();
        var port = IPEndPoint.Parse((await _node.Process.AwaitAsync(plane)).Split(plane)[1].Trim());

        for (var i = 0; i < 20; i++)
        {
            foreach (var noise in CreateNoises(seed: i))
                await SendAsync(port, noise);
        }
        await _work.AwaitProgressAsync();
        var silent = Enumerable.Range(0, SilentCallers).Select(_ => new TcpClient()).ToArray();
        try
        {
            await Task.WhenAll(silent.Select(client => client.ConnectAsync(port))).Within("the silent callers");
            await _work.AwaitProgressAsync();
        }
        finally
        {
            foreach (var client in silent)
                client.Dispose();
        }

        await _work.AwaitProgressAsync();
        await _node.AwaitReleaseAsync(before);
        var options = ClusterNode.AddLongTimeout(new WorkerPoolOptions { Config = config.Text });
        await using (var later = await WorkerPool.ConnectAsync(_node.Address, options).Within("another connection"))
            Assert.Equal(3, await later.ApplyAsync(x => x + 1, 2).Within("a call", later));
        Assert.Equal(2, _work.Pool.Workers);
        // Two lines, and two more for each minute that it took.
        var max = 2 * (1 + (int)TimeProvider.System.GetElapsedTime(started).TotalMinutes);
        Assert.True(CountLogLines() - lines <= max, _node.Process.Error);
        Assert.True(CountLogLines() - lines >= 1, _node.Process.Error);
    }

    private int CountLogLines() => _node!.LogLines.Count(line =>
        line.StartsWith('[') && !line.StartsWith("[INFO]", StringComparison.Ordinal)); // those are about the honest work

    private static IEnumerable<byte[]> CreateNoises(int seed)
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

    /// <summary>Sends the noise, shuts down sending, and reads until the node hangs up.</summary>
    private static async Task SendAsync(IPEndPoint port, byte[] noise)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(port).Within("a connection");
        try
        {
            await socket.SendAsync(noise).Within("the noise");
            socket.Shutdown(SocketShutdown.Send);
            var answer = new byte[4096];
            while (await socket.ReceiveAsync(answer).Within("the node to hang up") > 0)
            {
                // The answer does not matter.
            }
        }
        catch (SocketException)
        {
            // The node hung up at once.
        }
    }
}
