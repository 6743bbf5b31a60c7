using System.Runtime.InteropServices;

#pragma warning disable CA1859 // how a program may be written is what these tests are about

namespace ActorPool.Tests.Shipping;

/// <remarks>Statics that a program passes to helpers, and gives to functions.</remarks>
public sealed partial class StaticFillTests
{
    internal static async Task SetAsync(Strategy strategy, IConfigurator configurator, bool isFast)
    {
        Set(ref Config.ByReference);
        Set(ref Config.OfField.Level);
        Set(ref Config.Numbers[0]);
        Config.Find() = 5;
        Configure(Config.Helped);
        ConfigureDeep(Config.Deep);
        Configure(Config.Property);
        Config.Extended.UseDefaults();
        ConfigureAny(Config.Generic);
        Config.Own.Reset();
        new Configurator().Visit(Config.Visited);
        strategy.Apply(Config.Strategic);
        configurator.Visit(Config.Implemented);
        SetLevel(Config.BySetter);
        Config.Based.Turn();
        await ConfigureAsync(Config.Awaited).ConfigureAwait(false);
        var across = Config.Across;
        await Task.Yield();
        across.Level = 5;
        Action<Settings> call = one => one.Level = 5;
        call(Config.Called);
        var closed = Config.Closed;
        var levels = new List<int> { 1 };
        levels.ForEach(_ => closed.Level = 5);
        Local(Config.Local);
        Config.Configure(one => one.Level = 5);
        Config.ConfigureTwice(one => one.Level = 5);
        Config.ConfigureGrouped(Configure);
        Apply(Config.Applied, one => one.Level = 5);
        Config.Each.ForEach(one => one.Level = 5);
        Array.ForEach(Config.EachOfArray, one => one.Level = 5);
        foreach (var one in Config.Looped)
            one.Level = 6;
        Config.Queried.Where(one => one.Level > 0).First().Level = 5;
        if (Config.Named.TryGetValue("a", out var named))
            named.Level = 5;
        foreach (var (_, value) in Config.Valued)
            value.Level = 5;
        new Builder(Config.Built).SetLevel().Finish();
        var holder = new Holder { Settings = Config.Held };
        holder.Raise();
        AddNames(Config.Names);
        Config.Refilled.Clear();
        Config.Refilled.Add("a");
        Reload(Config.Reloaded);
        Allow(Config.Set);
        TryPut(Config.Tried);
        FillTable(Config.Table);
        FillSpan(Config.Spanned);
        Sort(Config.Sorted);
        SetPoint(ref Config.Point);
        Configure(Config.Outer.Inner);
        Configure(isFast ? Config.Chosen : new Settings());
        TurnOff(Config.Off);

        static void Local(Settings settings) => settings.Level = 5;
    }

    private static void Set(ref int target) => target = 5;

    private static void Configure(Settings settings) => settings.Level = 5;

    private static void ConfigureDeep(Settings settings) => Configure(settings);

    private static void ConfigureAny<T>(T settings)
        where T : ILevel => settings.Level = 5;

    private static void SetLevel(ILevel target) => target.Level = 5;

    private static async Task ConfigureAsync(Settings settings)
    {
        await Task.Yield();
        settings.Level = 5;
    }

    private static void Apply(Settings settings, Action<Settings> configure) => configure(settings);

    private static void AddNames(ICollection<string> names)
    {
        foreach (var name in new[] { "a", "b" })
            names.Add(name);
    }

    private static void Reload(List<string> names)
    {
        names.Clear();
        names.AddRange(["a"]);
    }

    private static void Allow(HashSet<string> names) => names.Add("a");

    private static void TryPut(Dictionary<string, int> numbers) => numbers.TryAdd("a", 1);

    private static void FillTable(int[] table) => table[0] = 5;

    private static void FillSpan(Span<int> table) => table.Fill(5);

    private static void Sort(List<int> list) => list.Sort();

    private static void SetPoint(ref Point point) => point.Left = 5;

    private static void TurnOff(Settings settings) => settings.Level = 0;

    internal interface ILevel
    {
        int Level { get; set; }
    }

    internal interface IConfigurator
    {
        void Visit(Settings settings);
    }

    internal class Settings : ILevel
    {
        internal int Level;

        int ILevel.Level
        {
            get => Level;
            set => Level = value;
        }

        public void Reset() => Level = 5;
    }

    internal sealed class Switch : Settings
    {
        public void Turn() => Reset();
    }

    internal sealed class Tree
    {
        public Settings Inner { get; } = new();
    }

    internal abstract class Strategy
    {
        public abstract void Apply(Settings settings);
    }

    internal sealed class Five : Strategy
    {
        public override void Apply(Settings settings) => settings.Level = 5;
    }

    internal sealed class Configurator : IConfigurator
    {
        public void Visit(Settings settings) => settings.Level = 5;
    }

    internal sealed class Builder(Settings settings)
    {
        public Builder SetLevel()
        {
            settings.Level = 5;
            return this;
        }

        public Settings Finish() => settings;
    }

    internal sealed class Holder
    {
        public Settings? Settings { get; init; }

        public void Raise() => Settings!.Level = 5;
    }

    [StructLayout(LayoutKind.Auto)]
    internal struct Point
    {
        public int Left;
    }

    internal sealed class Titled
    {
        public string Name { get; set; } = null!;
    }

    internal static class Config
    {
        internal static readonly Settings OfField = new();
        internal static readonly int[] Numbers = [1];
        internal static readonly Settings Helped = new();
        internal static readonly Settings Deep = new();
        internal static readonly Settings Extended = new();
        internal static readonly Settings Generic = new();
        internal static readonly Settings Own = new();
        internal static readonly Settings Visited = new();
        internal static readonly Settings Strategic = new();
        internal static readonly Settings Implemented = new();
        internal static readonly Settings BySetter = new();
        internal static readonly Switch Based = new();
        internal static readonly Settings Awaited = new();
        internal static readonly Settings Across = new();
        internal static readonly Settings Called = new();
        internal static readonly Settings Closed = new();
        internal static readonly Settings Local = new();
        internal static readonly Settings Configured = new();
        internal static readonly Settings Twice = new();
        internal static readonly Settings Grouped = new();
        internal static readonly Settings Applied = new();
        internal static readonly List<Settings> Each = [new()];
        internal static readonly Settings[] EachOfArray = [new()];
        internal static readonly List<Settings> Looped = [new()];
        internal static readonly List<Settings> Queried = [new()];
        internal static readonly Dictionary<string, Settings> Named = new(StringComparer.Ordinal) { ["a"] = new() };
        internal static readonly Dictionary<string, Settings> Valued = new(StringComparer.Ordinal) { ["a"] = new() };
        internal static readonly Settings Built = new();
        internal static readonly Settings Held = new();
        internal static readonly List<string> Names = [];
        internal static readonly List<string> Refilled = [];
        internal static readonly List<string> Reloaded = [];
        internal static readonly int[] Table = [1];
        internal static readonly int[] Spanned = [1];
        internal static readonly List<int> Sorted = [2, 1];
        internal static readonly Tree Outer = new();
        internal static readonly Settings Chosen = new();
        internal static readonly Settings Off = new() { Level = 1 };
        internal static readonly HashSet<string> Set = new(StringComparer.Ordinal);
        internal static readonly Dictionary<string, int> Tried = new(StringComparer.Ordinal);
        internal static readonly Titled Missing = new();
        internal static int ByReference;
        internal static int Returned;
        internal static Point Point;

        public static Settings Property { get; } = new();

        public static ref int Find() => ref Returned;

        public static void Configure(Action<Settings> configure) => configure(Configured);

        public static void ConfigureTwice(Action<Settings> configure) => Forward(configure);

        public static void ConfigureGrouped(Action<Settings> configure) => configure(Grouped);

        private static void Forward(Action<Settings> configure) => configure(Twice);
    }
}

internal static class SettingsExtensions
{
    public static StaticFillTests.Settings UseDefaults(this StaticFillTests.Settings settings)
    {
        settings.Level = 5;
        return settings;
    }
}
