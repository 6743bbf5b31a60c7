using ShippedLib;

namespace Shipped;

/// <summary>Has functions that capture values which hold functions.</summary>
internal static class FunctionsInValues
{
    private static readonly Func<int, int> s_identity = x => x;

    private delegate int Operation(int left, int right);

    /// <summary>Creates the functions, by what holds the inner functions.</summary>
    public static Dictionary<string, Func<int, int>> All()
    {
        var functions = new Dictionary<string, Func<int, int>>(StringComparer.Ordinal);
        AddHolders(functions);
        AddOwners(functions);
        AddComparers(functions);
        AddShared(functions);
        return functions;
    }

    private static void AddHolders(Dictionary<string, Func<int, int>> functions)
    {
        var factor = 7;
        var operations = new Dictionary<string, Operation>(StringComparer.Ordinal)
        {
            ["+"] = (a, b) => a + b,
            ["*"] = (a, b) => a * b * factor,
        };
        functions["dictionary"] = x => operations["+"](x, 1) + operations["*"](x, 2);
        var rules = new List<Rule> { new("odd", x => x % 2 == 1), new("factor", x => x < factor), new("none", null) };
        functions["list of records"] = x => rules.Count(rule => rule.Test?.Invoke(x) ?? true);
        Func<int, int>[] steps = [x => x + factor, Scale.Triple, Math.Abs];
        functions["array"] = x => steps.Aggregate(x, (value, step) => step(value));
        object boxed = (Func<int, int>)(x => x * factor);
        functions["object"] = x => ((Func<int, int>)boxed)(x);
        Delegate any = (Func<int, int>)(x => x - factor);
        functions["delegate of any type"] = x => ((Func<int, int>)any)(x);
        var pair = (Before: (Func<int, int>)(x => x + 1), After: (Func<int, string>)(x => $"{x}{factor}"));
        functions["tuple"] = x => pair.After(pair.Before(x)).Length;
        Func<int, int> several = x => x + 1;
        several += x => x * factor;
        functions["delegate of several methods"] = x => several.GetInvocationList().Sum(one => ((Func<int, int>)one)(x));
    }

    private static void AddOwners(Dictionary<string, Func<int, int>> functions)
    {
        var limited = new Limited(4);
        functions["object of its method"] = x => limited.Allows(x) ? 1 : limited.Same() ? 2 : 3;
        functions["captured object and its own functions"] = new Stepper(5).Run();
        functions["object behind this and in a variable"] = new Stepper(6).RunTwice();
        var source = new Source();
        var heard = new Heard();
        source.Changed += heard.Add;
        source.Changed += heard.Add;
        functions["event"] = x => source.Raise(x) + heard.Sum;
        Func<int, bool>[] first = [limited.Allows];
        functions["before the object of its method"] = x => first[0](x) == limited.Allows(x) && first[0].Target == limited ? 1 : 2;
        Func<int, int>[] methods = [new Scaled(3).Times, "four".LengthPlus];
        functions["methods of objects"] = x => methods[0](x) * 100 + methods[1](x);
    }

    private static void AddComparers(Dictionary<string, Func<int, int>> functions)
    {
        string[] order = ["c", "a", "b"];
        var sorted = new SortedSet<string>(
            Comparer<string>.Create((a, b) => Array.IndexOf(order, a) - Array.IndexOf(order, b))) { "a", "b", "c" };
        functions["comparer of a sorted set"] = x => sorted.First()[0] + (sorted.Contains("a") ? 1 : 0);
        SortedSet<string>? later = null;
        Func<int, string> first = x => later!.First();
        string[] orderOfLater = ["b", "c", "a"];
        later = new SortedSet<string>(
            Comparer<string>.Create((a, b) => Array.IndexOf(orderOfLater, a) - Array.IndexOf(orderOfLater, b))) { "a", "b", "c" };
        functions["comparer over a later variable"] = x => first(x)[0] + orderOfLater.Length;
        var modulus = 10;
        var alike = new HashSet<int>(EqualityComparer<int>.Create((a, b) => a % modulus == b % modulus, a => a % modulus)) { 1, 15 };
        functions["comparer of a hash set"] = x => alike.Contains(x) && alike.Contains(x + 100) && !alike.Contains(x + 1) ? 1 : 2;
        var comparer = Comparer<int>.Create((a, b) => (a % modulus).CompareTo(b % modulus));
        functions["comparer"] = x => comparer.Compare(x, 12);
    }

    private static void AddShared(Dictionary<string, Func<int, int>> functions)
    {
        var count = 0;
        var counter = new Counter(() => ++count, () => count);
        functions["two functions over one variable"] = x => counter.Next() + counter.Next() + counter.Current();
        Func<int, int> one = x => x + count;
        Func<int, int>[] twice = [one, one];
        functions["one function twice"] = x => ReferenceEquals(twice[0], twice[1]) ? 1 : 2;
        var known = new List<Func<int, int>> { s_identity };
        functions["lambda of a static field"] = x => known.Contains(s_identity) ? 1 : 2;
        Func<int, int>? factorial = null;
        factorial = n => n < 2 ? 1 : n * factorial!(n - 1);
        var recursive = new List<Func<int, int>> { factorial };
        functions["function that calls itself"] = x => recursive[0](x);
        var node = new Linked { Value = 1 };
        node.Step = x => x + node.Value;
        node.Next = new Linked { Value = 10, Step = x => x * node.Value, Next = node };
        functions["cycle"] = x => node.Next!.Next!.Step!(node.Next.Step!(x)) + (node.Next.Next == node ? 0 : 1000);
        var outer = 100;
        var nested = new List<Func<int, int>>();
        for (var i = 0; i < 3; i++)
        {
            var inner = i;
            Func<int, int>[] deeper = [x => x + inner + outer];
            nested.Add(x => deeper[0](x) * inner);
        }
        functions["nested scopes"] = x => nested.Sum(function => function(x));
    }

    private static int LengthPlus(this string text, int value) => text.Length + value;

    private sealed record Rule(string Name, Func<int, bool>? Test);

    private sealed record Counter(Func<int> Next, Func<int> Current);

    private sealed class Limited(int limit)
    {
        private Func<int, bool>? _test;

        public bool Allows(int x) => (_test ??= y => y < limit)(x);

        public bool Same() => ReferenceEquals(_test?.Target, this);
    }

    private sealed class Stepper
    {
        private readonly List<Action> _steps = [];
        private readonly int _start;
        private int _count;

        public Stepper(int start)
        {
            _start = start;
            _steps.Add(() => _count++);
            _steps.Add(Step);
        }

        // Each lambda reads single fields of its object; the steps change the same object.
        public Func<int, int> Run() => x =>
        {
            foreach (var step in _steps)
                step();
            return _count * 100 + x;
        };

        public Func<int, int> RunTwice()
        {
            var self = this;
            Action[] others = [() => _count += 10, self.Step];
            return x =>
            {
                foreach (var step in others)
                    step();
                self.Step();
                return _count * 100 + (ReferenceEquals(self._steps, _steps) ? x : -x);
            };
        }

        private void Step() => _count += _start;
    }

    private sealed class Source
    {
        public event EventHandler<ChangedEventArgs>? Changed;

        public int Raise(int x)
        {
            Changed?.Invoke(this, new ChangedEventArgs(x));
            return Changed!.GetInvocationList().Length;
        }
    }

    private sealed class ChangedEventArgs(int value) : EventArgs
    {
        public int Value => value;
    }

    private sealed class Heard
    {
        public int Sum { get; private set; }

        public void Add(object? sender, ChangedEventArgs change) => Sum += sender is Source ? change.Value : 1000;
    }

    private readonly struct Scaled(int factor)
    {
        public int Times(int x) => x * factor;
    }

    private sealed class Linked
    {
        public int Value { get; init; }

        public Func<int, int>? Step { get; set; }

        public Linked? Next { get; set; }
    }
}
