using System.Linq.Expressions;

namespace ActorPool.Tests.Shipping;

/// <summary>Expression trees that mention captured variables find them on a node.</summary>
/// <remarks>They mention the variables instead of reading them.</remarks>
public sealed class ExpressionCaptureTests
{
    private static readonly int[] s_numbers = [1, 5, 9];

    [Fact]
    public async Task Captured_locals_of_each_kind_arrive()
    {
        var (threshold, text, limits, maybe) = (3, "abcd", new[] { 4, 8 }, (int?)2);
        Func<int, bool> isOdd = y => y % 2 != 0;
        await AssertSame(x => s_numbers.AsQueryable().Count(y => y > threshold));
        await AssertSame(x => s_numbers.AsQueryable().Where(y => y > text.Length && y > maybe).Sum(y => y + limits[1]));
        await AssertSame(x => s_numbers.AsQueryable().Count(y => isOdd(y) && y < x));
        await AssertSame(x => Run(() => threshold + x));
    }

    [Fact]
    public async Task Variables_of_outer_and_inner_scopes_arrive()
    {
        var outer = 3;
        foreach (var middle in new[] { 1, 5 })
        {
            var own = middle + outer;
            await AssertSame(x =>
            {
                var inner = x + own;
                return s_numbers.AsQueryable().Count(y => y + inner > outer + middle) + Nested();
                int Nested() => s_numbers.AsQueryable().Sum(y => y * own + inner);
            });
        }
    }

    [Fact]
    public async Task Lambdas_inside_expressions_find_their_variables()
    {
        var (few, more) = (new[] { 2, 6 }, 1);
        await AssertSame(x => s_numbers.AsQueryable().Count(y => few.Any(z => z > y + more)));
        await AssertSame(x => s_numbers.AsQueryable().SelectMany(y => few.Where(z => z > y).Select(z => z * more + y)).Sum());
        Func<int, Expression<Func<int, bool>>> over = limit => y => y > limit + more;
        await AssertSame(x => s_numbers.AsQueryable().Count(over(x)));
    }

    [Fact]
    public async Task Variables_of_generic_methods_and_classes_arrive()
    {
        await AssertSame(Over(["a", "bbb"], "bb"));
        await AssertSame(new Box<string>("abc").Longer());
        await AssertSame(Box<int>.Same(5));

        static Func<int, int> Over<T>(T[] values, T than)
            where T : IComparable<T> => x => x + values.AsQueryable().Count(v => v.CompareTo(than) > 0);
    }

    [Fact]
    public async Task Fields_properties_and_methods_of_this_arrive()
    {
        await AssertSame(new Owner(3).OverField());
        await AssertSame(new Owner(3).OverFieldAndLocal(1));
        await AssertSame(new Owner(3).OverProperty());
        await AssertSame(new Owner(3).OverMethod(2));
        await AssertSame(new Owner(3).InALocalFunction(2));
    }

    [Fact]
    public async Task An_awaited_function_and_an_iterator_find_their_variables()
    {
        var threshold = 3;
        Func<int, CancellationToken, ValueTask<int>> awaited = async (x, _) =>
        {
            var own = x;
            await Task.Yield();
            return s_numbers.AsQueryable().Count(y => y > threshold + own);
        };
        Assert.Equal(await awaited(2, default), await (await ShippedProgram.ShipAsync(ShippedProgram.Node(), awaited))(2, default));
        await AssertSame(x => Items().Sum());

        IEnumerable<int> Items()
        {
            yield return s_numbers.AsQueryable().Count(y => y > threshold);
        }
    }

    [Fact]
    public async Task Variables_that_only_other_functions_mention_are_not_sent()
    {
        var (client, threshold, written) = (new HttpClient(), 3, 0);
        Expression<Func<int>> other = () => client.GetHashCode();
        Func<int, int> function = x =>
        {
            written = x;
            return s_numbers.AsQueryable().Count(y => y > threshold);
        };
        await AssertSame(function);
        Assert.NotNull(other);
        Assert.Equal(5, written);
    }

    [Fact]
    public void A_mentioned_variable_that_cannot_travel_is_refused_by_name()
    {
        var client = new HttpClient();
        Func<int, int> function = x => s_numbers.AsQueryable().Count(y => y > client.Timeout.Seconds);
        Assert.Equal("client", Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function)).Captured);
        function = new Service().OverFieldAndLocal(1);
        Assert.Equal("this", Assert.Throws<FunctionNotShippableException>(() => ShippedProgram.Describe(function)).Captured);
    }

    private static int Run(Expression<Func<int>> expression) => expression.Compile()();

    private static async Task AssertSame(Func<int, int> function) =>
        Assert.Equal(function(5), (await ShippedProgram.ShipAsync(ShippedProgram.Node(), function))(5));

    private sealed class Owner(int threshold)
    {
        private readonly int _threshold = threshold;
        private readonly int[] _more = [2, 4];

        private int Threshold => _threshold + _more[0];

        public Func<int, int> OverField() => x => s_numbers.AsQueryable().Count(y => y > _threshold);

        public Func<int, int> OverFieldAndLocal(int more) => x => s_numbers.AsQueryable().Count(y => y > _threshold + more);

        public Func<int, int> OverProperty() => x => s_numbers.AsQueryable().Count(y => y > Threshold);

        public Func<int, int> OverMethod(int more) => x => s_numbers.AsQueryable().Count(y => IsAbove(y, more));

        public Func<int, int> InALocalFunction(int more)
        {
            return x => Local(x);
            int Local(int x) => s_numbers.AsQueryable().Count(y => _more.Any(z => z + more > y + Threshold));
        }

        private bool IsAbove(int y, int more) => y > _threshold * more;
    }

    private sealed class Service
    {
        private readonly HttpClient _client = new();
        private readonly int _threshold = 3;

        public Func<int, int> OverFieldAndLocal(int more) => x => s_numbers.AsQueryable().Count(y => y > _threshold + more);

        public override string ToString() => $"{_client}";
    }

    private sealed class Box<T>(T value)
    {
        private readonly T _value = value;

        public Func<int, int> Longer() => x => Run(() => _value!.ToString()!.Length + x);

        public static Func<int, int> Same(T value) => x => x + new[] { value }.AsQueryable().Count(y => y!.Equals(value));
    }
}
