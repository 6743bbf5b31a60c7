using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class PayloadSerializerTests
{
    [Fact]
    public async Task Values_without_references_keep_every_bit()
    {
        double[] numbers =
        [
            double.NaN, -0.0, 0.0, double.NegativeInfinity, double.Epsilon, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234),
        ];
        Assert.Equal(numbers.Select(BitConverter.DoubleToInt64Bits), (await TripAsync(numbers)).Select(BitConverter.DoubleToInt64Bits));
        (int, double)[] pairs = [(1, 2.5), (-1, double.NaN)];
        Assert.Equal(pairs, await TripAsync(pairs));
        int?[] optional = [1, null, int.MinValue];
        Assert.Equal(optional, await TripAsync(optional));
        bool[] flags = [true, false];
        Assert.Equal(flags, await TripAsync(flags));
        decimal[] prices = [1.10m, decimal.MaxValue, -0.000m];
        Assert.Equal(prices.Select(decimal.GetBits), (await TripAsync(prices)).Select(decimal.GetBits));
        Assert.Empty(await TripAsync<long>());
    }

    [Fact]
    public async Task Dates_keep_their_ticks_and_kind_by_themselves_and_inside_objects()
    {
        foreach (var kind in Enum.GetValues<DateTimeKind>())
        {
            var date = new DateTime(2024, 2, 29, 23, 59, 59, kind).AddTicks(1);
            DateTime[] copies =
            [
                await TripOneAsync(date),
                (await TripOneAsync(new Holder<DateTime>(date)))!.Value,
                (await TripOneAsync<List<DateTime>>([date]))[0],
            ];
            foreach (var copy in copies)
            {
                Assert.Equal(date.Ticks, copy.Ticks);
                Assert.Equal(kind, copy.Kind);
            }
        }
    }

    [Fact]
    public async Task Values_of_all_common_types_come_back()
    {
        await AssertSame("text");
        await AssertSame("");
        await AssertSame((string?)null);
        await AssertSame("half \uD83D of an emoji, whole 😀, nul \0");
        await AssertSame(new string('ä', 10_000));
        await AssertSame(string.Concat(Enumerable.Repeat("\uD83D", 10_000)));
        await AssertSame('ä');
        await AssertSame(byte.MaxValue);
        await AssertSame(sbyte.MinValue);
        await AssertSame(ulong.MaxValue);
        await AssertSame(long.MinValue);
        await AssertSame(float.NaN);
        await AssertSame((Half)1.5);
        await AssertSame(Int128.MinValue);
        await AssertSame(UInt128.MaxValue);
        await AssertSame(DayOfWeek.Friday);
        await AssertSame((DayOfWeek)99);
        await AssertSame(Wide.Last);
        await AssertSame(Guid.NewGuid());
        await AssertSame(new DateTimeOffset(2024, 1, 2, 3, 4, 5, TimeSpan.FromMinutes(-330)));
        await AssertSame(TimeSpan.MinValue);
        await AssertSame(new DateOnly(2024, 2, 29));
        await AssertSame(TimeOnly.MaxValue);
        await AssertSame(new Complex(1, double.NaN));
        await AssertSame(new Vector3(1, 2, 3));
        await AssertSame(new Rune(0x1F600));
        await AssertSame(^3);
        await AssertSame(BigInteger.Pow(-7, 500));
        await AssertSame(new Uri("https://example.org/a?b=c#d"));
        await AssertSame(new Uri("/relative", UriKind.Relative));
        await AssertSame(new Version(1, 2, 3));
        await AssertSame((1, "two", 3.0, '4', 5m, 6L, (byte)7, "eight", new DateOnly(9, 9, 9)));
        await AssertSame(Tuple.Create(1, "two", Tuple.Create(3)));
        await AssertSame(KeyValuePair.Create("key", (string?)null));
        await AssertSame(new { Name = "anonymous", Count = 3 });
        Assert.Equal("builder", (await TripOneAsync(new StringBuilder("builder"))).ToString());
        Assert.Equal([true, false, true], (await TripOneAsync(new BitArray((bool[])[true, false, true]))).Cast<bool>());
        Assert.Equal(7, (await TripOneAsync(new Lazy<int>(() => 7))).Value);
    }

    [Fact]
    public async Task Collections_come_back_with_their_items_in_order()
    {
        string?[] texts = ["c", null, "a"];
        int[] numbers = [1, 2, 3];
        await AssertSameItems(texts);
        await AssertSameItems<string?[]?>(null);
        await AssertSameItems(new List<string?>(texts));
        await AssertSameItems(new List<int> { 3, 1, 2 });
        await AssertSameItems(new List<int>());
        await AssertSameItems(Array.Empty<string>());
        await AssertSameItems(new Queue<string?>(texts));
        await AssertSameItems(new Stack<string?>(texts));
        await AssertSameItems(new LinkedList<string?>(texts));
        await AssertSameItems(new SortedSet<int> { 3, 1, 2 });
        await AssertSameItems(new ReadOnlyCollection<string?>(texts));
        await AssertSameItems(new ObservableCollection<string?>(texts));
        await AssertSameItems(new ConcurrentQueue<string?>(texts));
        await AssertSameItems(new ConcurrentStack<string?>(texts));
        await AssertSameItems(new ConcurrentBag<int>([1]));
        await AssertSameItems(ImmutableArray.Create(texts));
        Assert.True((await TripOneAsync(default(ImmutableArray<string>))).IsDefault);
        await AssertSameItems(ImmutableList.Create(texts));
        await AssertSameItems(ImmutableHashSet.Create(3, 1, 2));
        await AssertSameItems(ImmutableSortedSet.Create(3, 1, 2));
        await AssertSameItems(ImmutableQueue.Create(texts));
        await AssertSameItems(ImmutableStack.Create(texts));
        await AssertSameItems<IReadOnlyList<string?>>(texts);
        await AssertSameItems<IReadOnlyCollection<string?>>(texts);
        await AssertSameItems<IList<string?>>(new List<string?>(texts));
        await AssertSameItems<ICollection<string?>>(new List<string?>(texts));
        await AssertSameItems(texts.Where(t => t is not null));
        await AssertSameItems<ISet<int>>(new HashSet<int> { 1, 2 });
        await AssertSameItems<IReadOnlySet<int>>(new HashSet<int> { 1, 2 });
        await AssertSameItems(new HashSet<string?>(StringComparer.Ordinal) { "a", null });
        await AssertSameItems(numbers.ToFrozenSet());
        await AssertSameItems(new ArraySegment<int>(numbers, 1, 2));
        Assert.Equal(numbers.Skip(1), (await TripOneAsync<Memory<int>>(numbers.AsMemory(1))).ToArray());
        await AssertSameItems((await TripOneAsync<ReadOnlyMemory<string?>>(texts.AsMemory(0, 2))).ToArray());
        var table = new[,] { { "a", null }, { "b", "c" } };
        Assert.Equal(table, await TripOneAsync(table));
        Assert.Equal(new[,,] { { { 1, 2 } } }, await TripOneAsync(new[,,] { { { 1, 2 } } }));
        int[]?[] jagged = [[1, 2], null, []];
        Assert.Equal(jagged, await TripOneAsync(jagged));
    }

    [Fact]
    public async Task Dictionaries_come_back_with_their_keys_and_known_comparers()
    {
        var numbers = new Dictionary<string, int>((IEqualityComparer<string>?)null) { ["b"] = 1, ["a"] = 2 };
        await AssertSameItems(numbers);
        await AssertSameItems<IDictionary<string, int>>(numbers);
        await AssertSameItems<IReadOnlyDictionary<string, int>>(numbers);
        await AssertSameItems(new SortedDictionary<string, int>(numbers, StringComparer.OrdinalIgnoreCase));
        await AssertSameItems(new SortedList<string, int>(numbers, (IComparer<string>?)null));
        await AssertSameItems(new ReadOnlyDictionary<string, int>(numbers));
        await AssertSameItems(new ConcurrentDictionary<string, int>(numbers, StringComparer.Ordinal));
        await AssertSameItems(numbers.ToImmutableDictionary(StringComparer.Ordinal));
        await AssertSameItems(numbers.ToImmutableSortedDictionary(StringComparer.Ordinal));
        await AssertSameItems(numbers.ToFrozenDictionary(StringComparer.Ordinal));
        await AssertSameItems(new Dictionary<Person, List<(int, string)>> { [new Person("Ann", 1)] = [(1, "x")] });
        var folded = await TripOneAsync(new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 });
        Assert.Equal(1, folded["a"]);
        Assert.Contains("a", await TripOneAsync(new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "A" }));
        Assert.Contains("a", await TripOneAsync(new SortedSet<string>(StringComparer.OrdinalIgnoreCase) { "A" }));
        Assert.Contains("a", await TripOneAsync(ImmutableHashSet.Create(StringComparer.OrdinalIgnoreCase, "A")));
        Assert.Same(numbers.Comparer, (await TripOneAsync(numbers)).Comparer);
        var ignoresCase = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 };
        Assert.Equal(1, (await TripOneAsync(ignoresCase.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase)))["a"]);
    }

    [Fact]
    public async Task Comparers_that_would_be_lost_are_refused()
    {
        var reverse = Comparer<int>.Create((a, b) => b - a);
        var odd = await Assert.ThrowsAsync<PayloadException>(
            () => TripOneAsync(new Holder<SortedDictionary<int, int>>(new SortedDictionary<int, int>(reverse))));
        Assert.Contains("comparer", odd.Message, StringComparison.Ordinal);
        Assert.Contains("Holder<SortedDictionary<int, int>>.Value", odd.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(new SortedSet<int>(reverse)));
        Assert.IsType<OddComparer>((await TripOneAsync(ImmutableDictionary.Create<int, int>(new OddComparer()))).KeyComparer);
        Assert.IsType<OddComparer>((await TripOneAsync(new ConcurrentDictionary<int, string>(new OddComparer()))).Comparer);
    }

    [Fact]
    public async Task Objects_keep_private_readonly_and_inherited_fields_and_run_no_constructor()
    {
        var account = new SavingsAccount("Ann", 12.50m, 0.03);
        account.Touch();
        var made = SavingsAccount.Made;
        var copy = await TripOneAsync(account);
        Assert.Equal(made, SavingsAccount.Made);
        Assert.Equal(account.Describe(), copy.Describe());
        Assert.Equal(0, copy.Cached);
        await AssertSame(new Person("Ann", 30));
        await AssertSame(new Point3(1, "2", 3));
        await AssertSame(new Tree("root", [new Tree("leaf", []), null]));
        Assert.Null(await TripOneAsync<Person?>(null));
        Person?[] people = [new Person("a", 1), null, new Person("b", 2)];
        Assert.Equal(people.AsEnumerable(), await TripAsync(people));
        Assert.IsType<Empty>(await TripOneAsync(new Empty()));
    }

    [Fact]
    public async Task Structs_without_references_inside_objects_keep_inline_arrays()
    {
        var four = default(Four);
        for (var i = 0; i < 4; i++)
            four[i] = i * 10;
        var copy = await TripOneAsync(new Holder<Four>(four));
        var value = copy.Value;
        for (var i = 0; i < 4; i++)
            Assert.Equal(i * 10, value[i]);
    }

    [Fact]
    public async Task Values_travel_by_a_type_that_is_known_only_at_run_time()
    {
        using var writer = new PayloadWriter();
        var serializer = New();
        double[] numbers = [1.5, 2.5];
        serializer.WriteValue(writer, typeof(int), 7);
        serializer.WriteValue(writer, typeof(double[]), numbers);
        serializer.WriteValue(writer, typeof(Person), new Person("Ann", 1));
        serializer.WriteValue(writer, typeof(Person), null);
        serializer.WriteValue(writer, typeof(int?), null);
        var reader = new MemoryPayloadReader(writer.ToArray());
        var other = New();
        Assert.Equal(7, await other.ReadValueAsync(reader, typeof(int), default));
        Assert.Equal(numbers, await other.ReadValueAsync(reader, typeof(double[]), default));
        Assert.Equal(new Person("Ann", 1), await other.ReadValueAsync(reader, typeof(Person), default));
        Assert.Null(await other.ReadValueAsync(reader, typeof(Person), default));
        Assert.Null(await other.ReadValueAsync(reader, typeof(int?), default));
        Assert.Equal(0, reader.Remaining);
        Assert.Throws<PayloadException>(() => serializer.WriteValue(writer, typeof(int), "text"));
        Assert.Throws<PayloadException>(() => serializer.WriteValue(writer, typeof(int), null));
    }

    [Fact]
    public void Many_threads_may_use_a_new_type_at_once()
    {
        for (var round = 0; round < 20; round++)
        {
            var serializer = New();
            Parallel.For(0, 8, i =>
            {
                Tree[] trees = [new($"root {i}", [new Tree("leaf", []), null])];
                var copy = new Tree[1];
                var read = serializer.GetCodec<Tree>().ReadAsync(
                    new MemoryPayloadReader(Bytes<Tree>(trees, serializer)), copy, default).AsTask();
                Assert.True(read.IsCompletedSuccessfully);
                Assert.Equal(trees[0], copy[0]);
                Assert.Throws<PayloadException>(serializer.GetCodec<Holder<Stream>>);
            });
        }
    }

    [Fact]
    public async Task Many_items_pass_in_blocks()
    {
        var people = Enumerable.Range(0, 50_000).Select(i => new Person($"Person number {i}", i)).ToArray();
        Assert.Equal(people, await TripAsync(people));
    }

    [Fact]
    public async Task Arrays_of_100_MB_pass_without_a_copy_on_the_way_out()
    {
        var large = new double[13_000_000];
        large[^1] = 1.5;
        using var writer = new PayloadWriter();
        var before = GC.GetAllocatedBytesForCurrentThread();
        New().GetCodec<double[]?>().Write(writer, (double[]?[])[large, null, []], 0);
        New().GetCodec<double>().Write(writer, large, 0);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
        var reader = new MemoryPayloadReader(writer.ToArray());
        var arrays = new double[]?[3];
        var flat = new double[large.Length];
        await New().GetCodec<double[]?>().ReadAsync(reader, arrays, default);
        await New().GetCodec<double>().ReadAsync(reader, flat, default);
        Assert.Equal(0, reader.Remaining);
        Assert.True(large.AsSpan().SequenceEqual(arrays[0]));
        Assert.True(large.AsSpan().SequenceEqual(flat));
        Assert.Null(arrays[1]);
        Assert.Empty(arrays[2]!);
    }

    private static async Task AssertSame<T>(T value)
    {
        Assert.Equal(value, await TripOneAsync(value));
        Assert.Equal(value, (await TripOneAsync(new Holder<T>(value))).Value);
        Assert.Equal(value, (await TripOneAsync(new List<T> { value }))[0]);
        Assert.Equal([value, value], await TripOneAsync(new[] { value, value }));
    }

    private static async Task AssertSameItems<T>(T items) where T : IEnumerable?
    {
        var copy = await TripOneAsync(items);
        Assert.Equal(items?.Cast<object?>(), copy?.Cast<object?>());
        Assert.Equal(items?.Cast<object?>(), (await TripOneAsync(new Holder<T>(items))).Value?.Cast<object?>());
    }

    internal sealed record Person(string Name, int Age);
    private readonly record struct Point3(int X, string Y, double Z);
    private enum Wide : ulong { Last = ulong.MaxValue }
    private sealed class Empty;

    private sealed class Holder<T>(T value)
    {
        public T Value { get; } = value;
    }

    private sealed class Tree(string name, Tree?[] children) : IEquatable<Tree>
    {
        private readonly string _name = name;
        private readonly Tree?[] _children = children;

        public bool Equals(Tree? other) =>
            other is not null
            && string.Equals(_name, other._name, StringComparison.Ordinal)
            && Enumerable.SequenceEqual(_children, other._children);
        public override bool Equals(object? obj) => Equals(obj as Tree);
        public override int GetHashCode() => _name.GetHashCode(StringComparison.Ordinal);
    }

    private abstract class Account(string owner)
    {
        private readonly string _owner = owner;
        protected string Owner => _owner;
    }

    private sealed class SavingsAccount : Account
    {
        public static int Made;
        private readonly double _rate;
        private decimal _balance;
        private DateTime? _touched;
        [NonSerialized]
        public int Cached;

        public SavingsAccount(string owner, decimal balance, double rate) : base(owner)
        {
            Made++;
            (_balance, _rate, Cached) = (balance, rate, 5);
        }

        public void Touch()
        {
            _touched = new DateTime(2024, 5, 6, 0, 0, 0, DateTimeKind.Utc);
            _balance += 1;
        }

        public string Describe() => $"{Owner} {_balance} {_rate} {_touched:O}";
    }

    [InlineArray(4)]
    private struct Four
    {
        private int _first;
    }

    private sealed class OddComparer : IEqualityComparer<int>
    {
        public bool Equals(int x, int y) => x % 2 == y % 2;
        public int GetHashCode(int obj) => obj % 2;
    }
}
