using System.Net.Sockets;
using System.Security.Cryptography;
using ActorPool.Transport;

namespace ActorPool.ClusterTests.Security;

/// <summary>Something else than the node listens at the path of the node's socket.</summary>
internal sealed class FalseSocket : IDisposable
{
    private readonly Socket _listener;
    private readonly List<Socket> _callers = [];
    private readonly Task _serving = Task.CompletedTask;

    /// <param name="path">Where it listens; nothing is there.</param>
    /// <param name="kind">What it does: one of the cases of <see cref="AnswerAsync"/>, or full or deserted.</param>
    public FalseSocket(string path, string kind)
    {
        _listener = Create();
        _listener.Bind(new UnixDomainSocketEndPoint(path));
        _listener.Listen(0);
        switch (kind)
        {
            case "full":
                Fill(path);
                break;
            case "deserted":
                // The file stays, as that of a process that was killed.
                File.Move(path, $"{path}-aside");
                _listener.Dispose();
                File.Move($"{path}-aside", path);
                break;
            default:
                _serving = ServeAsync(kind);
                break;
        }
    }

    /// <summary>How long the first caller stayed.</summary>
    public TimeSpan? Stay { get; private set; }

    public void Dispose()
    {
        _listener.Dispose();
        foreach (var caller in _callers)
            caller.Dispose();
        _serving.ContinueWith(_ => { }, TaskScheduler.Default);
    }

    private static Socket Create() => new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    private void Fill(string path)
    {
        while (true)
        {
            var caller = Create();
            _callers.Add(caller);
            caller.Blocking = false;
            try
            {
                caller.Connect(new UnixDomainSocketEndPoint(path));
            }
            catch (SocketException)
            {
                return;
            }
        }
    }

    private async Task ServeAsync(string kind)
    {
        using var caller = await _listener.AcceptAsync();
        var since = TimeProvider.System.GetTimestamp();
        await using var stream = new NetworkStream(caller);
        try
        {
            await AnswerAsync(kind, stream);
            var rest = new byte[1024];
            while (await stream.ReadAsync(rest) > 0)
            {
                // Until the caller goes.
            }
        }
        catch (IOException)
        {
            // It has gone.
        }
        Stay = TimeProvider.System.GetElapsedTime(since);
    }

    private static async Task AnswerAsync(string kind, NetworkStream stream)
    {
        switch (kind)
        {
            case "silent":
                break;
            case "garbage":
                await stream.WriteAsync(RandomNumberGenerator.GetBytes(1000));
                break;
            case "wrong proof":
                var hello = new byte[Hello.Size];
                await stream.ReadExactlyAsync(hello);
                Hello.Create(new TransportLimits(), Hello.Read(hello).SessionId).Write(hello);
                await stream.WriteAsync(hello);
                await stream.ReadExactlyAsync(new byte[Ticket.Size]);
                await stream.WriteAsync((byte[])[(byte)HandshakeStatus.None, .. RandomNumberGenerator.GetBytes(Ticket.Size)]);
                break;
            case "another node":
                await Assert.ThrowsAsync<HandshakeException>(
                    () => Handshake.RunAsNodeAsync(stream, Ticket.Create, new TransportLimits(), CancellationToken.None));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such case.");
        }
    }
}
