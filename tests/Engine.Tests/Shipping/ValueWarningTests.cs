using ActorPool.Serialization;

namespace ActorPool.Tests.Shipping;

/// <summary>Methods of values that read statics which the program sets.</summary>
public sealed class ValueWarningTests
{
    private interface IPricing
    {
        decimal Price(decimal net);
    }

    [Fact]
    public async Task A_comparer_that_reads_a_static_is_told()
    {
        var names = new HashSet<string>(new ByMode()) { "a" };
        var check = await WorkerPool.CheckAsync(text => names.Contains(text), "A");
        var warning = Assert.Single(check.Warnings);
        Assert.Contains("ByMode.Equals", warning, StringComparison.Ordinal);
        Assert.Contains("Modes.IgnoresCase], which this program sets", warning, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_equality_and_a_strategy_of_inputs_are_told()
    {
        var check = await WorkerPool.CheckAsync(item => item.Pricing.Price(1), new Item(new Taxed()));
        Assert.Contains(check.Warnings, one => one.Contains("Item.Equals", StringComparison.Ordinal)
            && one.Contains("Modes.Tolerance]", StringComparison.Ordinal));
        Assert.Contains(check.Warnings, one => one.Contains("Taxed.Price", StringComparison.Ordinal)
            && one.Contains("Modes.Tax]", StringComparison.Ordinal));
        Assert.Equal(2, check.Warnings.Count);
    }

    [Fact]
    public async Task What_the_initializer_sets_or_nobody_reads_by_another_name_is_not_told()
    {
        var options = new FunctionCheckOptions { Pool = new WorkerPoolOptions { Initializer = static () => Modes.Set() } };
        Assert.Empty((await WorkerPool.CheckAsync(item => item.Pricing.Price(1), new Item(new Taxed()), options)).Warnings);
        Assert.Empty((await WorkerPool.CheckAsync(one => one.Length, new Plain("a"))).Warnings);
    }

    [Fact]
    public async Task A_text_that_a_static_decides_is_told()
    {
        var check = await WorkerPool.CheckAsync(one => $"{one}", new Shown("a"));
        Assert.Contains("Shown.ToString", Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_serializer_tells_of_each_type_once()
    {
        var told = new List<Type>();
        var serializer = new PayloadSerializer(new PayloadLimits(), ActorPool.Shipping.ModuleCatalog.Shared) { OnFirstSent = told.Add };
        for (var i = 0; i < 2; i++)
        {
            using var writer = new PayloadWriter();
            serializer.WriteValue(writer, typeof(Item), new Item(new Taxed()));
        }
        Assert.Equal([typeof(Item), typeof(Taxed)], told);
    }

    private static class Modes
    {
        public static bool IgnoresCase { get; set; }

        public static double Tolerance { get; set; } = 0.1;

        public static decimal Tax { get; set; }

        public static string Shown { get; set; } = "";

        public static void Set() => (IgnoresCase, Tolerance, Tax, Shown) = (true, 0.2, 0.19m, "x");
    }

    private sealed class ByMode : IEqualityComparer<string>
    {
        public bool Equals(string? x, string? y) =>
            string.Equals(x, y, Modes.IgnoresCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);

        public int GetHashCode(string text) => text.Length;
    }

    private sealed class Taxed : IPricing
    {
        public decimal Price(decimal net) => net * (1 + Modes.Tax);
    }

    private sealed class Item(IPricing pricing)
    {
        public IPricing Pricing { get; } = pricing;

        public double Weight { get; init; }

        public override bool Equals(object? other) => other is Item item && Math.Abs(item.Weight - Weight) < Modes.Tolerance;

        public override int GetHashCode() => 0;
    }

    private sealed class Shown(string text)
    {
        public override string ToString() => text + Modes.Shown;
    }

    private sealed class Plain(string text) : IDisposable
    {
        public int Length => text.Length;

        public int Unused() => text.Length + Modes.Shown.Length;

        public void Dispose() => Modes.Shown.CopyTo(0, new char[1], 0, 0);
    }
}
