using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Benchmarks.Peers;
using ActorPool.Benchmarks.Workloads;

namespace ActorPool.Benchmarks.Children;

/// <summary>The remote end of the raw connections.</summary>
/// <remarks>
/// It is as fast as a connection within the machine can be. Each connection has a thread, blocking calls, and buffers that are made once;
/// what a function could keep is made anew.
/// </remarks>
internal static class RawChild
{
    public const string Name = "serve-raw";

    // Different arrays: the same one repeated would come out of the processor's cache.
    private static readonly Lazy<double[][]> s_blocks = new(() => [.. Enumerable.Range(0, Blocks.Count).Select(Blocks.Make)]);

    /// <summary>Starts a child that listens on TCP.</summary>
    /// <returns>The child and two ports: the second one's connections are encrypted.</returns>
    public static Task<(PeerProcess Child, int[] Ports)> StartAsync() => ChildProcess.ServeAsync(Name);

    /// <summary>Starts a child that listens on a Unix domain socket.</summary>
    public static async Task<PeerProcess> StartAsync(string path) => (await ChildProcess.ServeAsync(Name, path)).Child;

    public static void Serve(string[] arguments)
    {
        if (arguments is [var path])
        {
            using var local = Listen(new UnixDomainSocketEndPoint(path), stream => stream);
            ChildProcess.ServeUntilInputEnds();
            return;
        }
        using var certificate = CreateCertificate();
        using var plain = Listen(new IPEndPoint(IPAddress.Loopback, 0), stream => stream);
        using var secured = Listen(new IPEndPoint(IPAddress.Loopback, 0), stream =>
        {
            var tls = new SslStream(stream);
            tls.AuthenticateAsServer(certificate);
            return tls;
        });
        ChildProcess.ServeUntilInputEnds(GetPort(plain), GetPort(secured));
    }

    private static int GetPort(Socket listener) => ((IPEndPoint)listener.LocalEndPoint!).Port;

    private static Socket Listen(EndPoint address, Func<Stream, Stream> secure)
    {
        var listener = RawConnection.CreateSocket(address);
        listener.Bind(address);
        listener.Listen();
        new Thread(() =>
        {
            while (true)
            {
                var client = listener.Accept();
                RawConnection.SendAtOnce(client);
                new Thread(() => Answer(secure(new NetworkStream(client, ownsSocket: true)))) { IsBackground = true }.Start();
            }
        })
        { IsBackground = true }.Start();
        return listener;
    }

    private static void Answer(Stream stream)
    {
        using var _ = stream;
        var command = new int[2];
        var block = new double[Blocks.Length];
        while (RawConnection.TryRead(stream, MemoryMarshal.AsBytes(command.AsSpan())))
        {
            var count = command[1];
            switch ((RawCommand)command[0])
            {
                case RawCommand.Echo:
                    Echo(stream, count);
                    break;
                case RawCommand.Take:
                    Take(stream, count, () => block, static block => block[0]);
                    break;
                case RawCommand.Sum:
                    Take(stream, count, static () => GC.AllocateUninitializedArray<double>(Blocks.Length), Blocks.Sum);
                    break;
                case RawCommand.Give:
                    foreach (var made in s_blocks.Value)
                        stream.Write(MemoryMarshal.AsBytes(made.AsSpan()));
                    break;
                case RawCommand.Make:
                    for (var k = 0; k < count; k++)
                        stream.Write(MemoryMarshal.AsBytes(Blocks.Make(k).AsSpan()));
                    break;
                case RawCommand.Square:
                    Square(stream, count);
                    break;
                default:
                    throw new InvalidDataException($"There is no command {command[0]}.");
            }
        }
    }

    private static void Echo(Stream stream, int count)
    {
        Span<byte> word = stackalloc byte[sizeof(int)];
        for (var i = 0; i < count; i++)
        {
            stream.ReadExactly(word);
            stream.Write(word);
        }
    }

    private static void Take(Stream stream, int count, Func<double[]> getBlock, Func<double[], double> summarize)
    {
        var answers = new double[count];
        for (var k = 0; k < count; k++)
        {
            var block = getBlock();
            stream.ReadExactly(MemoryMarshal.AsBytes(block.AsSpan()));
            answers[k] = summarize(block);
        }
        stream.Write(MemoryMarshal.AsBytes(answers.AsSpan()));
    }

    private static void Square(Stream stream, int count)
    {
        var numbers = new int[RawConnection.SquaresAtOnce];
        var squares = new long[numbers.Length];
        for (var remaining = count; remaining > 0; remaining -= numbers.Length)
        {
            var length = Math.Min(remaining, numbers.Length);
            stream.ReadExactly(MemoryMarshal.AsBytes(numbers.AsSpan(0, length)));
            for (var i = 0; i < length; i++)
                squares[i] = WorkloadFunctions.Square(numbers[i]);
            stream.Write(MemoryMarshal.AsBytes(squares.AsSpan(0, length)));
        }
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var now = TimeProvider.System.GetUtcNow();
        return new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256).CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }
}
