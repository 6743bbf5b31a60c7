using System.Reflection;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class PayloadRefusalTests
{
    [Fact]
    public void The_way_to_the_member_its_type_and_what_to_do_are_named()
    {
        var refusal = Refusal<Order>();
        Assert.Equal("PayloadRefusalTests.Order.Customer.Connection", refusal.Member);
        Assert.Contains("[PayloadRefusalTests.Order.Customer.Connection] is a [Stream], which is open in this process", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("open it there", refusal.Message, StringComparison.Ordinal);
        Assert.Equal("List<PayloadRefusalTests.Order[]>[][].Customer.Connection", Refusal<List<Order[]>>().Member);
    }

    [Fact]
    public void What_belongs_to_its_process_is_refused()
    {
        Assert.All(
            [
                Refusal<object>(), Refusal<object[]>(), Refusal<Func<int>>(), Refusal<Action>(), Refusal<Delegate>(), Refusal<IDisposable>(), Refusal<Shape>(),
                Refusal<Stream>(), Refusal<FileStream>(), Refusal<MemoryStream>(), Refusal<Task>(), Refusal<Task<int>>(), Refusal<ValueTask<int>>(), Refusal<Thread>(),
                Refusal<CancellationToken>(), Refusal<HttpClient>(), Refusal<Type>(), Refusal<MethodInfo>(), Refusal<Assembly>(), Refusal<nint>(), Refusal<nuint[]>(),
                Refusal<Exception>(), Refusal<InvalidOperationException>(), Refusal<Regex>(), Refusal<TimeProvider>(), Refusal<Lock>(), Refusal<SemaphoreSlim>(),
                Refusal<WithPointer>(), Refusal<(int, WithPointer)>(), Refusal<WithHandle[]>(), Refusal<Endless<int>>(), Refusal<OwnList>(), Refusal<Dictionary<string, object>>(),
                Refusal<IEnumerable<Stream>>(), Refusal<IComparable<int>>(), Refusal<int[,,,,]>(), Refusal<Lazy<Stream>>(), Refusal<WeakReference<string>>(),
            ],
            refusal => Assert.NotNull(refusal.Member));
        Assert.Contains("[PayloadRefusalTests.WithHandle.Handle]", Refusal<WithHandle>().Message, StringComparison.Ordinal);
        Assert.Contains("derives from .NET's [List<int>]", Refusal<OwnList>().Message, StringComparison.Ordinal);
        Assert.Throws<PayloadException>(() => New().Check(typeof(List<>)));
        Assert.Throws<PayloadException>(() => New().Check(typeof(Span<int>)));
        Assert.Throws<PayloadException>(() => New().Check(typeof(int).MakePointerType()));
    }

    [Fact]
    public void A_refused_type_stays_refused_and_spoils_no_other()
    {
        var serializer = New();
        for (var i = 0; i < 2; i++)
            Assert.Throws<PayloadException>(serializer.CodecFor<Order>);
        Assert.NotNull(serializer.CodecFor<Node>());
        Assert.Throws<PayloadException>(serializer.CodecFor<Customer>);
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
    public void An_instance_of_a_derived_type_is_refused_instead_of_sliced()
    {
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Box>(new[] { new Box(), new Box { Inner = new Derived() } }, firstIndex: 40));
        Assert.Equal("PayloadRefusalTests.Box.Inner", refusal.Member);
        Assert.StartsWith("Item 41: [PayloadRefusalTests.Box.Inner] is declared as [PayloadRefusalTests.Base], and is a [PayloadRefusalTests.Derived]", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<PayloadException>(() => Bytes<Base>(new Base[] { new Derived() }));
        Assert.Throws<PayloadException>(() => Bytes<List<Base>>(new List<Base>[] { [new Derived()] }));
        Assert.Throws<PayloadException>(() => Bytes<List<int>>(new List<int>[] { new OwnList() }));
        Assert.Throws<PayloadException>(() => Bytes<Queue<string>>(new Queue<string>[] { new OwnQueue() }));
    }

    [Fact]
    public void A_cycle_is_refused_by_name()
    {
        var node = new Node();
        node.Next = new Node { Next = node };
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Node>(new[] { node }));
        Assert.Contains("contains itself, a [PayloadRefusalTests.Node]", refusal.Message, StringComparison.Ordinal);
        Assert.StartsWith("PayloadRefusalTests.Node.Next.Next", refusal.Member, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chains_are_as_long_as_the_setting_says_and_never_overflow_the_stack()
    {
        Assert.Equal(64, Length(await TripOneAsync(Chain(64))));
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Node>(new[] { Chain(65) }));
        Assert.Equal("actorpool.payload.max-depth", refusal.Setting);
        var bytes = Bytes<Node>(new[] { Chain(65) }, New(new PayloadLimits { MaxDepth = 65 }));
        Assert.Equal("actorpool.payload.max-depth", (await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Node>(bytes, 1))).Setting);
        // A limit beyond the stack: the stack itself is asked.
        Assert.Throws<PayloadException>(() => Bytes<Node>(new[] { Chain(1_000_000) }, New(new PayloadLimits { MaxDepth = int.MaxValue })));
    }

    [Fact]
    public async Task An_item_over_the_limit_is_refused_with_its_index_size_and_setting()
    {
        var small = new PayloadLimits { MaxItemBytes = 1000 };
        Over(Assert.Throws<PayloadException>(() => Bytes<string>(new[] { "ok", new string('x', 2000) }, New(small), 41)), 42);
        Over(Assert.Throws<PayloadException>(() => Bytes<double[]>(new double[][] { [1], new double[200] }, New(small), 41)), 42);
        Over(Assert.Throws<PayloadException>(() => Bytes<Values>(new Values[] { new([1]), new(new double[10_000_000]) }, New(small), 41)), 42);
        Over(Assert.Throws<PayloadException>(() => Bytes<IEnumerable<int>>(new[] { Endlessly() }, New(small with { MaxItemBytes = 1 << 20 }), 42)), 42);
        Assert.Equal(500, (await ReadAsync<string>(Bytes<string>(Enumerable.Repeat(new string('x', 900), 500).ToArray(), New(small)), 500, New(small))).Length);
        var text = Bytes<string>(new[] { new string('x', 2000) });
        Assert.Equal(PayloadLimits.MaxItemBytesSetting, (await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<string>(text, 1, New(small)))).Setting);
        var array = Bytes<double[]>(new[] { new double[200] });
        Assert.Equal(PayloadLimits.MaxItemBytesSetting, (await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<double[]>(array, 1, New(small)))).Setting);

        static void Over(PayloadException refusal, int index)
        {
            Assert.StartsWith($"Item {index}, ", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("[actorpool.payload.max-item-bytes] is [", refusal.Message, StringComparison.Ordinal);
            Assert.Equal("actorpool.payload.max-item-bytes", refusal.Setting);
        }
    }

    [Fact]
    public async Task An_item_of_just_the_limit_passes_behind_many_small_ones()
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
    public async Task What_a_users_own_code_throws_is_wrapped()
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
    public async Task A_layout_that_differs_is_found_before_anything_is_read()
    {
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<long>(Bytes<int>((int[])[1, 2]), 1));
        Assert.Contains("layout", refusal.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<string>(Bytes<int>((int[])[1, 2]), 1));
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Base>(Bytes<Values>(new Values[] { new([]) }), 1));
    }

    private static IEnumerable<int> Endlessly()
    {
        for (var i = 0; ; i++)
            yield return i;
    }

    private static IEnumerable<int> Throwing()
    {
        yield return 1;
        throw new InvalidTimeZoneException("from the user");
    }

    private static Node Chain(int length)
    {
        var first = new Node();
        for (var i = 1; i < length; i++)
            first = new Node { Next = first };
        return first;
    }

    private static int Length(Node? node)
    {
        var length = 0;
        for (; node is not null; node = node.Next)
            length++;
        return length;
    }

    private sealed record Order(int Id, Customer Customer);
    private sealed record Customer(string Name, Stream Connection);
    private sealed record Values(double[] Numbers);
    private abstract class Shape;
    private sealed class OwnList : List<int>;
    private sealed class OwnQueue : Queue<string>;
    private class Base { public int Number { get; set; } }
    private sealed class Derived : Base { public int More { get; set; } }
    private sealed class Box { public Base? Inner { get; set; } }
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
