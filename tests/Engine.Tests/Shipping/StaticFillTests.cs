using ActorPool.Shipping;

#pragma warning disable RS0030 // a program may wait for a task; none of these functions runs

namespace ActorPool.Tests.Shipping;

/// <summary>Statics whose object the program changes by a getter, a helper or a function.</summary>
public sealed partial class StaticFillTests
{
    private static readonly Dictionary<string, Func<int, int>> s_found = new(StringComparer.Ordinal)
    {
        // Made at the first use.
        ["??="] = x => Lazily.Coalesced.Level,
        ["??= in a method"] = x => Lazily.GetMade().Level,
        ["if null"] = x => Lazily.Tested.Level,
        ["if null, by a local"] = x => Lazily.ByLocal.Level,
        ["double-checked lock"] = x => Lazily.Checked.Level,
        ["volatile"] = x => Lazily.Shared.Level,
        ["Lazy<T>"] = x => Lazily.Deferred.Level,
        ["Lazy<T> itself"] = x => Lazily.Open.Value.Level,
        ["LazyInitializer"] = x => Lazily.Ensured.Level,
        ["CompareExchange"] = x => Lazily.Exchanged.Level,
        ["generic base class"] = x => Derived.Instance.Level,
        ["getter of a getter"] = x => Lazily.Forwarded.Level,
        ["nested holder"] = x => Lazily.Nested.Level,
        ["of an interface"] = x => Lazily.Abstract.Level,
        ["by an interface"] = x => Provider.Single.Level,
        ["multiton"] = x => Multiton.For("a").Level,
        ["multiton, concurrent"] = x => Multiton.Concurrently("a").Level,
        ["multiton in a list"] = x => Multiton.Find("a").Level,
        ["asynchronous"] = x => Lazily.LoadAsync().Result.Level,
        ["method that adds"] = x => Registry.Default.Count,
        ["list of a returned object"] = x => Lazily.GetOptions().Names.Count,
        ["local of a getter"] = x => Lazily.Aliased.Level,
        ["fluent"] = x => Lazily.Fluent.Level,
        ["set at first use elsewhere"] = x => Lazily.Elsewhere,
        ["guarded by a flag"] = x => Lazily.GetGuarded().Level,
        ["service locator"] = x => Locator.Get<Options>().Level,
        ["set at first use by the program"] = x => Config.Missing.Name.Length,
        ["replaced, and made at first use"] = x => Lazily.Replaced.Level,

        // Set by a helper.
        ["ref"] = x => Config.ByReference,
        ["ref of a field"] = x => Config.OfField.Level,
        ["ref of an element"] = x => Config.Numbers[0],
        ["ref return"] = x => Config.Returned,
        ["helper"] = x => Config.Helped.Level,
        ["helper of a helper"] = x => Config.Deep.Level,
        ["helper of a property"] = x => Config.Property.Level,
        ["extension"] = x => Config.Extended.Level,
        ["generic helper"] = x => Config.Generic.Level,
        ["instance method"] = x => Config.Own.Level,
        ["instance method of another"] = x => Config.Visited.Level,
        ["virtual method"] = x => Config.Strategic.Level,
        ["interface's method"] = x => Config.Implemented.Level,
        ["interface's property"] = x => Config.BySetter.Level,
        ["base class's method"] = x => Config.Based.Level,
        ["asynchronous helper"] = x => Config.Awaited.Level,
        ["across an await"] = x => Config.Across.Level,
        ["lambda that is called"] = x => Config.Called.Level,
        ["lambda over a variable"] = x => Config.Closed.Level,
        ["local function"] = x => Config.Local.Level,
        ["configure by a function"] = x => Config.Configured.Level,
        ["configure by a function, twice"] = x => Config.Twice.Level,
        ["configure by a method group"] = x => Config.Grouped.Level,
        ["apply"] = x => Config.Applied.Level,
        ["ForEach"] = x => Config.Each[0].Level,
        ["Array.ForEach"] = x => Config.EachOfArray[0].Level,
        ["foreach over a list"] = x => Config.Looped[0].Level,
        ["First"] = x => Config.Queried.First().Level,
        ["look-up out"] = x => Config.Named["a"].Level,
        ["values of a dictionary"] = x => Config.Valued["a"].Level,
        ["builder"] = x => Config.Built.Level,
        ["holder"] = x => Config.Held.Level,
        ["collection by a helper"] = x => Config.Names.Count,
        ["collection that is cleared and filled"] = x => Config.Refilled.Count,
        ["collection that a helper clears and fills"] = x => Config.Reloaded.Count,
        ["set by a helper"] = x => Config.Set.Count,
        ["dictionary by a helper that tries"] = x => Config.Tried.Count,
        ["array by a helper"] = x => Config.Table[0],
        ["span of an array"] = x => Config.Spanned[0],
        ["sorted by a helper"] = x => Config.Sorted[0],
        ["structure by a helper"] = x => Config.Point.Left,
        ["nested object"] = x => Config.Outer.Inner.Level,
        ["conditional"] = x => Config.Chosen.Level,
        ["constant by a switch"] = x => Config.Off.Level,

        // Held by a structure, an object of .NET's or a function.
        ["list in a tuple"] = x => Holding.Pair.Names.Count,
        ["list in a structure"] = x => Holding.Wrapped.Names.Count,
        ["list by a structure's method"] = x => Holding.Own.Names.Count,
        ["array in a pair"] = x => Holding.Entry.Value[0],
        ["memory"] = x => Holding.View.Span[0],
        ["segment"] = x => Holding.Part[0],
        ["inline array"] = x => Holding.Inline[1],
        ["reference to an entry"] = x => Holding.Levels.Count,
        ["GetOrAdd to register"] = x => Holding.Registered.Count,
        ["JSON"] = x => Holding.Json.Count,
        ["XML"] = x => Holding.Xml.Attributes().Count(),
        ["headers of a client"] = x => Holding.Client.DefaultRequestHeaders.Count(),
        ["signal"] = x => Holding.Stop.IsCancellationRequested ? 1 : 0,
        ["pointer"] = x => Holding.Pinned[0],
        ["by a function in a static"] = x => Holding.IsAbove(x) ? 1 : 0,
        ["by an expression in a static"] = x => Holding.Above.Compile()(x) ? 1 : 0,
    };

    private static readonly Dictionary<string, Func<int, int>> s_silent = new(StringComparer.Ordinal)
    {
        ["made at the first use, and only read"] = x => Quiet.Read.Level,
        ["Lazy<T>, and only read"] = x => Quiet.Deferred.Value.Level,
        ["made by an asynchronous method"] = x => Quiet.LoadAsync().Result.Level,
        ["guarded by a flag, and only read"] = x => Quiet.GetGuarded().Level,
        ["another form of a generic class"] = x => Other.Instance.Level,
        ["cache that is made at the first use"] = x => Quiet.Compute(x),
        ["cache of a singleton"] = x => Quiet.Cached.Compute(x),
        ["concurrent cache"] = x => Quiet.Concurrent.GetOrAdd(x, y => y + 1),
        ["memo in a method of the program, too"] = x => Quiet.Remember(x),
        ["pure helper"] = x => Quiet.Measured.Level,
        ["pure asynchronous helper"] = x => Quiet.Awaited.Level,
        ["helper that sets a copy"] = x => Quiet.Copied.Level,
        ["helper that sets a structure's copy"] = x => Quiet.Point.Left,
        ["copy of a list"] = x => Quiet.List.Count,
        ["record with"] = x => Quiet.Original.Level,
        ["object that is made of it"] = x => Quiet.Source.Level,
        ["text that is read of it"] = x => Quiet.Text.Length,
        ["function over another object"] = x => Quiet.Untouched.Level,
        ["field that the function does not read"] = x => Quiet.Service.Find("a"),
        ["what both use for a while"] = x => Quiet.Service.Measure("ab"),
        ["buffer of a helper"] = x => Quiet.Sum(Quiet.Buffer, x),
        ["emptied, and made again"] = x => Quiet.Emptied.Level,
        ["sorted by a query"] = x => Quiet.Unsorted[0],
        ["selected"] = x => Quiet.Unsorted.Length,
        ["reference to an entry of a cache"] = x => Kept.Remember("a"),
        ["GetOrAdd of a cache"] = x => Kept.Registered.GetOrAdd("b", 5),
        ["list in a tuple, and only read"] = x => Kept.Pair.Names.Count,
        ["structure of which a copy is set"] = x => Kept.Own.Names.Count + Kept.Own.Level,
        ["headers, and only read"] = x => Kept.Client.DefaultRequestHeaders.Count(),
        ["XML, and only read"] = x => Kept.Xml.Elements().Count(),
        ["function in a static"] = x => Kept.IsAbove(x) ? 1 : 0,
        ["random function in a static"] = x => Kept.Make().Version,
    };

    public static TheoryData<string> Found => [.. s_found.Keys];

    public static TheoryData<string> Silent => [.. s_silent.Keys];

    [Theory]
    [MemberData(nameof(Found))]
    public void A_static_whose_object_the_program_changes_is_found(string kind) =>
        Assert.Contains(Find(s_found[kind]), write => write.Kind is LostWriteKind.ReadsStatic);

    [Theory]
    [MemberData(nameof(Silent))]
    public void A_static_that_is_the_same_everywhere_is_not_found(string kind) => Assert.Empty(Find(s_silent[kind]));

    [Fact]
    public void What_a_function_changes_in_a_lazy_singleton_is_found_by_name()
    {
        Func<int, int> function = x => Lazily.Counted.Level += x;
        Assert.Equal("[StaticFillTests.Lazily.s_counted.Level]", string.Join(", ", Find(function)));
    }

    [Fact]
    public void A_counter_that_starts_at_its_first_use_is_found()
    {
        Func<int, int> function = x => Holding.CountFrom();
        Assert.Contains(Find(function), write => write.Kind is LostWriteKind.ChangesStatic);
    }

    private static IEnumerable<LostWrite> Find(Delegate function) => FunctionWarnings.Find(function).SelectMany(warning => warning.Writes);
}
