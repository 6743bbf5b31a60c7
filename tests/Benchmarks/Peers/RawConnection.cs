using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorPool.Benchmarks.Children;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Peers;

/// <summary>One connection to a child, used by one blocking thread at a time.</summary>
/// <remarks>It measures how fast a connection within the machine can be.</remarks>
internal sealed class RawConnection : IAsyncDisposable
{
    /// <summary>Numbers in one batch: they are squared before the next are read.</summary>
    public const int SquaresAtOnce = 32_768;

    private const int Argument = 42;

    private readonly PeerProcess _child;
    private readonly Stream _stream;
    private readonly double[] _block = new double[Blocks.Length];

    private RawConnection(PeerProcess child, Stream stream)
    {
        _child = child;
        _stream = stream;
    }

    public static async Task<RawConnection> PlainAsync()
    {
        var (child, ports) = await RawChild.StartAsync();
        return new RawConnection(child, await ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports[0])));
    }

    public static async Task<RawConnection> UnixAsync()
    {
        // Short, as paths of sockets have to be.
        var directory = Directory.CreateTempSubdirectory("raw-").FullName;
        var path = Path.Combine(directory, "socket");
        var child = await RawChild.StartAsync(path);
        try
        {
            return new RawConnection(child, await ConnectAsync(new UnixDomainSocketEndPoint(path)));
        }
        finally
        {
            Directory.Delete(directory, recursive: true); // the connection needs no name
        }
    }

    public static async Task<RawConnection> TlsAsync()
    {
        var (child, ports) = await RawChild.StartAsync();
        var stream = await ConnectAsync(new IPEndPoint(IPAddress.Loopback, ports[1]));
#pragma warning disable CA5359 // Our child has just made the certificate: there is nothing to check it against, and it is not measured.
        var tls = new SslStream(stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
        await tls.AuthenticateAsClientAsync("localhost");
        return new RawConnection(child, tls);
    }

    /// <summary>Creates a stream socket for an address of TCP or of a Unix domain socket.</summary>
    public static Socket CreateSocket(EndPoint address) =>
        new(address.AddressFamily, SocketType.Stream, address is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);

    /// <summary>Lets TCP send small packets at once; Unix domain sockets always do.</summary>
    public static void SendAtOnce(Socket socket)
    {
        if (socket.ProtocolType is ProtocolType.Tcp)
            socket.NoDelay = true;
    }

    public static bool TryRead(Stream stream, Span<byte> bytes) =>
        stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) == bytes.Length;

    /// <summary>Measures round trips of four bytes.</summary>
    public Task<double[]> RoundTripsAsync(int calls)
    {
        Send(RawCommand.Echo, calls);
        return Latency.MeasureOnThreadAsync(calls, () =>
        {
            Span<byte> word = stackalloc byte[sizeof(int)];
            MemoryMarshal.Write(word, Argument);
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            _stream.Write(word);
            _stream.ReadExactly(word);
            var elapsed = Elapsed.Milliseconds(start);
            return MemoryMarshal.Read<int>(word) == Argument
                ? elapsed
                : throw new WrongResultException("Raw connection: another word came back.");
        });
    }

    /// <summary>Sends the blocks, and waits for one number for each.</summary>
    public Task<double[]> SendAsync(double[][] blocks, RawCommand command) => RunOnThreadAsync(() =>
    {
        Send(command, blocks.Length);
        foreach (var block in blocks)
            _stream.Write(MemoryMarshal.AsBytes(block.AsSpan()));
        var answers = new double[blocks.Length];
        _stream.ReadExactly(MemoryMarshal.AsBytes(answers.AsSpan()));
        return answers;
    });

    /// <summary>Receives the existing blocks of the other end into one buffer.</summary>
    /// <returns>The first element of each.</returns>
    public Task<double[]> ReceiveAsync() => RunOnThreadAsync(() =>
    {
        Send(RawCommand.Give, Blocks.Count);
        var firsts = new double[Blocks.Count];
        for (var k = 0; k < firsts.Length; k++)
        {
            _stream.ReadExactly(MemoryMarshal.AsBytes(_block.AsSpan()));
            firsts[k] = _block[0];
        }
        return firsts;
    });

    /// <summary>Receives blocks that the other end makes, each into a new array.</summary>
    public Task<double[][]> ReceiveFreshAsync(int count) => RunOnThreadAsync(() =>
    {
        Send(RawCommand.Make, count);
        var blocks = new double[count][];
        for (var k = 0; k < count; k++)
        {
            blocks[k] = GC.AllocateUninitializedArray<double>(Blocks.Length);
            _stream.ReadExactly(MemoryMarshal.AsBytes(blocks[k].AsSpan()));
        }
        return blocks;
    });

    /// <summary>Sends numbers on one thread, and receives their squares on another.</summary>
    public Task SquaresAsync(int[] inputs, long[] results)
    {
        Send(RawCommand.Square, inputs.Length);
        var sending = RunOnThreadAsync(() =>
        {
            _stream.Write(MemoryMarshal.AsBytes(inputs.AsSpan()));
            return true;
        });
        var receiving = RunOnThreadAsync(() =>
        {
            _stream.ReadExactly(MemoryMarshal.AsBytes(results.AsSpan()));
            return true;
        });
        return Task.WhenAll(sending, receiving);
    }

    public async ValueTask DisposeAsync()
    {
        await _stream.DisposeAsync();
        await _child.DisposeAsync();
    }

    private static async Task<Stream> ConnectAsync(EndPoint address)
    {
        var client = CreateSocket(address);
        await client.ConnectAsync(address);
        SendAtOnce(client);
        return new NetworkStream(client, ownsSocket: true);
    }

    private static Task<T> RunOnThreadAsync<T>(Func<T> action) =>
        Task.Factory.StartNew(action, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private void Send(RawCommand command, int count) => _stream.Write(MemoryMarshal.AsBytes<int>([(int)command, count]));
}
