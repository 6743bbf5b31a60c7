using System.Linq.Expressions;
using ActorPool;
using ShippedLib;

namespace Shipped;

/// <summary>Has one function of each kind; the tests call all of them with 5.</summary>
public static class Program
{
    private static int s_calls;

    /// <summary>Creates functions that run anywhere, by the name of their kind.</summary>
    public static Dictionary<string, Func<int, int>> Functions()
    {
        var factor = 7;
        var outer = 100;
        string text = "four";
        int[] table = [1, 2, 4, 8, 16, 32];
        var library = new Factor(11);
        Func<int, int> add = x => x + outer;
        Func<int, int> fib = null!;
        fib = n => n < 2 ? n : fib(n - 1) + fib(n - 2);
        int? maybe = 3;
        object boxed = 21;
        var functions = new Dictionary<string, Func<int, int>>(StringComparer.Ordinal)
        {
            ["static method"] = Square,
            ["lambda"] = x => x + 1,
            ["static lambda"] = static x => x - 1,
            ["lambda with a capture"] = x => x * factor,
            ["lambda with many captures"] = x => x * factor + outer + text.Length + table[x] + maybe.GetValueOrDefault(),
            ["dependency"] = x => Scale.Triple(x),
            ["dependency's method"] = Scale.Triple,
            ["captured type of a dependency"] = x => x * library.Value,
            ["captured delegate"] = x => add(x) * 2,
            ["lambda that calls itself"] = x => fib(x),
            ["generic method"] = Generic<int>,
            ["generic lambda"] = GenericLambda("abc"),
            ["generic class"] = Box<string>.Length(["a", "b"]),
            ["framework's method"] = Math.Abs,
            ["framework's generic method"] = Enumerable.Empty<int>().Append(3).Select(x => x).ToArray().ElementAtOrZero,
            ["statics of its own"] = x => ++s_calls * 1000 + x,
            ["linq inside"] = x => Enumerable.Range(0, x).Where(y => y < factor).Select(y => y * outer).Sum(),
            ["captured object"] = x => x + (int)boxed,
            ["iterator inside"] = x => Count(x, factor).Sum(),
            ["engine's types"] = x => WorkContext.Current is null ? x : -x,
            ["instance method"] = new Account(40, "me").Add,
            ["lambda over this"] = new Account(50, "me").Adder(),
            ["lambda over this and a local"] = new Account(60, "me").Adder(5),
            ["method of a struct"] = new Offset(9).Add,
        };
        int Local(int x) => x + factor;
        functions["local function"] = Local;
        static int StaticLocal(int x) => x ^ 3;
        functions["static local function"] = StaticLocal;
        foreach (var i in table.Take(2))
        {
            var inner = i * 10;
            functions[$"nested scopes {i}"] = x => x + inner + outer;
        }
        return functions;
    }

    /// <summary>Creates functions that capture values which hold functions.</summary>
    public static Dictionary<string, Func<int, int>> InValues() => FunctionsInValues.All();

    /// <summary>Creates asynchronous functions, by the name of their kind.</summary>
    public static Dictionary<string, Func<int, CancellationToken, ValueTask<int>>> Awaited()
    {
        var factor = 3;
        return new(StringComparer.Ordinal)
        {
            ["async lambda"] = async (x, token) =>
            {
                await Task.Yield();
                return x * factor;
            },
            ["async method"] = TwiceAsync,
            ["async lambda with lambdas"] = async (x, token) =>
            {
                Func<int, int> later = y => y + factor;
                await Task.Yield();
                return later(x);
            },
            ["async over this"] = new Account(70, "me").AdderAsync(),
        };
    }

    /// <summary>Functions that return a task and take no token, by kind.</summary>
    public static Dictionary<string, Func<int, Task<int>>> Tasks()
    {
        var factor = 3;
        Func<int, Task<int>> later = async x => { await Task.Yield(); return x + factor; };
        return new(StringComparer.Ordinal)
        {
            ["async lambda"] = async x => { await Task.Yield(); return x * factor; },
            ["async lambda without captures"] = async x => { await Task.Yield(); return x + 1; },
            ["lambda that returns a task"] = x => Task.FromResult(x * factor),
            ["async method"] = ThriceAsync,
            ["captured function"] = async x => await later(x) * 2,
        };
    }

    /// <summary>Functions that return a value task and take no token, by kind.</summary>
    public static Dictionary<string, Func<int, ValueTask<int>>> ValueTasks()
    {
        var factor = 3;
        return new(StringComparer.Ordinal)
        {
            ["async lambda"] = async x => { await Task.Yield(); return x * factor; },
            ["lambda that returns a value task"] = x => new ValueTask<int>(x * factor),
            ["lambda over a method"] = x => TwiceAsync(x, default),
        };
    }

    /// <summary>Creates a function in a scope with a variable that cannot travel.</summary>
    /// <remarks>Another function of the scope captures that variable.</remarks>
    public static Func<int, int> BesideAClient()
    {
        var client = new HttpClient();
        var factor = 2;
        Func<int> other = () => client.GetHashCode();
        Func<int, int> nested = x =>
        {
            var inner = factor + 1;
            Func<int, int> deep = y => y * inner * factor;
            return deep(x);
        };
        GC.KeepAlive(other);
        return nested;
    }

    /// <summary>Creates a function that calls the given one.</summary>
    public static Func<int, int> Over(Func<int, int> inner) => x => inner(x);

    public static Func<int, int> OverAClient()
    {
        var client = new HttpClient();
        return x => x + client.Timeout.Seconds;
    }

    public static Func<int, int> OverAClientInside()
    {
        var client = new HttpClient();
        return x =>
        {
            int Deep(int y) => new[] { y }.Select(z => z + client.Timeout.Seconds).Sum();
            return Deep(x);
        };
    }

    public static Func<int, int> OverAToken(CancellationToken token) => x => token.IsCancellationRequested ? 0 : x;

    public static Func<int, int> OverAService() => new Service().Counter();

    public static Func<int, int> OverAServiceWhole() => new Service().Whole();

    public static Func<int, int> OverAHolder()
    {
        var holder = new Holder();
        return x => x + holder.GetHashCode();
    }

    public static Func<int, int> OverADelegateOverAClient()
    {
        var client = new HttpClient();
        Func<int, int> inner = x => x + client.Timeout.Seconds;
        return x => inner(x);
    }

    public static Func<int, int> OverASequence()
    {
        var sequence = Count(3, 10);
        return x => x + sequence.Sum();
    }

    public static Func<int, int> OverAStream()
    {
        Stream stream = new MemoryStream([1, 2, 3]);
        return x => x + stream.ReadByte();
    }

    /// <summary>Creates a function that finds another assembly by its name.</summary>
    public static Func<int, int> OfAnAssemblyByName() =>
        x => (int)Type.GetType("ShippedOrders.Pricing, System.Orders", throwOnError: true)!.GetMethod("GetPrice")!.Invoke(null, [x])!;

    /// <summary>Creates a function that finds a type by a name of the test.</summary>
    public static Func<string, string?> FindType() => name => Type.GetType(name)?.FullName;

    /// <summary>Creates a function that loads a native library by a name of the test.</summary>
    public static Func<string, bool> LoadLibrary() =>
        name => System.Runtime.InteropServices.NativeLibrary.TryLoad(name, typeof(Program).Assembly, searchPath: null, out _);

    public static Func<int, int> Compiled()
    {
        var x = Expression.Parameter(typeof(int));
        return Expression.Lambda<Func<int, int>>(Expression.Add(x, x), x).Compile();
    }

    public static Func<int, int> Several()
    {
        Func<int, int> both = x => x;
        return both + Square;
    }

    /// <summary>Creates a function whose argument is a type of the program.</summary>
    public static Func<Account, int> OfOwnType() => account => account.Balance;

    public static Type AccountType => typeof(Account);

    private static int Square(int x) => x * x;

    private static int Generic<T>(T x) => x!.GetHashCode() + typeof(T).Name.Length;

    private static Func<int, int> GenericLambda<T>(T value) => x => x + value!.ToString()!.Length;

    private static int ElementAtOrZero(this int[] values, int index) => index < values.Length ? values[index] : 0;

    private static IEnumerable<int> Count(int from, int to)
    {
        for (var i = from; i < to; i++)
            yield return i;
    }

    private static async Task<int> ThriceAsync(int x)
    {
        await Task.Yield();
        return 3 * x;
    }

    private static async ValueTask<int> TwiceAsync(int x, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return 2 * x;
    }

    /// <summary>A generic class with a lambda.</summary>
    private static class Box<T>
    {
        public static Func<int, int> Length(T[] values) => x => x + values.Length;
    }

    /// <summary>A struct with a method.</summary>
    private readonly struct Offset(int value)
    {
        public int Add(int x) => x + value;
    }
}

/// <summary>Has a field that cannot travel.</summary>
public sealed class Holder
{
    private readonly HttpClient _http = new();

    public override int GetHashCode() => _http.GetHashCode();
}
