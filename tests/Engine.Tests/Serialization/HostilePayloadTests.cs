using ActorPool.Serialization;
using CsCheck;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class HostilePayloadTests
{
    [Fact]
    public void Changed_bytes_at_most_throw_and_at_most_cost_a_multiple_of_their_number()
    {
        Attack<double>([1, 2, 3]);
        Attack<int[]?>([[1, 2], null, new int[50]]);
        Attack(new[] { "text", null, new string('ä', 300) });
        Attack(Enumerable.Range(0, 5).Select(Sample).ToArray());
    }

    [Fact]
    public async Task Lengths_without_the_bytes_for_them_are_refused()
    {
        byte[][] claims =
        [
            [0xDD, 0x7F, 0xFF, 0xFF, 0xFF], [0xDC, 0xFF, 0xFF], [0xC6, 0x7F, 0xFF, 0xFF, 0xFF], [0xDF, 0x7F, 0xFF, 0xFF, 0xFF],
            [0xDB, 0x7F, 0xFF, 0xFF, 0xFF],
        ];
        foreach (var claim in claims)
        {
            await AssertRefusedAsync<List<string>>(claim);
            await AssertRefusedAsync<List<int>>(claim);
            await AssertRefusedAsync<string[]>([claim.Length == 0 ? (byte)0 : claim[0], .. claim[1..]]);
            await AssertRefusedAsync<Dictionary<string, string>>([0, .. claim]);
            await AssertRefusedAsync<string>(claim);
            await AssertRefusedAsync<Queue<string>>(claim);
        }
        // 65,536 times 65,536 is 0 in 32 bits.
        await AssertRefusedAsync<string[,]>([0x93, 0xCE, 0, 1, 0, 0, 0xCE, 0, 1, 0, 0, 0x90]);
        await AssertRefusedAsync<string[,]>([0x93, 0xFF, 0xFF, 0x91, 0xC0]);
    }

    [Fact]
    public async Task Bytes_after_the_last_item_are_an_error()
    {
        await AssertRefusedAsync<string>([0xA1, (byte)'a', 0xC0]);
        Assert.Equal("a", (await ReadAsync<string>(Block([0xA1, (byte)'a']), 1))[0]);
    }

    [Fact]
    public void Generated_values_come_back()
    {
        var leaf = Gen.Select(Gen.String, Gen.Double, Gen.DateTime, Gen.Guid.Nullable(), Gen.Decimal);
        var record = Gen.Select(
            leaf.Array[0, 4], Gen.Dictionary(Gen.Int, Gen.String.Null())[0, 4], Gen.Long.List[0, 3], Gen.Enum<DayOfWeek>());
        record.Array[0, 8].Sample(items => Compare(items));
        Gen.Select(Gen.Int, Gen.Double, Gen.Bool).Array[0, 50].Sample(items => Compare(items));
        Gen.Int.Array[0, 50].Null().Array[0, 50].Sample(items => Compare(items));
        Gen.Char.Array[0, 40].Select(c => new string(c)).Array[0, 20].Sample(items => Compare(items)); // lone surrogates included
    }

    private static void Compare<T>(T[] items)
    {
        var bytes = Bytes<T>(items);
        var copy = new T[items.Length];
        var done = New().GetCodec<T>().ReadAsync(new MemoryPayloadReader(bytes), copy, CancellationToken.None);
        Assert.True(done.IsCompletedSuccessfully);
        Assert.Equivalent(items, copy, strict: true);
        Assert.Equal(bytes, Bytes<T>(copy));
    }

    private static void Attack<T>(T[] items)
    {
        var serializer = New();
        var codec = serializer.GetCodec<T>();
        var bytes = Bytes<T>(items, serializer);
        var target = new T[items.Length];
        codec.ReadAsync(new MemoryPayloadReader(bytes), target, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        byte[] favourites = [0x00, 0x7F, 0x80, 0x90, 0xC0, 0xC4, 0xC6, 0xDB, 0xDD, 0xDF, 0xFF];
        var value = Gen.OneOf(Gen.Byte, Gen.Int[0, favourites.Length - 1].Select(i => favourites[i]));
        var attacks = Gen.Select(Gen.Select(Gen.Int[0, bytes.Length - 1], value).Array[0, 6], Gen.Int[0, bytes.Length]);
        // What the runtime allocates once, for the first exception of a kind and its stack, is not counted.
        var limit = long.MaxValue;
        attacks.Sample(Read, iter: 300, threads: 1);
        limit = 64 * 1024;
        attacks.Sample(Read, iter: 3000, threads: 1);

        void Read((int, byte)[] changes, int cut)
        {
            var hostile = bytes.ToArray();
            foreach (var (position, change) in changes)
                hostile[position] = change;
            if (cut % 4 == 0)
                hostile = hostile[..cut];
            var before = GC.GetAllocatedBytesForCurrentThread();
            var read = codec.ReadAsync(new MemoryPayloadReader(hostile), target, CancellationToken.None);
            var allocated = GC.GetAllocatedBytesForCurrentThread() - before; // the text of an exception, with its lines, is the test's own
            Assert.True(read.IsCompleted);
            var fault = read.AsTask().Exception?.InnerException;
            Assert.True(fault is null or PayloadException, fault?.ToString());
            Assert.InRange(allocated, 0, limit == long.MaxValue ? limit : limit + 100L * hostile.Length);
        }
    }

    private static async Task AssertRefusedAsync<T>(byte[] item)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<T>(Block(item), 1));
        Assert.InRange(GC.GetTotalAllocatedBytes(precise: true) - before, 0, 100L << 20); // other tests allocate at the same time
    }

    /// <summary>Creates a payload of one block with one item.</summary>
    internal static byte[] Block(byte[] item) => [PayloadHeader.Packed, 0, 0, 0, 0, (byte)item.Length, 0, 0, 0, 1, 0, 0, 0, .. item];

    private static Rich Sample(int i) => new(
        i, $"name {i}", [1, 2, 3], [$"tag {i}", null], new Dictionary<string, List<Rich?>>(StringComparer.Ordinal) { ["more"] = [null] },
        i > 2 ? new Rich(i, "inner", [], [], null, null, (1, "pair"), [], null) : null,
        (i, "pair"), [new Uri("https://example.org")], new HashSet<Guid> { Guid.Empty });

    private sealed record Rich(
        int Id, string? Name, double[]? Numbers, string?[]? Tags, Dictionary<string, List<Rich?>>? More, Rich? Inner,
        (int, string) Pair, List<Uri>? Links, HashSet<Guid>? Ids);
}
