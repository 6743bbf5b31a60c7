using System.Globalization;

namespace ActorPool.Benchmarks.Scale;

/// <summary>What a chunk costs the caller: measured, with the parameters that cannot be measured here.</summary>
internal sealed record ScaleCosts
{
    public const int WorkersPerNode = 64;

    /// <summary>Microseconds of the coordinator for a chunk, by the number of nodes.</summary>
    /// <remarks>It takes the end of one and hands out the next. Nothing else of a pool is bound to one processor.</remarks>
    public required IReadOnlyDictionary<int, double> Coordinator { get; init; }

    /// <summary>Microseconds of processor time of the whole caller for a chunk of one int.</summary>
    /// <remarks>Coordinator, links, frames, TLS, reading, gathering and the system's calls.</remarks>
    public required double Caller { get; init; }

    /// <summary>Microseconds more for each byte of inputs and results.</summary>
    public required double CallerPerByte { get; init; }

    /// <summary>Bytes that the caller's sockets send for a chunk of one int.</summary>
    public required double BytesOut { get; init; }

    /// <summary>Bytes that they receive for it.</summary>
    public required double BytesIn { get; init; }

    /// <summary>Bytes of the caller's memory for a chunk in flight.</summary>
    public required double LiveBytes { get; init; }

    /// <summary>Bits per second of the caller's network in each direction. A parameter: 10 Gbit Ethernet.</summary>
    public double LinkBits { get; init; } = 10e9;

    /// <summary>Bytes on the link around those of the socket. A parameter.</summary>
    /// <remarks>
    /// Ethernet with preamble and gap 38, IPv4 20, TCP with timestamps 32, for one packet a chunk: under load there are fewer.
    /// </remarks>
    public double PacketBytes { get; init; } = 90;

    /// <summary>Seconds from the caller to a node, one way. A parameter: a data centre's network.</summary>
    public double Latency { get; init; } = 100e-6;

    /// <summary>Processors of the caller. A parameter.</summary>
    public int Processors { get; init; } = 8;

    /// <summary>Seconds of all processors but the coordinator's for a chunk.</summary>
    public double Elsewhere => Math.Max(0, Caller - Coordinator[1]) * 1e-6;

    public double LinkBytesOut => BytesOut + PacketBytes;

    public double LinkBytesIn => BytesIn + PacketBytes;

    /// <summary>Chunks per second that the coordinator, the other processors and the link allow.</summary>
    public (double Coordinator, double Processors, double Link) GetLimits(int nodes) =>
        (1e6 / Coordinator[nodes],
            Elsewhere > 0 ? (Processors - 1) / Elsewhere : double.PositiveInfinity,
            LinkBits / 8 / Math.Max(LinkBytesOut, LinkBytesIn));

    public void Print()
    {
        foreach (var (nodes, microseconds) in Coordinator)
            WriteLine($"coordinator, {nodes} nodes: {microseconds:F2} µs a chunk");
        WriteLine($"caller, all threads: {Caller:F1} µs of processor time a chunk, and {CallerPerByte * 1000:F2} ns a byte");
        WriteLine($"sockets: {BytesOut:F0} bytes out and {BytesIn:F0} bytes in for a chunk");
        WriteLine($"memory: {LiveBytes:F0} bytes for a chunk in flight");
        WriteLine($"parameters: {Processors} processors, {LinkBits / 1e9:F0} Gbit/s, {PacketBytes:F0} bytes a packet");
        WriteLine($"parameters: {Latency * 1e6:F0} µs one way, {WorkersPerNode} workers a node");
    }

    private static void WriteLine(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));
}
