using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Tests.Shipping;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Types with an explicit field layout or with fields that are not serialized.</summary>
public sealed class FieldLayoutTests
{
    [Fact]
    public void References_that_share_memory_are_refused_by_name_wherever_they_are()
    {
        Assert.All(
            [
                Refusal<Union>(), Refusal<UnionClass>(), Refusal<Derived>(), Refusal<(int, Union)>(), Refusal<List<Union?>>(),
                Refusal<Union[,]>(), Refusal<StructUnion>(), Refusal<LeftOut>(), Refusal<IReadOnlyDictionary<int, Union>>(),
            ],
            refusal =>
            {
                Assert.Contains("] and [", refusal.Message, StringComparison.Ordinal);
                Assert.Contains("same memory", refusal.Message, StringComparison.Ordinal);
                Assert.Contains("[FieldOffset]", refusal.Message, StringComparison.Ordinal);
            });
        Assert.Contains("[Text] and [Numbers]", Refusal<Union>().Message, StringComparison.Ordinal);
        Assert.Equal("Tuple<FieldLayoutTests.Union, int>.m_Item1", Refusal<Tuple<Union, int>>().Member);
    }

    [Fact]
    public void A_function_that_captures_such_an_object_is_refused()
    {
        var error = Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(new UnionClass { Numbers = [1] }.Length()));
        Assert.Contains("same memory", error.Message, StringComparison.Ordinal);
        var union = new Union { Numbers = [1, 2] };
        Func<int, int> function = x => x + union.Numbers.Length;
        Assert.Equal("union", Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function)).Captured);
    }

    [Fact]
    public async Task Numbers_that_share_memory_keep_every_bit()
    {
        var number = new Bits { Double = double.NaN, Low = 0x1234_5678 };
        Assert.Equal(number.Long, (await TripOneAsync(number)).Long);
        Assert.Equal(number.Long, (await TripOneAsync(Tuple.Create("a", number))).Item2.Long);
        Assert.Equal(number.Long, (await TripOneAsync<Bits[]>([number]))[0].Long);
        var mixed = new Mixed { Text = "a", Byte = 7 };
        var copy = await TripOneAsync(mixed);
        Assert.Equal(("a", (byte)7), (copy.Text, copy.Byte));
        Assert.Equal(7, (await TripOneAsync(new MixedClass { Text = "a", Byte = 7 })).Byte);
        Assert.Equal(unchecked((int)0xFFA0_0001), (await TripOneAsync(new Mixed { Text = "b", Int = unchecked((int)0xFFA0_0001) })).Int);
    }

    [Fact]
    public async Task References_that_share_no_memory_travel()
    {
        var apart = await TripOneAsync(new Apart { Text = "a", Numbers = [1, 2], Count = 3 });
        Assert.Equal(("a", 2, 3), (apart.Text, apart.Numbers!.Length, apart.Count));
    }

    [Fact]
    public async Task A_number_that_is_marked_NonSerialized_is_left_out_of_structs_of_numbers()
    {
        var value = new Partial { Kept = 1, Skipped = 2, Date = DateTime.UnixEpoch };
        AssertLeftOut(value, await TripOneAsync(value));
        AssertLeftOut(value, (await TripOneAsync<Partial[]>([value, value]))[1]);
        AssertLeftOut(value, (await TripOneAsync<List<Partial>>([value]))[0]);
        AssertLeftOut(value, (await TripAsync(value, value))[1]);
        AssertLeftOut(value, (await TripOneAsync<Partial?>(value))!.Value);
        AssertLeftOut(value, (await TripOneAsync((1, value))).value);
        AssertLeftOut(value, (await TripOneAsync<(int, Partial)[]>([(1, value)]))[0].Item2);
        AssertLeftOut(value, (await TripOneAsync(new Outer { Inner = value, Number = 5 })).Inner);
        AssertLeftOut(value, (await TripOneAsync<Outer[]>([new Outer { Inner = value }]))[0].Inner);
        AssertLeftOut(value, (await TripOneAsync<Partial[,]>(new[,] { { value } }))[0, 0]);
        AssertLeftOut(value, (await TripOneAsync<ReadOnlyMemory<Partial>>(new[] { value })).Span[0]);
        AssertLeftOut(value, (await TripOneAsync(Tuple.Create(value))).Item1);
        AssertLeftOut(value, (await TripOneAsync(new Dictionary<int, Partial> { [1] = value }))[1]);
        var fixedBuffer = await TripOneAsync(Numbered.Create(1, 2, 3, 9));
        Assert.Equal((1, 2, 3, 0), fixedBuffer.All());
        Assert.Equal(4, (await TripOneAsync(new PointerLeftOut { Kept = 4, Skipped = 5 })).Kept);
        Assert.Equal(0, (await TripOneAsync(new PointerLeftOut { Kept = 4, Skipped = 5 })).Skipped);

        static void AssertLeftOut(Partial original, Partial copy) =>
            Assert.Equal((original.Kept, 0, original.Date), (copy.Kept, copy.Skipped, copy.Date));
    }

    [Fact]
    public async Task Captured_structs_leave_out_such_numbers_too()
    {
        var value = new Partial { Kept = 1, Skipped = 2 };
        Partial[] many = [value];
        Func<int, int> function = x => x + 10 * value.Kept + 100 * value.Skipped + 1000 * many[0].Kept + 10000 * many[0].Skipped;
        Assert.Equal(1010, (await ShippedProgram.ShipAsync(ShippedProgram.Node(), function))(0));
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Union
    {
        [FieldOffset(0)] public string Text;
        [FieldOffset(0)] public int[] Numbers;
    }

    [StructLayout(LayoutKind.Explicit)]
    private class UnionClass
    {
        [FieldOffset(8)] public string? Text;
        [FieldOffset(0)] public int Number;
        [FieldOffset(8)] public int[]? Numbers;

        public Func<int, int> Length() => x => x + Numbers!.Length + Number + Text!.Length;
    }

    [StructLayout(LayoutKind.Sequential)]
    private sealed class Derived : UnionClass
    {
        public int More;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct LeftOut
    {
        [FieldOffset(0)] public string Text;
        [NonSerialized, FieldOffset(0)] public int[] Numbers;
    }

    [StructLayout(LayoutKind.Auto)]
    private record struct Named(string Name, long Number);

    [StructLayout(LayoutKind.Explicit)]
    private struct StructUnion
    {
        [FieldOffset(0)] public Named First;
        [FieldOffset(0)] public object? Second;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Bits
    {
        [FieldOffset(0)] public double Double;
        [FieldOffset(0)] public long Long;
        [FieldOffset(0)] public int Low;
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Mixed
    {
        [FieldOffset(0)] public string Text;
        [FieldOffset(8)] public byte Byte;
        [FieldOffset(8)] public bool Bool;
        [FieldOffset(12)] public int Int;
        [FieldOffset(12)] public float Float;
    }

    [StructLayout(LayoutKind.Explicit)]
    private sealed class MixedClass
    {
        [FieldOffset(8)] public byte Byte;
        [FieldOffset(8)] public bool Bool;
        [FieldOffset(0)] public string Text = "";
    }

    [StructLayout(LayoutKind.Explicit)]
    private struct Apart
    {
        [FieldOffset(0)] public string? Text;
        [FieldOffset(8)] public int[]? Numbers;
        [FieldOffset(16)] public int Count;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Partial
    {
        public int Kept;
        [NonSerialized] public int Skipped;
        public DateTime Date;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Outer
    {
        public Partial Inner;
        public int Number;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PointerLeftOut
    {
        public int Kept;
        [NonSerialized] public nint Skipped;
    }

    [InlineArray(3)]
    private struct Three
    {
        private int _first;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Numbered
    {
        private Three _three;
        [NonSerialized] private int _skipped;

        public static Numbered Create(int a, int b, int c, int skipped)
        {
            var made = new Numbered { _skipped = skipped };
            (made._three[0], made._three[1], made._three[2]) = (a, b, c);
            return made;
        }

        public readonly (int, int, int, int) All() => (_three[0], _three[1], _three[2], _skipped);
    }
}
