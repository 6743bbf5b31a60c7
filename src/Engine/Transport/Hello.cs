using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using ActorPool.Configuration;
using ActorPool.Diagnostics;

namespace ActorPool.Transport;

/// <summary>Whether a node accepts a connection, or why it refuses.</summary>
internal enum HandshakeStatus : byte
{
    None = 0,
    Version = 1,
    ByteOrder = 2,
    PointerSize = 3,
    Runtime = 4,
    Limits = 5,
    Session = 6,
    Ticket = 7,
    Traits = 8,
}

/// <summary>The first message of each side, in which it describes itself.</summary>
/// <remarks>
/// The prefix (magic, versions, status) is at the same place in every version, so that two versions can recognize each other. A client
/// offers the range that it speaks: the lowest version, and how many further ones follow it. The node answers with the highest that both
/// speak, or refuses with its own range. A release that speaks one version only sends what it sent before there were ranges.
/// <para>
/// Little endian: magic 0–7 · version 8–9 · status 10 · byte order 11 · pointer size 12 · further versions 13 · runtime's major version
/// 14–15 · longest frame accepted 16–23 · session 24–39 · nonce 40–71 · cultures 72 · bytes of the time zone's id 73 · bytes of the
/// culture's name 74 · zero 75 · version of ICU 76–79 · rules of the time zone 80–87 · id of the time zone, in UTF-8, 88–151 · name of the
/// culture, in UTF-8, 152–215.
/// </para>
/// </remarks>
internal readonly record struct Hello(
    ushort Version, HandshakeStatus Status, byte ByteOrder, byte PointerSize, ushort Runtime, long MaxFrameBytes, Guid SessionId,
    ReadOnlyMemory<byte> Nonce, ProcessTraits? Traits, byte FurtherVersions = 0)
{
    /// <summary>Increase it when an older peer would misunderstand.</summary>
    public const ushort CurrentVersion = 9;

    /// <summary>The oldest version that this build still speaks.</summary>
    /// <remarks>It stays behind <see cref="CurrentVersion"/> for one release, so that a cluster can be upgraded node by node.</remarks>
    public const ushort MinVersion = 7;
    public const int PrefixSize = 16;
    public const int Size = CultureStart + MaxTextBytes;
    private const int NonceSize = 32;
    private const int ZoneStart = 88;
    private const int CultureStart = ZoneStart + MaxTextBytes;
    private const int MaxTextBytes = 64; // the longest id of the time zone database has 32, and the longest name of a culture less
    private const byte Little = 1;
    private const byte Big = 2;

    public static ReadOnlySpan<byte> Magic => "ACTPOOL\n"u8;

    /// <summary>The versions of the data protocol that this build speaks.</summary>
    public static VersionRange Supported { get; } = new(MinVersion, CurrentVersion);

    /// <summary>The versions that this side offers; in a node's answer, its choice.</summary>
    public VersionRange Versions => new(Version, Version + FurtherVersions);

    /// <summary>Describes this process, with a new nonce.</summary>
    public static Hello Create(TransportLimits limits, Guid sessionId) => new(
        (ushort)limits.Versions.Min, HandshakeStatus.None, BitConverter.IsLittleEndian ? Little : Big, (byte)IntPtr.Size,
        (ushort)Environment.Version.Major, limits.MaxFrameBytes, sessionId, RandomNumberGenerator.GetBytes(NonceSize),
        ProcessTraits.Current, (byte)(limits.Versions.Max - limits.Versions.Min));

    public static bool HasMagic(ReadOnlySpan<byte> prefix) => prefix.StartsWith(Magic);

    public static VersionRange ReadVersions(ReadOnlySpan<byte> prefix)
    {
        var version = BinaryPrimitives.ReadUInt16LittleEndian(prefix[8..]);
        return new VersionRange(version, version + prefix[13]);
    }

    public static Hello Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]), (HandshakeStatus)bytes[10], bytes[11], bytes[12],
        BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[16..]), new Guid(bytes.Slice(24, 16)), bytes.Slice(40, NonceSize).ToArray(),
        ReadTraits(bytes), bytes[13]);

    /// <summary>Sets the versions that this side offers or has chosen.</summary>
    public Hello With(VersionRange versions) =>
        this with { Version = (ushort)versions.Min, FurtherVersions = (byte)(versions.Max - versions.Min) };

    public void Write(Span<byte> bytes)
    {
        bytes[..Size].Clear();
        Magic.CopyTo(bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[8..], Version);
        bytes[10] = (byte)Status;
        bytes[11] = ByteOrder;
        bytes[12] = PointerSize;
        bytes[13] = FurtherVersions;
        BinaryPrimitives.WriteUInt16LittleEndian(bytes[14..], Runtime);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[16..], MaxFrameBytes);
        SessionId.TryWriteBytes(bytes[24..]);
        Nonce.Span.CopyTo(bytes[40..]);
        if (Traits is { } traits)
            WriteTraits(bytes, traits);
    }

    /// <summary>Checks whether this process and the other one understand each other's bytes.</summary>
    /// <remarks>Sessions and tickets are checked later.</remarks>
    public HandshakeStatus Check(Hello other) =>
        Versions.FindHighestCommon(other.Versions) is null ? HandshakeStatus.Version
        : other.ByteOrder != ByteOrder ? HandshakeStatus.ByteOrder
        : other.PointerSize != PointerSize ? HandshakeStatus.PointerSize
        : other.Runtime != Runtime ? HandshakeStatus.Runtime
        : other.MaxFrameBytes < 1 ? HandshakeStatus.Limits
        : other.Traits is null ? HandshakeStatus.Traits
        : HandshakeStatus.None;

    private static void WriteTraits(Span<byte> bytes, ProcessTraits traits)
    {
        bytes[72] = (byte)traits.Cultures;
        BinaryPrimitives.WriteInt32LittleEndian(bytes[76..], traits.IcuVersion);
        BinaryPrimitives.WriteUInt64LittleEndian(bytes[80..], traits.ZoneRules);
        bytes[73] = WriteText(bytes.Slice(ZoneStart, MaxTextBytes), traits.TimeZone);
        bytes[74] = WriteText(bytes.Slice(CultureStart, MaxTextBytes), traits.Culture);
    }

    /// <returns>Null if the other side has not written them as this version does.</returns>
    private static ProcessTraits? ReadTraits(ReadOnlySpan<byte> bytes)
    {
        var cultures = (CultureSupport)bytes[72];
        return Enum.IsDefined(cultures)
            && ReadText(bytes.Slice(ZoneStart, MaxTextBytes), bytes[73]) is { } zone
            && ReadText(bytes.Slice(CultureStart, MaxTextBytes), bytes[74]) is { } culture
                ? new ProcessTraits(
                    cultures, BinaryPrimitives.ReadInt32LittleEndian(bytes[76..]), zone,
                    BinaryPrimitives.ReadUInt64LittleEndian(bytes[80..]), culture)
                : null;
    }

    // Text that is too long is cut between two characters.
    private static byte WriteText(Span<byte> target, string text)
    {
        Utf8.FromUtf16(text, target, out _, out var length);
        return (byte)length;
    }

    private static string? ReadText(ReadOnlySpan<byte> bytes, int length) =>
        length > bytes.Length || !Utf8.IsValid(bytes[..length])
            ? null
            : string.Concat(Encoding.UTF8.GetString(bytes[..length]).Select(c => char.IsControl(c) ? '?' : c));
}
