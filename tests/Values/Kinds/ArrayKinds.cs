using System.Buffers;
using System.Collections;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Arrays, and views of them.</summary>
public sealed class ArrayKinds : IKindSource
{
    private static readonly int[] s_numbers = [1, 2, 3, 4, 5];

    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("int array", () => new[] { 1, 2, 3 }, v => Items(v)),
        Kind.Of("int array: empty", () => Array.Empty<int>(), v => Of(v.Length)),
        Kind.Of("int array: null", () => (int[]?)null, v => Of(v is null)),
        Kind.Of("int array: large", () => Enumerable.Range(0, 100_000).ToArray(), v => Of(v.Sum(x => (long)x))),
        Kind.Of("bool array", () => new[] { true, false, true }, v => Items(v)),
        Kind.Of("string array", () => new[] { "a", null, "" }, v => Items(v)),
        Kind.Of("decimal array", () => new[] { 1.10m, -2m }, v => Items(v)),
        Kind.Of("enum array", () => new[] { DayOfWeek.Friday, (DayOfWeek)77 }, v => Items(v)),
        Kind.Of("int? array", () => new int?[] { 1, null }, v => Items(v)),
        Kind.Of("Guid array", () => new[] { Guid.Empty, new Guid(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11) }, v => Items(v)),
        Kind.Of("tuple array", () => new[] { (1, "a"), (2, null) }, v => Items(v)),
        Kind.Of("struct array", () => new[] { new Pair(1, "a"), new Pair(2, "b") }, v => Items(v)),
        Kind.Of("record array", () => new[] { new Item(1, [1]), null }, v => Of(v[0]!.Numbers[0], v[1] is null)),
        Kind.Of("jagged array", () => new int[]?[] { [1, 2], null, [] }, v => Of(v[0]![1], v[1] is null, v[2]!.Length)),
        Kind.Of("jagged array: one row twice", MakeRows, v => Of(ReferenceEquals(v[0], v[1]), v[1][0])),
        Kind.Of("int[,]", () => new[,] { { 1, 2, 3 }, { 4, 5, 6 } }, v => Of(v.GetLength(0), v.GetLength(1), v[1, 0], v.Cast<int>().Sum())),
        Kind.Of("string[,,]", () => new string?[1, 2, 2] { { { "a", "b" }, { null, "d" } } }, v => Of(v[0, 0, 1], v[0, 1, 0], v.Rank)),
        Kind.Of("int[,]: lower bounds", () => (int[,])MakeFrom(2, 3), v => Of(v.GetLowerBound(0), v.GetUpperBound(1), v[1, 1], v[2, 3])),
        Kind.Of<Array>("Array: lower bound", () => Array.CreateInstance(typeof(int), [3], [5]), v => Of(v.GetLowerBound(0), v.Length)),
        Kind.Of<Array>("Array: an int array", () => new[] { 1, 2 }, v => Of(v.Length, v.GetValue(1))),
        Kind.Of("object array", () => new object?[] { 1, "a", null, 2.5, 'c', DayOfWeek.Friday },
            v => Of(Items(v), Items(v.Select(x => x?.GetType().Name)))),
        Kind.Of("object array: of strings", () => (object[])new[] { "a", "b" }, v => Of(v.GetType().Name, v[1])),
        Kind.Of("int array: of an enum", () => (int[])(object)new[] { DayOfWeek.Friday }, v => Of(v.GetType().Name, v[0])),
        Kind.Of("int array: of numbers without a sign", () => (int[])(object)new uint[] { 5 }, v => Of(v.GetType().Name, v[0])),
        Kind.Of("IComparable array", () => new IComparable[] { 3, 4 }, v => Of(v[0].CompareTo(3), v[1].CompareTo(3))),
        Kind.Of("base class array: of derived", () => (Animal[])new Dog[] { new() { Name = "Rex" } },
            v => Of(v[0].Say(), v.GetType().Name)),
        Kind.Of("base class array: mixed", () => new Animal[] { new Dog { Name = "Rex" }, new Cat { Lives = 7 } },
            v => Items(v.Select(x => x.Say()))),
        Kind.Of("ArraySegment", () => new ArraySegment<int>(s_numbers, 1, 3), v => Of(Items(v), v.Count)),
        Kind.Of("ArraySegment: default", () => default(ArraySegment<int>), v => Of(v.Array is null, v.Count)),
        Kind.Of("Memory", () => new Memory<int>([.. s_numbers], 1, 3), v => Items(v.ToArray())),
        Kind.Of("Memory of strings", () => new Memory<string>(["a", "b", "c"], 1, 2), v => Items(v.ToArray())),
        Kind.Of<ReadOnlyMemory<int>>("ReadOnlyMemory", () => s_numbers.AsMemory(2..), v => Items(v.ToArray())),
        Kind.Of("ReadOnlyMemory: of a string", () => "abcdef".AsMemory(1, 3), v => Of(v)),
        Kind.Of("ReadOnlySequence", () => new ReadOnlySequence<byte>([1, 2, 3]), v => Items(v.ToArray())),
        Kind.Of("two views of one array", () => MakeViews(), v => Of(Change(v.First, v.Second), v.Second.Span[0])),
        Kind.Of("BitArray", () => new BitArray([true, false, true]), v => Of(v.Length, v[2], v[1])),
        Kind.Of("array of dictionaries", () => new[] { new Dictionary<string, int> { ["a"] = 1 } }, v => Of(v[0]["a"])),
        Kind.Of("array in an array of objects", () => new object[] { new[] { 1, 2 }, new object[] { "x" } },
            v => Of(((int[])v[0])[1], ((object[])v[1])[0])),
        Kind.Of("array with a cycle", MakeCycle, v => Of(ReferenceEquals(v, v[0]))),
        Kind.Of("array of one object twice", MakeTwice, v => Of(ReferenceEquals(v[0], v[1]), v[1].Numbers[0])),
        Kind.Of("array of generics", () => new[] { new Box<List<int>>([1, 2]) }, v => Items(v[0].Value)),
        Kind.Of("array of pointers' sizes", () => new nint[] { 1, 2 }, v => Of(v[1])),
        Kind.Of("array of delegates", () => new Func<int, int>[] { x => x + 1, x => x * 2 }, v => Of(v[0](5), v[1](5))),
    ];

    private static Array MakeFrom(int rows, int columns)
    {
        var table = Array.CreateInstance(typeof(int), [rows, columns], [1, 1]);
        table.SetValue(5, 1, 1);
        table.SetValue(6, rows, columns);
        return table;
    }

    private static int[][] MakeRows()
    {
        int[] row = [7, 8];
        return [row, row];
    }

    private static (Memory<int> First, Memory<int> Second) MakeViews()
    {
        int[] numbers = [1, 2, 3];
        return (numbers.AsMemory(0, 2), numbers.AsMemory(1, 2));
    }

    private static int Change(Memory<int> first, Memory<int> second)
    {
        var before = first.Span[1];
        first.Span[1] = 99;
        var changed = second.Span[0];
        first.Span[1] = before;
        return changed;
    }

    private static object[] MakeCycle()
    {
        var array = new object[1];
        array[0] = array;
        return array;
    }

    private static Item[] MakeTwice()
    {
        var item = new Item(1, [5]);
        return [item, item];
    }

    public readonly record struct Pair(int Number, string Text);

    public sealed record Item(int Id, int[] Numbers);

    public sealed record Box<T>(T Value);

    public abstract class Animal
    {
        public abstract string Say();
    }

    public sealed class Dog : Animal
    {
        public string Name { get; set; } = "";

        public override string Say() => $"{Name} barks";
    }

    public sealed class Cat : Animal
    {
        public int Lives { get; set; }

        public override string Say() => $"{Lives} lives";
    }
}
