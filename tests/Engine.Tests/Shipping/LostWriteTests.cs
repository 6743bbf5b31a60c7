using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ActorPool.Shipping;
using ActorPool.Values.FSharp;

namespace ActorPool.Tests.Shipping;

/// <summary>What a function changes in vain on a node is found.</summary>
public sealed class LostWriteTests
{
    private static readonly Dictionary<string, (Delegate Function, string Expected)> s_functions =
        new[] { Variables(), Collections(), Objects(), Bodies(), Owner.OverThis(), Statics() }
            .SelectMany(table => table)
            .ToDictionary(StringComparer.Ordinal);

    public static TheoryData<string> Kinds => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_lost_write_is_found_by_name(string kind)
    {
        var (function, expected) = s_functions[kind];
        var writes = FunctionWarnings.Find(function).SelectMany(warning => warning.Writes);
        Assert.Equal(expected, string.Join(", ", writes));
    }

    [Fact]
    public void Functions_of_FSharp_are_looked_at_inside_the_delegates_that_wrap_them()
    {
        Functions.setUp();
        foreach (var (what, function, expected) in Functions.all())
        {
            var writes = string.Join(", ", FunctionWarnings.Find(function).SelectMany(warning => warning.Writes).Distinct());
            Assert.True(string.Equals(expected, writes, StringComparison.Ordinal), $"{what}: {writes}");
        }
    }

    [Fact]
    public void A_warning_is_one_line_that_names_function_variables_and_what_to_do()
    {
        var (n, list) = (0, new List<int>());
        Func<int, int> function = x =>
        {
            n++;
            list.Add(x);
            Program.Counted++;
            return x * Program.Factor;
        };
        var warning = Assert.Single(FunctionWarnings.Find(function));
        Assert.Equal(
            "[a lambda in LostWriteTests.A_warning_is_one_line_that_names_function_variables_and_what_to_do] does not mean the same on a "
            + "node as here. It changes [n], [list] (Add), which it captures: a node changes its own copy. "
            + "If the caller reads it, return the values and join them here, use AggregateAsync, or keep them in WorkerState. "
            + "It changes the static [LostWriteTests.Program.Counted], which each node has for itself. "
            + "If the caller reads it, return the values and join them here, use AggregateAsync, or keep them in WorkerState. "
            + "It reads the static [LostWriteTests.Program.Factor], which this program sets: a node has its initial value. "
            + "Capture the value in a local variable, or set the static in WorkerPoolOptions.Initializer.",
            warning.Format());
        Assert.Equal((0, 0), (n, list.Count));
    }

    private static Dictionary<string, (Delegate, string)> Variables()
    {
        var (n, total, sum, text, hasSeen, last, max) = (0, 0L, 0.0, "", false, 0, int.MinValue);
        int? first = null;
        DateTime latest = default;
        var immutable = ImmutableList<int>.Empty;
        object? found = null;
        var map = new Dictionary<int, int>();
        return new(StringComparer.Ordinal)
        {
            ["increment"] = (F(x => n++), "[n]"),
            ["increment before use"] = (F(x => x + ++n), "[n]"),
            ["checked increment"] = (F(x => checked(n += x)), "[n]"),
            ["sum"] = (F(x => { sum += x; return x; }), "[sum]"),
            ["sum of a switch"] = (F(x => { total += x switch { 0 => 1, 1 => 5, 2 => 7, 3 => 2, _ => 9 }; return x; }), "[total]"),
            ["assignment"] = (F(x => last = x), "[last]"),
            ["maximum"] = (F(x => { if (x > max) max = x; return x; }), "[max]"),
            ["flag"] = (F(x => { hasSeen |= x > 3; return x; }), "[hasSeen]"),
            ["text"] = (F(x => { text += "a"; return x; }), "[text]"),
            ["value that is missing"] = (F(x => first ??= x), "[first]"),
            ["structure"] = (F(x => { latest = DateTime.UnixEpoch.AddDays(x); return x; }), "[latest]"),
            ["immutable collection"] = (F(x => { immutable = immutable.Add(x); return x; }), "[immutable]"),
            ["immutable collection by Interlocked"] =
                (F(x => { ImmutableInterlocked.Update(ref immutable, l => l.Add(x)); return x; }), "[immutable] (Update)"),
            ["object"] = (F(x => { found = x; return x; }), "[found]"),
            ["Interlocked.Increment"] = (F(x => Interlocked.Increment(ref n)), "[n]"),
            ["Interlocked.Add"] = (F(x => { Interlocked.Add(ref total, x); return x; }), "[total]"),
            ["Interlocked.Exchange"] = (F(x => Interlocked.Exchange(ref last, x)), "[last]"),
            ["Interlocked.CompareExchange"] = (F(x => Interlocked.CompareExchange(ref last, x, 0)), "[last]"),
            ["Volatile.Write"] = (F(x => { Volatile.Write(ref last, x); return x; }), "[last]"),
            ["out"] = (F(x => int.TryParse("5", CultureInfo.InvariantCulture, out last) ? x : 0), "[last]"),
            ["out of a method"] = (F(x => { Split(x, out last, out n); return x; }), "[last], [n]"),
            ["out of a look-up"] = (F(x => map.TryGetValue(x, out last) ? x : 0), "[last]"),
            ["reference that a method sets"] = (F(x => { Set(ref last, x); return x; }), "[last]"),
            ["reference"] = (F(x => { ref var r = ref last; r = x; return x; }), "[last]"),
            ["parameter by reference"] = (F(x => { Raise(ref n); return x; }), "[n]"),
            ["two variables"] = (F(x => { n++; last = x; return x; }), "[n], [last]"),
        };

        static void Raise(ref int value) => value++;
        static void Set(ref int target, int value) => target = value;
        static void Split(int x, out int left, out int right) => (left, right) = (x / 2, x - x / 2);
    }

    private static Dictionary<string, (Delegate, string)> Collections()
    {
        var (list, dictionary, set, queue) = (new List<int>(), new Dictionary<int, int>(), new HashSet<int>(), new Queue<int>());
        var (stack, linked, sorted) = (new Stack<int>(), new LinkedList<int>(), new SortedDictionary<int, int>());
        var (bag, concurrent, cache) = (new ConcurrentBag<int>(), new ConcurrentQueue<int>(), new ConcurrentDictionary<int, int>());
        var (results, names, matrix, nested) = (new int[9], new string[9], new int[2, 2], new int[2][]);
        var (builder, bits, priorities, oldList) = (new StringBuilder(), new BitArray(9), new PriorityQueue<int, int>(), new ArrayList());
        ICollection<int> collection = list.Count == 0 ? list : set;
        IDictionary<int, int> map = list.Count == 0 ? dictionary : sorted;
        var immutable = ImmutableArray.CreateBuilder<int>();
        return new(StringComparer.Ordinal)
        {
            ["List.Add"] = (F(x => { list.Add(x); return x; }), "[list] (Add)"),
            ["List.Add itself"] = ((Action<int>)list.Add, "[List<int>] (Add)"),
            ["HashSet.Add itself"] = ((Func<int, bool>)set.Add, "[HashSet<int>] (Add)"),
            ["List.AddRange"] = (F(x => { list.AddRange([x]); return x; }), "[list] (AddRange)"),
            ["List.Remove"] = (F(x => list.Remove(x) ? 1 : 0), "[list] (Remove)"),
            ["List by index"] = (F(x => list[0] = x), "[list] (by index)"),
            ["List.Sort"] = (F(x => { list.Sort(); return x; }), "[list] (Sort)"),
            ["Dictionary by key"] = (F(x => dictionary[x] = x), "[dictionary] (by index)"),
            ["Dictionary count by key"] = (F(x => dictionary[x] = dictionary.GetValueOrDefault(x) + 1), "[dictionary] (by index)"),
            ["Dictionary by reference"] =
                (F(x => CollectionsMarshal.GetValueRefOrAddDefault(dictionary, x, out _)++), "[dictionary] (GetValueRefOrAddDefault)"),
            ["HashSet.Add"] = (F(x => set.Add(x) ? 1 : 0), "[set] (Add)"),
            ["Queue.Enqueue"] = (F(x => { queue.Enqueue(x); return x; }), "[queue] (Enqueue)"),
            ["Queue.Dequeue"] = (F(x => queue.TryDequeue(out var y) ? y : x), "[queue] (TryDequeue)"),
            ["Stack.Push"] = (F(x => { stack.Push(x); return x; }), "[stack] (Push)"),
            ["LinkedList.AddLast"] = (F(x => { linked.AddLast(x); return x; }), "[linked] (AddLast)"),
            ["SortedDictionary.Add"] = (F(x => { sorted.Add(x, x); return x; }), "[sorted] (Add)"),
            ["PriorityQueue.Enqueue"] = (F(x => { priorities.Enqueue(x, x); return x; }), "[priorities] (Enqueue)"),
            ["ConcurrentBag.Add"] = (F(x => { bag.Add(x); return x; }), "[bag] (Add)"),
            ["ConcurrentQueue.Enqueue"] = (F(x => { concurrent.Enqueue(x); return x; }), "[concurrent] (Enqueue)"),
            ["ConcurrentDictionary.GetOrAdd"] = (F(x => cache.GetOrAdd(x, y => y)), "[cache] (GetOrAdd)"),
            ["ConcurrentDictionary.AddOrUpdate"] = (F(x => cache.AddOrUpdate(x, 1, (_, c) => c + 1)), "[cache] (AddOrUpdate)"),
            ["ArrayList.Add"] = (F(x => oldList.Add(x)), "[oldList] (Add)"),
            ["BitArray.Set"] = (F(x => { bits.Set(x, true); return x; }), "[bits] (Set)"),
            ["immutable builder"] = (F(x => { immutable.Add(x); return x; }), "[immutable] (Add)"),
            ["ICollection.Add"] = (F(x => { collection.Add(x); return x; }), "[collection] (Add)"),
            ["IDictionary by key"] = (F(x => map[x] = x), "[map] (by index)"),
            ["array"] = (F(x => results[x] = x), "[results]"),
            ["array of objects"] = (F(x => { names[x] = "a"; return x; }), "[names]"),
            ["array, compound"] = (F(x => results[x % 3] += x), "[results]"),
            ["array, increment"] = (F(x => results[x]++), "[results]"),
            ["array, Interlocked"] = (F(x => Interlocked.Increment(ref results[x])), "[results]"),
            ["array, nested"] = (F(x => nested[0][x] = x), "[nested]"),
            ["matrix"] = (F(x => matrix[0, x] = x), "[matrix]"),
            ["matrix, increment"] = (F(x => matrix[0, x]++), "[matrix]"),
            ["Array.Copy"] = (F(x => { Array.Copy(new[] { x }, results, 1); return x; }), "[results] (Copy)"),
            ["Array.Copy to a place"] = (F(x => { Array.Copy(new[] { x }, 0, results, x, 1); return x; }), "[results] (Copy)"),
            ["Array.Resize"] = (F(x => { Array.Resize(ref results, x); return x; }), "[results] (Resize)"),
            ["Buffer.BlockCopy"] = (F(x => { Buffer.BlockCopy(new[] { x }, 0, results, 0, 4); return x; }), "[results] (BlockCopy)"),
            ["CopyTo"] = (F(x => { new[] { x }.CopyTo(results, x); return x; }), "[results] (CopyTo)"),
            ["CopyTo of a list"] = (F(x => { new List<int> { x }.CopyTo(results, x); return x; }), "[results] (CopyTo)"),
            ["CopyTo a span"] = (F(x => { new[] { x }.AsSpan().CopyTo(results.AsSpan(x)); return x; }), "[results] (CopyTo)"),
            ["span"] = (F(x => { var span = results.AsSpan(); span[x] = x; return x; }), "[results]"),
            ["span of a part"] = (F(x => results.AsSpan().Slice(1)[0]++), "[results]"),
            ["span that is filled"] = (F(x => { results.AsSpan(1, 2).Fill(x); return x; }), "[results] (Fill)"),
            ["memory"] = (F(x => results.AsMemory(2).Span[0] = x), "[results]"),
            ["span of a list"] = (F(x => CollectionsMarshal.AsSpan(list)[0] = x), "[list]"),
            ["Dictionary by key in a method"] = (F(x => { PutInto(dictionary, x); return x; }), "[dictionary] (by index)"),
            ["Array.Sort"] = (F(x => { Array.Sort(results); return x; }), "[results] (Sort)"),
            ["StringBuilder.Append"] = (F(x => builder.Append(x).Length), "[builder] (Append)"),
            ["StringBuilder.AppendLine"] = (F(x => builder.AppendLine("a").Append(x).Length), "[builder] (AppendLine)"),
            ["in a local variable"] = (F(x => { var same = list; same.Add(x); return x; }), "[list] (Add)"),
            ["in a method"] = (F(x => { AddTo(list, x); return x; }), "[list] (Add)"),
        };

        static void AddTo(List<int> target, int x) => target.Add(x);
        static void PutInto(Dictionary<int, int> target, int x) => target[x] = x;
    }

    private static Dictionary<string, (Delegate, string)> Objects()
    {
        var (box, counter, boxes, list) = (new Box(), new Counter(), new[] { new Box() }, new List<Box>());
        var (pair, uri) = (default(Pair), new UriBuilder());
        return new(StringComparer.Ordinal)
        {
            ["field"] = (F(x => box.Field = x), "[box.Field]"),
            ["field, compound"] = (F(x => box.Field += x), "[box.Field]"),
            ["property"] = (F(x => { box.Name = "a"; return x; }), "[box.Name]"),
            ["property with code"] = (F(x => box.Checked = x), "[box.Checked]"),
            ["property of the framework"] = (F(x => uri.Port = x), "[uri.Port]"),
            ["collection of an object"] = (F(x => { box.Items.Add(x); return x; }), "[box.Items] (Add)"),
            ["object of an object"] = (F(x => box.Inner!.Field = x), "[box.Inner.Field]"),
            ["object in an array"] = (F(x => boxes[0].Field = x), "[boxes.Field]"),
            ["object in a list"] = (F(x => list[0].Field++), "[list.Field]"),
            ["field of a structure"] = (F(x => pair.Left = x), "[pair.Left]"),
            ["event"] = (F(x => { counter.Counted += (_, _) => { }; return x; }), "[counter.Counted] (+=)"),
            ["counter"] = (F(x => { counter.Count(); return x; }), "[counter._count]"),
            ["method of an object"] = ((Func<int, int>)counter.Add, "[this._count]"),
            ["captured delegate"] = (F(Over(x => box.Field = x)), "[box.Field]"),
        };

        static Func<int, int> Over(Func<int, int> inner) => x => inner(x) + 1;
    }

    private static Dictionary<string, (Delegate, string)> Bodies()
    {
        var (n, list) = (0, new List<int>());
        return new(StringComparer.Ordinal)
        {
            ["lambda inside"] = (F(x => Enumerable.Range(0, x).Sum(y => y + n++)), "[n]"),
            ["lambda inside, over variables of both"] = (F(x =>
            {
                var own = 0;
                new[] { x }.ToList().ForEach(y => { own += y; n += y; });
                return own;
            }), "[n]"),
            ["lambda inside a lambda inside"] = (F(x =>
            {
                var own = x;
                return new[] { x }.Sum(y =>
                {
                    var deep = own + y;
                    new[] { y }.ToList().ForEach(z => list.Add(z + deep));
                    return deep;
                });
            }), "[list] (Add)"),
            ["local function inside"] = (F(x =>
            {
                Local();
                return x;
                void Local() => n += x;
            }), "[n]"),
            ["local function outside"] = ((Func<int, int>)Outside, "[n]"),
            ["iterator inside"] = (F(x =>
            {
                return Items().Sum();
                IEnumerable<int> Items()
                {
                    n++;
                    yield return x;
                    list.Add(x);
                }
            }), "[n], [list] (Add)"),
            ["async lambda"] = (A(async (x, _) => { await Task.Yield(); n++; return x; }), "[n]"),
            ["async lambda with locals"] = (A(async (x, _) =>
            {
                var own = new List<int>();
                await Task.Yield();
                own.Add(x);
                await Task.Yield();
                list.AddRange(own);
                return x;
            }), "[list] (AddRange)"),
            ["awaited value"] = (A(async (x, _) => n += await Task.FromResult(x)), "[n]"),
            ["lambda inside an async lambda"] = (A(async (x, _) =>
            {
                await Task.Yield();
                new[] { x }.ToList().ForEach(y => n += y);
                return x;
            }), "[n]"),
            ["in a loop, try and finally"] = (F(x =>
            {
                foreach (var y in new[] { x })
                {
                    try
                    {
                        list.Add(y / x);
                    }
                    catch (DivideByZeroException)
                    {
                        list.Clear();
                    }
                    finally
                    {
                        n++;
                    }
                }
                return x;
            }), "[n]"),
            ["in a generic method"] = (Generic(new List<int>()), "[target] (Add)"),
        };

        int Outside(int x) => n += x;

        static Func<int, int> Generic<T>(List<T> target)
            where T : struct => x =>
        {
            target.Add(default);
            return x;
        };
    }

    private static Dictionary<string, (Delegate, string)> Statics()
    {
        var captured = new List<int>();
        Program.Factor = 3;
        Program.Name = "a";
        Program.SetMode(4);
        Program.Plugins.Add("a");
        Program.Weights[0] = 2;
        Program.Default.Field = 3;
        Registry.Add(1);
        Service.Instance.Register("a", 1);
        Service.Named.SetName("a");
        Service.Extended.Include("a");
        Bus.Heard += (_, _) => { };
        return new(StringComparer.Ordinal)
        {
            ["static that is read"] = (F(x => x * Program.Factor), "[LostWriteTests.Program.Factor]"),
            ["static property that is read"] = (F(x => x + Program.Name.Length), "[LostWriteTests.Program.Name]"),
            ["static that a method reads"] = (F(x => x * Program.GetMode()), "[LostWriteTests.Program.s_mode]"),
            ["static that is counted"] = (F(x => Program.Counted++), "[LostWriteTests.Program.Counted]"),
            ["static that is counted by Interlocked"] =
                (F(x => Interlocked.Increment(ref Program.Counted)), "[LostWriteTests.Program.Counted]"),
            ["static that is assigned"] = (F(x => Program.Last = x), "[LostWriteTests.Program.Last]"),
            ["static that a method counts"] = (F(x => { Program.CountOne(); return x; }), "[LostWriteTests.Program.Counted]"),
            ["static list"] = (F(x => { Program.Results.Add(x); return x; }), "[LostWriteTests.Program.Results] (Add)"),
            ["static queue that a method fills"] = (F(x => { Program.Put(x); return x; }), "[LostWriteTests.Program.Queue] (Enqueue)"),
            ["static of a generic class"] = (F(x => x + Holder<string>.Value), "[LostWriteTests.Holder<string>.Value]"),
            ["read-only static that is filled"] = (F(x => x + Program.Plugins.Count), "[LostWriteTests.Program.Plugins]"),
            ["read-only static that a method fills"] = (F(x => Registry.Find(x)), "[LostWriteTests.Registry.s_known]"),
            ["read-only static array that is filled"] = (F(x => Program.Weights[0] * x), "[LostWriteTests.Program.Weights]"),
            ["read-only static whose property is set"] = (F(x => x * Program.Default.Field), "[LostWriteTests.Program.Default]"),
            ["static method"] = ((Func<int, int>)Program.Scale, "[LostWriteTests.Program.Factor]"),
            ["singleton that a method fills"] = (F(x => x + Service.Instance.Find("a")), "[LostWriteTests.Service.Instance]"),
            ["singleton that a method sets"] = (F(x => x + Service.Named.Name.Length), "[LostWriteTests.Service.Named]"),
            ["singleton that an extension fills"] = (F(x => x + Service.Extended.Find("a")), "[LostWriteTests.Service.Extended]"),
            ["singleton that the function fills"] =
                (F(x => { Service.Other.Register("a", x); return x; }), "[LostWriteTests.Service.Other._known] (by index)"),
            ["static event"] = (F(x => { Bus.Changed += (_, _) => { }; return x; }), "[LostWriteTests.Bus.Changed] (+=)"),
            ["static event that a method handles"] = (F(x => { Bus.Listen(); return x; }), "[LostWriteTests.Bus.Changed] (+=)"),
            ["static event that the program handles"] = (F(x => { Bus.Say(); return x; }), "[LostWriteTests.Bus.Heard]"),
            ["static by reference"] = (F(x => { Raise(ref Program.Counted); return x; }), "[LostWriteTests.Program.Counted]"),
            ["static out"] =
                (F(x => int.TryParse("5", CultureInfo.InvariantCulture, out Program.Last) ? x : 0), "[LostWriteTests.Program.Last]"),
            ["static array that is copied into"] =
                (F(x => { new[] { x }.CopyTo(Program.Table, 0); return x; }), "[LostWriteTests.Program.Table] (CopyTo)"),
            ["static argument"] = (F(x => { Append(Program.Results, x); return x; }), "[LostWriteTests.Program.Results] (Add)"),
            ["static of an extension method"] =
                (F(x => { Program.Results.Include(x); return x; }), "[LostWriteTests.Program.Results] (Add)"),
            ["list in a method of F#"] = (F(x => Functions.addTo(captured, x)), "[captured] (Add)"),
            ["static that a function of F# fills"] = (F(x => Functions.remember(x)), "[Functions.remembered] (Add)"),
            ["static in an expression"] =
                (F(x => new[] { x }.AsQueryable().Count(y => y > Program.Factor)), "[LostWriteTests.Program.Factor]"),
        };
    }

    private static void Raise(ref int value) => value++;

    private static void Append(List<int> list, int x) => list.Add(x);

    private static Func<int, int> F(Func<int, int> function) => function;

    private static Func<int, CancellationToken, ValueTask<int>> A(Func<int, CancellationToken, ValueTask<int>> function) => function;

    private static class Program
    {
        internal static int Factor = 1;
        internal static int Counted;
        internal static int Last;
        internal static readonly int[] Weights = [1];
        internal static readonly int[] Table = [1];
        internal static readonly Box Default = new();
        private static int s_mode;

        public static List<string> Plugins { get; } = [];

        public static string Name { get; set; } = "";

        public static List<int> Results { get; } = [];

        public static ConcurrentQueue<int> Queue { get; } = [];

        public static void SetMode(int mode)
        {
            s_mode = mode;
            Holder<string>.Value = mode;
        }

        public static int GetMode() => s_mode + 1;

        public static void CountOne() => Counted++;

        public static void Put(int x) => Queue.Enqueue(x);

        public static int Scale(int x) => x * Factor;
    }

    internal sealed class Service
    {
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);
        private string _name = "";

        public static Service Instance { get; } = new();

        public static Service Named { get; } = new();

        public static Service Extended { get; } = new();

        public static Service Other { get; } = new();

        public string Name => _name;

        public void Register(string name, int number) => _known[name] = number;

        public void SetName(string name) => _name = name;

        public int Find(string name) => _known.GetValueOrDefault(name);
    }

    private static class Bus
    {
        public static event EventHandler? Changed;

        public static event EventHandler? Heard;

        public static void Say() => Heard?.Invoke(null, EventArgs.Empty);

        public static void Listen() => Changed += (_, _) => GC.KeepAlive(Changed);
    }

    private static class Registry
    {
        private static readonly List<int> s_known = [];

        public static void Add(int number) => s_known.Add(number);

        public static int Find(int number) => s_known.IndexOf(number);
    }

    private static class Holder<T>
    {
        internal static int Value = typeof(T).Name.Length;
    }

    private sealed class Box
    {
        private int _checked;

        public int Field;

        public string Name { get; set; } = "";

        public List<int> Items { get; } = [];

        public Box? Inner { get; init; }

        public int Checked
        {
            get => _checked;
            set => _checked = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(value));
        }
    }

    private sealed class Counter
    {
        private int _count;

        public event EventHandler? Counted;

        public void Count()
        {
            _count++;
            Counted?.Invoke(this, EventArgs.Empty);
        }

        public int Add(int x) => _count += x;
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Pair
    {
        public int Left;
    }

    private sealed class Owner
    {
        private readonly List<int> _list = [];
        private int _n;
        private int _other;

        private int Total { get; set; }

        public static Dictionary<string, (Delegate, string)> OverThis() => new Owner().Table();

        private Dictionary<string, (Delegate, string)> Table()
        {
            var local = 0;
            return new(StringComparer.Ordinal)
            {
                ["field of this"] = (F(x => _n++), "[this._n]"),
                ["field of this, and a local"] = (F(x => { local++; return _other = x; }), "[local], [this._other]"),
                ["property of this"] = (F(x => Total += x), "[this.Total]"),
                ["list of this"] = (F(x => { _list.Add(x); return x; }), "[this._list] (Add)"),
                ["list of this, in a method of it"] = (F(x => { Keep(x); return x; }), "[this._list] (Add)"),
                ["method of this"] = ((Func<int, int>)Raise, "[this._n]"),
                ["this in an async lambda"] = (A(async (x, _) => { await Task.Yield(); return _n += x; }), "[this._n]"),
            };
        }

        private void Keep(int x) => _list.Add(x);

        private int Raise(int x) => _n += x;
    }
}

/// <summary>Methods that change their first argument.</summary>
internal static class LostWriteExtensions
{
    public static void Include(this LostWriteTests.Service service, string name) => service.Register(name, 1);

    public static void Include(this List<int> list, int x) => list.Add(x);
}
