using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class OpenTypeTests
{
    [Fact]
    public async Task Values_of_abstract_types_interfaces_and_object_arrive_as_what_they_are()
    {
        Shape[] shapes = [new Circle(2), new Square { Side = 3 }, new Circle(2)];
        Assert.Equal(shapes.Select(s => s.Area), (await TripOneAsync(shapes.ToList())).Select(s => s.Area));
        Assert.IsType<Square>((await TripAsync(shapes))[1]);
        Assert.Equal(9, (await TripOneAsync<IHasArea>(shapes[1])).Area);
        object?[] values =
        [
            1, "two", 3.0, 4m, null, 'c', true, new DateTime(2024, 1, 2, 3, 4, 5, DateTimeKind.Utc), Guid.Empty, TimeSpan.FromSeconds(1),
            new[] { 1, 2 }, new List<string> { "a" }, (1, "b"), Level.High, new Circle(1), DayOfWeek.Friday, new int[2, 2],
            KeyValuePair.Create("k", 1), new Version(1, 2), new Uri("http://localhost/x"), BitConverter.GetBytes(7),
        ];
        var copies = await TripOneAsync(values);
        Assert.Equal(values.Select(v => v?.GetType()), copies.Select(v => v?.GetType()));
        Assert.Equal(values[..10], copies[..10]);
        Assert.Equal(values.Where(IsEquatable), copies.Where(IsEquatable));

        static bool IsEquatable(object? value) => value is Level or DayOfWeek or Version or Uri;
    }

    [Fact]
    public async Task An_instance_of_a_derived_type_arrives_as_one()
    {
        var copy = await TripOneAsync(new Holder { Inner = new Derived { Number = 1, More = 2 } });
        Assert.Equal(2, Assert.IsType<Derived>(copy.Inner).More);
        Assert.Equal(2, Assert.IsType<Derived>((await TripOneAsync<Base>(new Derived { More = 2 }))).More);
        Base[] derived = new Derived[] { new() { More = 3 } };
        Assert.IsType<Derived[]>((await TripOneAsync(new object[] { derived }))[0]);
        Assert.IsType<Derived[]>(await TripOneAsync(derived));
    }

    [Fact]
    public async Task Collections_behind_interfaces_keep_their_kind_and_comparer()
    {
        var upper = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase) { ["Alpha"] = 1 };
        IReadOnlyDictionary<string, int>[] readOnly =
        [
            upper,
            upper.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase), upper.ToImmutableDictionary(StringComparer.OrdinalIgnoreCase),
            new SortedDictionary<string, int>(upper, StringComparer.OrdinalIgnoreCase),
            new SortedList<string, int>(upper, StringComparer.OrdinalIgnoreCase),
            new ConcurrentDictionary<string, int>(upper, StringComparer.OrdinalIgnoreCase),
            upper.ToImmutableSortedDictionary(StringComparer.OrdinalIgnoreCase), new ReadOnlyDictionary<string, int>(upper),
            new OrderedDictionary<string, int>(upper, StringComparer.OrdinalIgnoreCase),
        ];
        foreach (var (one, copy) in readOnly.Zip(await TripAsync(readOnly)))
        {
            Assert.True(copy.ContainsKey("ALPHA"), one.GetType().Name);
            Assert.Equal(one is FrozenDictionary<string, int> ? typeof(FrozenDictionary<string, int>) : one.GetType(), PublicType(copy));
        }
        ISet<int>[] sets =
        [
            new SortedSet<int> { 3, 1, 2 }, new HashSet<int> { 3, 1 }, ImmutableHashSet.Create(1, 2), ImmutableSortedSet.Create(2, 1),
        ];
        foreach (var (one, copy) in sets.Zip(await TripAsync(sets)))
            Assert.Equal(one.GetType(), copy.GetType());
        ICollection<int> collection = await TripOneAsync<ICollection<int>>(new HashSet<int> { 1 });
        collection.Add(1);
        Assert.Single(collection);
        Assert.IsType<LinkedList<int>>(await TripOneAsync<IEnumerable<int>>(new LinkedList<int>([1, 2])));
        Assert.Equal([2, 4], await TripOneAsync(Enumerable.Range(1, 2).Select(x => 2 * x)));
        Assert.Equal("abc", await TripOneAsync<IEnumerable<char>>("abc"));
        Assert.Equal([1, 2], (await TripOneAsync<IList>(new List<int> { 1, 2 })).Cast<int>());
    }

    [Fact]
    public async Task Lookups_and_groups_keep_comparer_and_null_key()
    {
        var lookup = new[] { "a", "A", null, "b" }.ToLookup(x => x, x => x + "!", StringComparer.OrdinalIgnoreCase!);
        var copy = await TripOneAsync(lookup);
        Assert.Equal(["a!", "A!"], copy["A"], StringComparer.Ordinal);
        Assert.Equal(["!"], copy[null], StringComparer.Ordinal);
        var group = await TripOneAsync(lookup.First());
        Assert.Equal("a", group.Key);
        Assert.Equal(["a!", "A!"], group, StringComparer.Ordinal);
        Assert.Equal("a", (await TripOneAsync(group)).Key);
    }

    [Fact]
    public async Task Comparers_of_ones_own_travel_by_their_fields()
    {
        var byLength = new HashSet<string>(new ByLength(10)) { "abc" };
        Assert.Contains("xyz", await TripOneAsync(byLength));
        var sorted = await TripOneAsync(new SortedSet<string>(new Descending()) { "a", "b" });
        Assert.Equal(["b", "a"], sorted, StringComparer.Ordinal);
        var german = StringComparer.Create(System.Globalization.CultureInfo.GetCultureInfo("de-DE"), ignoreCase: true);
        Assert.True((await TripOneAsync(new Dictionary<string, int>(german) { ["Ä"] = 1 })).ContainsKey("ä"));
        var comparer = await TripOneAsync<IEqualityComparer<string>>(StringComparer.OrdinalIgnoreCase);
        Assert.True(comparer.Equals("a", "A"));
        Assert.Same(EqualityComparer<int>.Default, await TripOneAsync<IEqualityComparer<int>>(EqualityComparer<int>.Default));
        Assert.Same(Comparer<int>.Default, await TripOneAsync<IComparer<int>>(Comparer<int>.Default));
        var refusal = Assert.Throws<PayloadException>(
            () => Bytes<SortedSet<string>>(new[] { new SortedSet<string>(Comparer<string>.Create(string.CompareOrdinal)) }));
        Assert.Contains("comparer", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comparer_may_derive_from_the_abstract_one_of_the_framework()
    {
        var remainders = await TripOneAsync(new HashSet<int>(new ByRemainder(10)) { 3 });
        Assert.Contains(13, remainders);
        Assert.True((await TripOneAsync<EqualityComparer<int>>(new ByRemainder(5))).Equals(1, 6));
    }

    [Fact]
    public async Task A_lazy_value_of_an_abstract_type_arrives_computed()
    {
        var circle = new Circle(1);
        var copy = await TripOneAsync(new[] { new Lazy<Shape>(() => circle), new Lazy<Shape>(circle) });
        Assert.IsType<Circle>(copy[0].Value);
        Assert.Same(copy[0].Value, copy[1].Value);
    }

    [Fact]
    public async Task A_lock_arrives_as_a_new_object_and_stays_one()
    {
        var locked = new Locked();
        var copy = await TripOneAsync(locked);
        Assert.NotNull(copy.Gate);
        Assert.Same(copy.Gate, copy.Same);
        Assert.NotSame(locked.Gate, copy.Gate);
        Assert.True(copy.New.TryEnter());
        copy.New.Exit();
        Assert.Equal(1, copy.Number);
    }

    [Fact]
    public void A_value_that_cannot_travel_is_refused_with_its_declared_type_and_its_own()
    {
        using var stream = new MemoryStream();
        var refusal = Assert.Throws<PayloadException>(() => Bytes<Open>(new[] { new Open { Value = stream } }));
        Assert.Equal("OpenTypeTests.Open.Value", refusal.Member);
        Assert.Contains("is declared as [object], and is a [MemoryStream]", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("open in this process", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<PayloadException>(() => Bytes<object>(new object[] { new Func<int>(() => 1) }));
        Assert.Throws<PayloadException>(() => Bytes<object>(new object[] { new Random(1) }));
    }

    [Fact]
    public async Task Payloads_name_only_types_of_the_session_and_of_the_closed_list()
    {
        var bytes = Bytes<object>(new object[] { new Circle(1) });
        var other = new PayloadSerializer(new PayloadLimits(), new NoModules());
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<object>(bytes, 1, other));
        Assert.Contains("The session has no module", refusal.Message, StringComparison.Ordinal);
        refusal = Assert.Throws<PayloadException>(() => Bytes<object>(new object[] { new Circle(1) }, other));
        Assert.Contains("does not refer to", refusal.Message, StringComparison.Ordinal);
        // A type that does not fit what is declared.
        var shapes = Bytes<Shape>(new Shape[] { new Circle(1) });
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Holder.IOther>(shapes, 1));
    }

    private static Type PublicType<T>(T value) => WireTypes.Find(value!);

    private sealed class NoModules : ITypeDirectory
    {
        public bool Contains(System.Reflection.Assembly assembly) => false;
        public System.Reflection.Module? Find(Guid mvid) => null;
    }

    private interface IHasArea
    {
        double Area { get; }
    }

    private abstract class Shape : IHasArea
    {
        public abstract double Area { get; }
    }

    private sealed class Circle(double radius) : Shape
    {
        private readonly double _radius = radius;
        public override double Area => _radius * _radius * Math.PI;
    }

    private sealed class Square : Shape
    {
        public double Side { get; init; }
        public override double Area => Side * Side;
    }

    private class Base
    {
        public int Number { get; set; }
    }

    private sealed class Derived : Base
    {
        public int More { get; set; }
    }

    private sealed class Holder
    {
        public interface IOther;
        public Base? Inner { get; set; }
    }

    private sealed class Open
    {
        public object? Value { get; set; }
    }

    private enum Level
    {
        Low,
        High,
    }

    private sealed class Locked
    {
        public Locked() => Same = Gate;
        public object Gate { get; } = new();
        public object Same { get; }
        public Lock New { get; } = new();
        public int Number { get; } = 1;
    }

    private sealed class ByLength(int modulus) : IEqualityComparer<string>
    {
        private readonly int _modulus = modulus;
        public bool Equals(string? x, string? y) => x?.Length % _modulus == y?.Length % _modulus;
        public int GetHashCode(string obj) => obj.Length % _modulus;
    }

    private sealed class ByRemainder(int modulus) : EqualityComparer<int>
    {
        private readonly int _modulus = modulus;
        public override bool Equals(int x, int y) => x % _modulus == y % _modulus;
        public override int GetHashCode(int obj) => obj % _modulus;
    }

    private sealed class Descending : IComparer<string>
    {
        public int Compare(string? x, string? y) => string.CompareOrdinal(y, x);
    }
}
