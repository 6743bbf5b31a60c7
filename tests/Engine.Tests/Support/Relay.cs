using System.Net;
using System.Net.Sockets;

namespace ActorPool.Tests.Support;

/// <summary>Passes connections to a port on to another one, as a mapping of ports does.</summary>
internal sealed class Relay : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private volatile int _target;

    public Relay()
    {
        _listener.Start();
        Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>Connections that were passed on.</summary>
    public int Connections { get; private set; }

    /// <summary>The port on this machine to which it leads.</summary>
    public int Target
    {
        get => _target;
        set => _target = value;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        _listener.Stop();
        await _accepting;
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var connections = new List<Task>();
        try
        {
            while (true)
                connections.Add(PassAsync(await _listener.AcceptTcpClientAsync(_stopping.Token)));
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(connections);
        }
    }

    private async Task PassAsync(TcpClient caller)
    {
        using var target = new TcpClient();
        using (caller)
        {
            try
            {
                await target.ConnectAsync(IPAddress.Loopback, Target, _stopping.Token);
                Connections++;
                await Task.WhenAny(
                    caller.GetStream().CopyToAsync(target.GetStream(), _stopping.Token),
                    target.GetStream().CopyToAsync(caller.GetStream(), _stopping.Token));
            }
            catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
            {
                // One side has ended the connection; both end.
            }
        }
    }
}
