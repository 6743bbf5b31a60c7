using ActorPool.Serialization;
using ActorPool.Values;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Changes the bytes of a kind's value in many ways, and reads them.</summary>
/// <remarks>It finds what went wrong, or null; null also where the value cannot travel.</remarks>
internal sealed class KindAttack(int seed, int attempts) : IKindVisitor<string?>
{
    private const long MostBytes = 4 << 20; // besides what the bytes justify; the runtime allocates for the first exception of a kind
    private const long MostBytesForEach = 400;

    private static readonly byte[] s_favourites = [0x00, 0x01, 0x7F, 0x80, 0x90, 0xC0, 0xC4, 0xC6, 0xCF, 0xDB, 0xDD, 0xDF, 0xFF];

    public string? Visit<T>(Kind<T> kind)
    {
        var serializer = New();
        byte[] bytes;
        try
        {
            bytes = Bytes<T>(new[] { kind.Make() }, serializer);
        }
        catch (PayloadException)
        {
            return null;
        }
        var random = new Random(seed);
        var codec = serializer.GetCodec<T>();
        for (var i = 0; i < attempts; i++)
        {
            var hostile = Change(bytes, random);
            if (Read(codec, hostile) is { } fault)
            {
                var start = Convert.ToHexString(hostile.AsSpan(0, Math.Min(hostile.Length, 200)));
                return $"[{kind.Name}], attempt {i}, bytes {start}: {fault}";
            }
        }
        return null;
    }

    private static string? Read<T>(PayloadCodec<T> codec, byte[] hostile)
    {
        var most = MostBytes + MostBytesForEach * hostile.Length;
        if (Read(codec, hostile, out var first) is { } fault)
            return fault;
        // What the process learns of a type once is not repeated by the same bytes.
        return first <= most || (Read(codec, hostile, out var again) is null && again <= most)
            ? null
            : $"It allocated {first} bytes for {hostile.Length}, and as much again.";
    }

    private static string? Read<T>(PayloadCodec<T> codec, byte[] hostile, out long allocated)
    {
        allocated = 0;
        var before = GC.GetAllocatedBytesForCurrentThread();
        var read = codec.ReadAsync(new MemoryPayloadReader(hostile), new T[1], CancellationToken.None);
        if (!read.IsCompleted)
            return "It waits, although all bytes are there.";
        var error = read.AsTask().Exception?.InnerException;
        allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        return error is null or PayloadException ? null : error.ToString();
    }

    private static byte[] Change(byte[] bytes, Random random)
    {
        var hostile = bytes.ToList();
        for (var changes = random.Next(1, 5); changes > 0 && hostile.Count > 0; changes--)
        {
            var at = random.Next(hostile.Count);
            switch (random.Next(6))
            {
                case 0:
                    hostile[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    hostile[at] = s_favourites[random.Next(s_favourites.Length)];
                    break;
                case 2:
                    hostile.RemoveRange(at, hostile.Count - at);
                    break;
                case 3:
                    hostile.RemoveRange(at, random.Next(1, Math.Min(8, hostile.Count - at) + 1));
                    break;
                case 4:
                    hostile.Insert(at, (byte)random.Next(256));
                    break;
                default:
                    var from = random.Next(bytes.Length);
                    hostile.InsertRange(at, bytes[from..Math.Min(bytes.Length, from + 64)]);
                    break;
            }
        }
        return [.. hostile];
    }
}
