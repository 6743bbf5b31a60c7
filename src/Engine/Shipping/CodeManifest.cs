using System.Buffers.Binary;
using System.Text;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Types and functions by reference, and the modules that must be there before the references mean anything.</summary>
/// <remarks>
/// The body is written by <see cref="FunctionShipper"/> and read by <see cref="CodeContext"/>; it names modules by their positions in <see cref="Modules"/>.
/// Read from a connection it is as far from trustworthy as any other bytes: lengths and counts are checked here, references where they are resolved.
/// </remarks>
internal sealed class CodeManifest
{
    /// <summary>More modules than any program has; a bound for what a node believes.</summary>
    public const int MaxModules = 4096;

    private const byte Format = 1;
    private const int MaxNameBytes = 1024;

    public CodeManifest(ReadOnlyMemory<byte> body, IReadOnlyList<ModuleIdentity> modules, IReadOnlyList<int[]> references, IReadOnlyList<ModuleReference> requirements)
        => (Body, Modules, References, Requirements) = (body, modules, references, requirements);

    public ReadOnlyMemory<byte> Body { get; }

    /// <summary>The modules that the body refers to, and all that these depend on.</summary>
    public IReadOnlyList<ModuleIdentity> Modules { get; }

    /// <summary>For each module, which others it refers to, as positions in <see cref="Modules"/>.</summary>
    public IReadOnlyList<int[]> References { get; }

    /// <summary>The parts of the runtime and the engine that the modules were built against.</summary>
    public IReadOnlyList<ModuleReference> Requirements { get; }

    public void Write(PayloadWriter writer)
    {
        var head = new ByteWriter();
        head.Byte(Format);
        head.Number(Modules.Count);
        for (var i = 0; i < Modules.Count; i++)
        {
            var module = Modules[i];
            head.Text(module.Name);
            head.Text(module.Version.ToString());
            module.Mvid.TryWriteBytes(head.Take(16));
            Convert.FromHexString(module.Sha256).CopyTo(head.Take(32));
            head.Number(module.Length);
            head.Number(References[i].Length);
            foreach (var reference in References[i])
                head.Number(reference);
        }
        head.Number(Requirements.Count);
        foreach (var requirement in Requirements)
        {
            head.Text(requirement.Name);
            head.Text(requirement.Version.ToString());
        }
        Span<byte> lengths = stackalloc byte[8];
        BinaryPrimitives.WriteInt32LittleEndian(lengths, head.Length);
        BinaryPrimitives.WriteInt32LittleEndian(lengths[4..], Body.Length);
        lengths.CopyTo(writer.GetSpan(8));
        writer.Advance(8);
        head.Written.Span.CopyTo(writer.GetSpan(head.Length));
        writer.Advance(head.Length);
        writer.Reference(Body);
    }

    /// <exception cref="InvalidDataException">It is no manifest.</exception>
    public static async ValueTask<CodeManifest> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var lengths = new byte[8];
        await reader.ReadExactlyAsync(lengths, cancellationToken);
        var headLength = BinaryPrimitives.ReadInt32LittleEndian(lengths);
        var bodyLength = BinaryPrimitives.ReadInt32LittleEndian(lengths.AsSpan(4));
        if (headLength < 0 || bodyLength < 0 || (long)headLength + bodyLength > reader.Remaining)
            throw new InvalidDataException($"A manifest of [{headLength}] and [{bodyLength}] bytes was announced, and [{reader.Remaining}] are there.");
        var bytes = new byte[headLength];
        await reader.ReadExactlyAsync(bytes, cancellationToken);
        var body = new byte[bodyLength];
        await reader.ReadExactlyAsync(body, cancellationToken);
        return ReadHead(new ByteReader(bytes), body);
    }

    private static CodeManifest ReadHead(ByteReader head, byte[] body)
    {
        if (head.Byte() is var format && format != Format)
            throw new InvalidDataException($"The manifest has the format [{format}], and this process knows [{Format}].");
        var modules = new ModuleIdentity[head.Count(MaxModules, leastBytes: 53)];
        var references = new int[modules.Length][];
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < modules.Length; i++)
        {
            var name = head.Text(MaxNameBytes);
            if (name.Length == 0 || !names.Add(name))
                throw new InvalidDataException($"The manifest has the module [{name}] twice, or without a name.");
            var version = ReadVersion(head);
            var mvid = new Guid(head.Take(16).Span);
            var hash = Convert.ToHexString(head.Take(32).Span);
            var length = head.Number();
            if (length < 0)
                throw new InvalidDataException($"The module [{name}] has the length [{length}].");
            modules[i] = new ModuleIdentity(name, version, mvid, hash, length);
            references[i] = new int[head.Count(modules.Length, leastBytes: 1)];
            for (var j = 0; j < references[i].Length; j++)
                references[i][j] = head.Below(modules.Length);
        }
        var requirements = new ModuleReference[head.Count(MaxModules, leastBytes: 2)];
        for (var i = 0; i < requirements.Length; i++)
            requirements[i] = new ModuleReference(head.Text(MaxNameBytes), ReadVersion(head));
        head.End();
        return new CodeManifest(body, modules, references, requirements);
    }

    private static Version ReadVersion(ByteReader head) =>
        head.Text(64) is var text && Version.TryParse(text, out var version) ? version : throw new InvalidDataException($"[{text}] is no version.");
}

/// <summary>Writes what a manifest consists of: bytes, numbers in as few bytes as they need, and texts.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, Length);

    /// <summary>Room for so many bytes, which count as written.</summary>
    public Span<byte> Take(int count)
    {
        if (_bytes.Length - Length < count)
            Array.Resize(ref _bytes, Math.Max(checked(Length + count), (int)Math.Min(_bytes.Length * 2L, Array.MaxLength)));
        Length += count;
        return _bytes.AsSpan(Length - count, count);
    }

    public void Byte(byte value) => Take(1)[0] = value;

    public void Number(long value)
    {
        var rest = (ulong)value;
        for (; rest >= 0x80; rest >>= 7)
            Byte((byte)(rest | 0x80));
        Byte((byte)rest);
    }

    public void Text(string text)
    {
        var count = Encoding.UTF8.GetByteCount(text);
        Number(count);
        Encoding.UTF8.GetBytes(text, Take(count));
    }
}

/// <summary>Reads what <see cref="ByteWriter"/> wrote, and believes none of it.</summary>
internal sealed class ByteReader
{
    private readonly ReadOnlyMemory<byte> _bytes;
    private int _position;

    public ByteReader(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    public int Remaining => _bytes.Length - _position;

    public ReadOnlyMemory<byte> Take(int count)
    {
        if (count < 0 || count > Remaining)
            throw new InvalidDataException($"[{count}] bytes were announced, and [{Remaining}] are there.");
        _position += count;
        return _bytes.Slice(_position - count, count);
    }

    public byte Byte() => Take(1).Span[0];

    public long Number()
    {
        ulong value = 0;
        for (var shift = 0; shift < 64; shift += 7)
        {
            var next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
                return (long)value;
        }
        throw new InvalidDataException("A number has no end.");
    }

    /// <summary>A position in a list of so many.</summary>
    public int Below(int count) =>
        Number() is var n && (ulong)n < (ulong)count ? (int)n : throw new InvalidDataException($"[{n}] is no position among [{count}].");

    /// <summary>How many elements follow: no more than the limit, and no more than there are bytes for.</summary>
    public int Count(int limit, int leastBytes) =>
        Number() is var n && n >= 0 && n <= limit && n <= Remaining / leastBytes ? (int)n : throw new InvalidDataException($"[{n}] elements were announced.");

    public string Text(int maxBytes)
    {
        var count = Count(maxBytes, leastBytes: 1);
        try
        {
            return s_strict.GetString(Take(count).Span);
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException("A text is not UTF-8.", e);
        }
    }

    public void End()
    {
        if (Remaining != 0)
            throw new InvalidDataException($"[{Remaining}] bytes are left over.");
    }

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
