using System.Diagnostics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.RegularExpressions;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class PayloadRefusalTests
{
    [Fact]
    public void A_refusal_names_the_path_to_the_member_its_type_and_what_to_do()
    {
        var refusal = Refusal<Order>();
        Assert.Equal("PayloadRefusalTests.Order.Customer.Connection", refusal.Member);
        Assert.Contains(
            "[PayloadRefusalTests.Order.Customer.Connection] is a [Stream], which is open in this process",
            refusal.Message,
            StringComparison.Ordinal);
        Assert.Contains("open it on each worker with WorkerPoolOptions.WorkerState", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("List<PayloadRefusalTests.Order[]>[][].Customer.Connection", Refusal<List<Order[]>>().Member);
    }

    [Fact]
    public async Task An_array_of_other_numbers_than_declared_is_refused_as_an_item_and_travels_inside_others()
    {
        var days = (int[])(object)new[] { DayOfWeek.Friday };
        var unsigned = (int[])(object)new uint[] { 5 };
        Assert.Equal(5, Assert.Single(await TripOneAsync<int[]>([5])));
        Assert.Contains("is a [DayOfWeek[]]", (await RefuseAsync(days)).Message, StringComparison.Ordinal);
        Assert.Contains("as a [int[]], and is a [uint[]]", (await RefuseAsync(unsigned)).Message, StringComparison.Ordinal);
        var inside = await TripOneAsync(new List<int[]> { days, unsigned, new int[1] });
        Assert.Equal("DayOfWeek[] UInt32[] Int32[]", string.Join(' ', inside.Select(array => array.GetType().Name)));

        static async Task<PayloadException> RefuseAsync(int[] array) =>
            await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(array));
    }

    [Fact]
    public void Types_that_belong_to_their_process_are_refused()
    {
        Assert.All(
            [
                Refusal<Func<int>>(), Refusal<Action>(), Refusal<Delegate>(), Refusal<Stream>(), Refusal<FileStream>(),
                Refusal<MemoryStream>(),
                Refusal<Task>(), Refusal<Task<int>>(), Refusal<ValueTask<int>>(), Refusal<Thread>(), Refusal<CancellationToken>(),
                Refusal<HttpClient>(), Refusal<MethodInfo>(), Refusal<Assembly>(), Refusal<nint>(), Refusal<nuint[]>(),
                Refusal<Random>(),
                Refusal<SemaphoreSlim>(), Refusal<WithPointer>(), Refusal<(int, WithPointer)>(), Refusal<WithHandle[]>(),
                Refusal<Endless<int>>(), Refusal<OwnQueue>(), Refusal<IEnumerable<Stream>>(), Refusal<Lazy<Stream>>(),
                Refusal<IReadOnlyDictionary<string, Stream>>(), Refusal<WeakReference<string>>(),
            ],
            refusal => Assert.NotNull(refusal.Member));
        Assert.Contains("[PayloadRefusalTests.WithHandle.Handle]", Refusal<WithHandle>().Message, StringComparison.Ordinal);
        Assert.Contains("derives from .NET's [PriorityQueue<string, int>]", Refusal<OwnQueue>().Message, StringComparison.Ordinal);
        Assert.Throws<PayloadException>(() => New().Check(typeof(List<>)));
        Assert.Throws<PayloadException>(() => New().Check(typeof(Span<int>)));
        Assert.Throws<PayloadException>(() => New().Check(typeof(int).MakePointerType()));
    }

    [Fact]
    public void A_refusal_says_what_helps()
    {
        Assert.Contains("Declare it as [Encoding]", Refusal<UTF32Encoding>().Message, StringComparison.Ordinal);
        Assert.Contains("Declare it as [Encoding]", Refusal<UTF8Encoding[]>().Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Declare it", Refusal<DataReceivedEventArgs>().Message, StringComparison.Ordinal);
        Assert.Contains("Use a long", Refusal<nint>().Message, StringComparison.Ordinal);
        Assert.Contains("Use a long", Refusal<WithHandle>().Message, StringComparison.Ordinal);
        Assert.Contains("Send the collection", Refusal<List<int>.Enumerator>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_comparer_of_functions_that_no_collection_has_is_refused_as_such()
    {
        var comparer = EqualityComparer<string>.Create(static (x, y) => string.Equals(x, y, StringComparison.Ordinal), static _ => 0);

        var alone = Assert.Throws<PayloadException>(() => Bytes<IEqualityComparer<string>>(new[] { comparer }));
        var inSet = Assert.Throws<PayloadException>(() => Bytes<HashSet<string>>(new[] { new HashSet<string>(["a"], comparer) }));

        Assert.Contains("The comparer [", alone.Message, StringComparison.Ordinal);
        Assert.Contains("capture the comparer", alone.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("collection", alone.Message, StringComparison.Ordinal);
        Assert.Contains("A collection with the comparer [", inSet.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_refused_type_stays_refused_and_does_not_affect_others()
    {
        var serializer = New();
        for (var i = 0; i < 2; i++)
            Assert.Throws<PayloadException>(serializer.GetCodec<Order>);
        Assert.NotNull(serializer.GetCodec<Node>());
        Assert.Throws<PayloadException>(serializer.GetCodec<Customer>);
    }

    [Fact]
    public async Task A_member_that_is_marked_NonSerialized_is_left_out()
    {
        using var stream = new MemoryStream();
        var copy = await TripOneAsync(new Skipping { Name = "kept", Stream = stream });
        Assert.Equal("kept", copy.Name);
        Assert.Null(copy.Stream);
    }

    [Fact]
    public void A_value_inside_a_hundred_thousand_others_is_refused_before_the_stack_ends()
    {
        object deep = 1;
        for (var i = 0; i < 100_000; i++)
            deep = new List<object> { deep };
        var refusal = Assert.Throws<PayloadException>(() => Bytes<object>(new[] { deep }));
        Assert.Equal("actorpool.payload.max-depth", refusal.Setting);
        Assert.Throws<PayloadException>(() => Bytes<object>(new[] { deep }, New(new PayloadLimits { MaxDepth = int.MaxValue })));
    }

    [Fact]
    public async Task Bytes_that_are_deeper_than_the_setting_are_refused()
    {
        object deep = 1;
        for (var i = 0; i < 300; i++)
            deep = new object[] { deep };
        var bytes = Bytes<object>(new[] { deep }, New(new PayloadLimits { MaxDepth = 301 }));
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<object>(bytes, 1));
        Assert.Equal("actorpool.payload.max-depth", refusal.Setting);
    }

    [Fact]
    public async Task An_item_over_the_limit_is_refused_with_its_index_size_and_setting()
    {
        var small = new PayloadLimits { MaxItemBytes = 1000 };
        AssertTooLarge(Assert.Throws<PayloadException>(() => Bytes<string>(new[] { "ok", new string('x', 2000) }, New(small), 41)), 42);
        AssertTooLarge(Assert.Throws<PayloadException>(() => Bytes<double[]>(new double[][] { [1], new double[200] }, New(small), 41)), 42);
        AssertTooLarge(
            Assert.Throws<PayloadException>(() => Bytes<Values>(new Values[] { new([1]), new(new double[10_000_000]) }, New(small), 41)),
            42);
        AssertTooLarge(
            Assert.Throws<PayloadException>(
                () => Bytes<IEnumerable<int>>(new[] { EnumerateForever() }, New(small with { MaxItemBytes = 1 << 20 }), 42)),
            42);
        var many = Bytes<string>(Enumerable.Repeat(new string('x', 900), 500).ToArray(), New(small));
        Assert.Equal(500, (await ReadAsync<string>(many, 500, New(small))).Length);
        var text = Bytes<string>(new[] { new string('x', 2000) });
        Assert.Equal(
            PayloadLimits.MaxItemBytesSetting,
            (await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<string>(text, 1, New(small)))).Setting);
        var array = Bytes<double[]>(new[] { new double[200] });
        Assert.Equal(
            PayloadLimits.MaxItemBytesSetting,
            (await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<double[]>(array, 1, New(small)))).Setting);

        static void AssertTooLarge(PayloadException refusal, int index)
        {
            Assert.StartsWith($"Item {index}, ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("[actorpool.payload.max-item-bytes] is [", refusal.Message, StringComparison.Ordinal);
            Assert.Equal("actorpool.payload.max-item-bytes", refusal.Setting);
        }
    }

    [Fact]
    public async Task An_item_of_exactly_the_limit_passes_after_many_small_ones()
    {
        var limits = new PayloadLimits { MaxItemBytes = 2 << 20 };
        for (var small = 7_900; small <= 9_100; small += 200)
        {
            var items = Enumerable.Repeat(new string('x', 30), small).Append(new string('y', (2 << 20) - 5)).Append("end").ToArray();
            var copy = await ReadAsync<string>(Bytes<string>(items, New(limits)), items.Length, New(limits));
            Assert.True(items.AsSpan().SequenceEqual(copy));
        }
        Assert.Throws<PayloadException>(() => Bytes<string>(new[] { new string('y', (2 << 20) + (100 << 10)) }, New(limits)));
    }

    [Fact]
    public async Task Exceptions_of_user_code_are_wrapped()
    {
        var write = Assert.Throws<PayloadException>(() => Bytes<IEnumerable<int>>(new[] { Throwing() }));
        Assert.IsType<InvalidTimeZoneException>(write.InnerException);
        var bytes = Bytes<HashSet<Key>>(new[] { new HashSet<Key> { new("a") } });
        Key.Throws = true;
        try
        {
            var read = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<HashSet<Key>>(bytes, 1));
            Assert.IsType<InvalidTimeZoneException>(read.InnerException);
            Assert.Contains("Item 0", read.Message, StringComparison.Ordinal);
        }
        finally
        {
            Key.Throws = false;
        }
    }

    [Fact]
    public async Task A_different_layout_is_found_before_anything_is_read()
    {
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<long>(Bytes<int>((int[])[1, 2]), 1));
        Assert.Contains("layout", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<string>(Bytes<int>((int[])[1, 2]), 1));
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Base>(Bytes<Values>(new Values[] { new([]) }), 1));
    }

    private static IEnumerable<int> EnumerateForever()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    private static IEnumerable<int> Throwing()
    {
        yield return 1;
        throw new InvalidTimeZoneException("from the user");
    }

    private sealed record Order(int Id, Customer Customer);
    private sealed record Customer(string Name, Stream Connection);
    private sealed record Values(double[] Numbers);
    private sealed class OwnQueue : PriorityQueue<string, int>;
    private sealed class Base { public int Number { get; set; } }
    private sealed class Node { public Node? Next { get; set; } }
    private sealed class Endless<T> { public Endless<List<T>>? Next { get; set; } }

    private sealed class Skipping
    {
        public string? Name { get; set; }
        [field: NonSerialized]
        public Stream? Stream { get; set; }
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct WithPointer(UIntPtr Pointer);
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct WithHandle(int Number, nint Handle);

    private sealed class Key(string text)
    {
        public static bool Throws;
        private readonly string _text = text;

        public override int GetHashCode() => Throws ? throw new InvalidTimeZoneException("from the user") : _text.Length;
        public override bool Equals(object? obj) => obj is Key other && string.Equals(other._text, _text, StringComparison.Ordinal);
    }
}
