using System.Net.Sockets;
using System.Text;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>A node's process tells a real datagram socket what systemd's would hear.</summary>
public sealed class ServiceManagerTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("notify-");
    private readonly Socket _manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    public void Dispose()
    {
        _manager.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_node_says_when_it_is_ready_and_when_it_stops(bool isAbstract)
    {
        if (!OperatingSystem.IsLinux())
            return;
        var path = isAbstract ? $"@{_folder.Name}" : Path.Combine(_folder.FullName, "notify.sock");
        _manager.Bind(new UnixDomainSocketEndPoint(path.Replace('@', '\0')));
        using var node = NodeProcess.StartWith([$"NOTIFY_SOCKET={path}"], ["--seed", "--port", "0", "--workers", "2"]);
        var address = (await node.AwaitAsync("control:")).Split("control:")[1].Trim();

        Assert.Equal($"READY=1\nSTATUS=In its cluster at {address}; workers: 2.", await ReceiveAsync());
        await node.SignalAsync("TERM");
        Assert.StartsWith("STOPPING=1\nSTATUS=", await ReceiveAsync(), StringComparison.Ordinal);

        await node.CheckEndAsync(0);
        Assert.Equal(0, _manager.Available);
    }

    [Fact]
    public async Task Functions_do_not_find_the_service_managers_socket()
    {
        if (!OperatingSystem.IsLinux())
            return;
        var path = Path.Combine(_folder.FullName, "notify.sock");
        _manager.Bind(new UnixDomainSocketEndPoint(path));
        using var node = NodeProcess.StartWith([$"NOTIFY_SOCKET={path}"], ["--seed", "--port", "0"]);
        var address = (await node.AwaitAsync("control:")).Split("control:")[1].Trim();
        await using var pool = await WorkerPool.ConnectAsync(address).Within("the connection");

        Assert.Null(await pool.ApplyAsync(name => Environment.GetEnvironmentVariable(name), "NOTIFY_SOCKET").Within("a call", pool));
    }

    [Theory]
    [InlineData("/no/such/notify.sock", "The service manager at [/no/such/notify.sock] cannot be told of the node: ")]
    [InlineData("vsock:2:1234", "NOTIFY_SOCKET is [vsock:2:1234], which is not a socket of this machine")]
    public async Task A_node_serves_without_a_manager_that_it_can_tell(string socket, string line)
    {
        if (!OperatingSystem.IsLinux())
            return;
        using var node = NodeProcess.StartWith([$"NOTIFY_SOCKET={socket}"], ["--seed", "--port", "0"]);

        await node.AwaitAsync(line);

        await node.AwaitAsync("next:");
    }

    private async Task<string> ReceiveAsync()
    {
        var bytes = new byte[4096];
        var length = await _manager.ReceiveAsync(bytes).Within("a message to the service manager");
        return Encoding.UTF8.GetString(bytes, 0, length);
    }
}
