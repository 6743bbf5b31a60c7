using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorPool.Transport;

/// <summary>Why a node turns a connection away.</summary>
internal enum Refusal : byte
{
    None = 0,
    Version = 1,
    ByteOrder = 2,
    PointerSize = 3,
    Runtime = 4,
    Limits = 5,
    Session = 6,
    Ticket = 7,
}

/// <summary>What each side says of itself first. The prefix (magic, version, status) keeps its place in every version, so that two versions can tell each other apart.</summary>
/// <remarks>
/// Little endian: magic 0–7 · version 8–9 · status 10 · byte order 11 · pointer size 12 · zero 13 · runtime's major version 14–15 ·
/// longest frame taken 16–23 · session 24–39 · nonce 40–71.
/// </remarks>
internal readonly record struct Hello(
    ushort Version, Refusal Status, byte ByteOrder, byte PointerSize, ushort Runtime, long MaxFrameBytes, Guid SessionId, ReadOnlyMemory<byte> Nonce)
{
    public const ushort CurrentVersion = 1;
    public const int PrefixSize = 16;
    public const int Size = 72;
    private const int NonceSize = 32;
    private const byte Little = 1;
    private const byte Big = 2;

    public static ReadOnlySpan<byte> Magic => "ACTPOOL\n"u8;

    /// <summary>This process, with a nonce of its own.</summary>
    public static Hello Mine(TransportLimits limits, Guid sessionId) => new(
        CurrentVersion, Refusal.None, BitConverter.IsLittleEndian ? Little : Big, (byte)IntPtr.Size, (ushort)Environment.Version.Major,
        limits.MaxFrameBytes, sessionId, RandomNumberGenerator.GetBytes(NonceSize));

    public static bool StartsWell(ReadOnlySpan<byte> prefix) => prefix.StartsWith(Magic);

    public static ushort VersionOf(ReadOnlySpan<byte> prefix) => BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);

    public static Hello Read(ReadOnlySpan<byte> bytes) => new(
        VersionOf(bytes), (Refusal)bytes[10], bytes[11], bytes[12], BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), new Guid(bytes.Slice(24, 16)), bytes.Slice(40, NonceSize).ToArray());

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Version);
        bytes[10] = (byte)Status;
        bytes[11] = ByteOrder;
        bytes[12] = PointerSize;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Runtime);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], MaxFrameBytes);
        SessionId.TryWriteBytes(bytes[24..]);
        Nonce.Span.CopyTo(bytes[40..]);
    }

    /// <summary>Whether two such processes understand each other's bytes; sessions and tickets come later.</summary>
    public Refusal Fits(Hello other) =>
        other.Version != Version ? Refusal.Version
        : other.ByteOrder != ByteOrder ? Refusal.ByteOrder
        : other.PointerSize != PointerSize ? Refusal.PointerSize
        : other.Runtime != Runtime ? Refusal.Runtime
        : other.MaxFrameBytes < 1 ? Refusal.Limits
        : Refusal.None;
}
