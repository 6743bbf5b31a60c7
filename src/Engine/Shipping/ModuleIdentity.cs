using System.Buffers;
using System.Security.Cryptography;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>One build of one module, and the bytes that its file must have.</summary>
/// <param name="Name">Its name: see <see cref="ModuleKind"/>.</param>
/// <param name="Version">Its assembly version; 0.0 for native libraries.</param>
/// <param name="Mvid">
/// The module version id of this build; a deterministic build of the same source has the same id. For native libraries, the first half of
/// the hash.
/// </param>
/// <param name="Sha256">The hash of its file, in upper-case hexadecimal digits.</param>
/// <param name="Length">The length of its file in bytes.</param>
internal sealed record ModuleIdentity(string Name, Version Version, Guid Mvid, string Sha256, long Length) : IWireRecord<ModuleIdentity>
{
    public const int HashBytes = SHA256.HashSizeInBytes;
    public const int MaxNameBytes = 1024;

    private static readonly SearchValues<char> s_pathSyntax = SearchValues.Create("/\\:*?\"<>|");

    public static int MaxBytes => MaxNameBytes + HashBytes + 128;

    public ModuleKind Kind { get; init; }

    /// <summary>Identifies a native library by its content.</summary>
    public static ModuleIdentity ForNative(string fileName, ReadOnlySpan<byte> bytes)
    {
        var hash = SHA256.HashData(bytes);
        return new ModuleIdentity(fileName, new Version(0, 0), new Guid(hash.AsSpan(0, 16)), Convert.ToHexString(hash), bytes.Length)
        {
            Kind = ModuleKind.Native,
        };
    }

    /// <summary>Whether a name is that of a file and no path, on every system.</summary>
    public static bool IsFileName(string name) =>
        name.Length is > 0 and <= 255 && name is not ("." or "..") && name.AsSpan().IndexOfAny(s_pathSyntax) < 0
        && !name.AsSpan().ContainsAnyInRange('\0', '\x1f');

    /// <summary>Computes the SHA-256 of an assembly's bytes, in upper-case hexadecimal digits.</summary>
    public static string ComputeHash(ReadOnlySpan<byte> bytes) => Convert.ToHexString(SHA256.HashData(bytes));

    /// <summary>Whether these are the bytes that its file must have.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) =>
        bytes.Length == Length && string.Equals(ComputeHash(bytes), Sha256, StringComparison.Ordinal);

    public void WriteFields(RecordWriter writer)
    {
        writer.WriteRecordHeader(6);
        writer.WriteString(Name);
        writer.WriteVersion(Version);
        writer.WriteGuid(Mvid);
        writer.WriteBytes(Convert.FromHexString(Sha256));
        writer.WriteInt64(Length);
        writer.WriteByte((byte)Kind);
    }

    public static ModuleIdentity ReadFields(RecordReader reader)
    {
        reader.ReadRecordHeader(6);
        var identity = new ModuleIdentity(
            reader.ReadString(MaxNameBytes), reader.ReadVersion(), reader.ReadGuid(),
            Convert.ToHexString(reader.ReadBytes(HashBytes).Span), reader.ReadInt64())
        {
            Kind = reader.ReadEnum<ModuleKind>(),
        };
        if (identity.Name.Length == 0 || identity.Length < 0)
            throw new InvalidDataException($"The module [{identity.Name}] has no name, or has the length [{identity.Length}].");
        // The only name that becomes part of a path.
        if (identity.Kind is ModuleKind.Native && !IsFileName(identity.Name))
            throw new InvalidDataException($"[{identity.Name}] is not the name of a native library's file.");
        return identity;
    }

    public override string ToString() => $"{Name} {Version} ({Mvid})";
}
