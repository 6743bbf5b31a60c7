using System.Collections.Concurrent;

namespace ActorPool.Tests.Shipping;

/// <remarks>Statics that are the same everywhere, and a program that uses them.</remarks>
public sealed partial class StaticFillTests
{
    internal static async Task UseAsync(bool isFast)
    {
        var loaded = await Quiet.LoadAsync().ConfigureAwait(false);
        GC.KeepAlive(Quiet.Read.Level + Quiet.Read.Names.Count + Quiet.Deferred.Value.Level + loaded.Level);
        GC.KeepAlive(Quiet.Compute(3) + Quiet.Cached.Compute(3) + Quiet.Concurrent.GetOrAdd(3, y => y + 1) + Quiet.Remember(3));
        GC.KeepAlive(Other.Instance.Level + Measure(Quiet.Measured) + await MeasureAsync(Quiet.Awaited).ConfigureAwait(false));
        SetCopy(Quiet.Copied);
        SetPointOf(Quiet.Point);
        var list = Quiet.List.ToList();
        list.Add("a");
        var other = Quiet.Original with { Level = 5 };
        var made = new Options { Level = Quiet.Source.Level };
        made.Level = 4;
        var parsed = System.Text.Json.JsonSerializer.Deserialize<Options>(Quiet.Text)!;
        parsed.Level = 5;
        Apply(new Settings(), one => one.Level = 5 + Quiet.Untouched.Level);
        Configure(isFast ? new Settings() : new Settings { Level = Quiet.Untouched.Level });
        Quiet.Service.Tell();
        Quiet.Service.Measure("a");
        Quiet.Sum(Quiet.Buffer, 4);
        Quiet.Empty();
        GC.KeepAlive(Quiet.GetGuarded().Level);
        var sorted = Quiet.Unsorted.OrderBy(one => one).ToArray();
        sorted[0] = 4;
        var settings = Quiet.Unsorted.Select(one => new Settings { Level = one }).First();
        settings.Level = 4;
        GC.KeepAlive((other, made, parsed, settings, sorted));
    }

    private static int Measure(Settings settings)
    {
        var total = 0;
        for (var i = 0; i < settings.Level; i++)
            total += i;
        return total;
    }

    private static async Task<int> MeasureAsync(Settings settings)
    {
        var total = settings.Level;
        await Task.Yield();
        total += settings.Level;
        return total;
    }

    private static void SetCopy(Settings settings)
    {
        settings = new Settings { Level = settings.Level };
        settings.Level = 5;
    }

    private static void SetPointOf(Point point)
    {
        point.Left = 5;
        GC.KeepAlive(point.Left);
    }

    internal sealed record Row(int Level);

    internal sealed class Worker
    {
        private readonly Dictionary<int, int> _computed = [];
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal) { ["a"] = 1 };
        private string _text = "";

        public bool HasTold { get; private set; }

        public int Find(string name) => _known.GetValueOrDefault(name);

        public void Tell() => HasTold = true;

        public int Compute(int x)
        {
            if (!_computed.TryGetValue(x, out var y))
                _computed[x] = y = x * 2;
            return y;
        }

        public int Measure(string text)
        {
            _text = text;
            return _text.Length;
        }
    }

    internal static class Quiet
    {
        internal static readonly Settings Measured = new();
        internal static readonly Settings Awaited = new();
        internal static readonly Settings Copied = new();
        internal static readonly Settings Untouched = new();
        internal static readonly List<string> List = [];
        internal static readonly Row Original = new(3);
        internal static readonly Options Source = new();
        internal static readonly string Text = "{}";
        internal static readonly int[] Buffer = new int[9];
        internal static readonly int[] Unsorted = [3, 2];
        internal static readonly Lazy<Options> Deferred = new(() => new());
        internal static readonly ConcurrentDictionary<int, int> Concurrent = new();
        internal static Point Point = new() { Left = 1 };
        private static readonly Dictionary<int, int> s_memo = [];
        private static Options? s_read;
        private static Options? s_loaded;
        private static Options? s_emptied;
        private static Dictionary<int, int>? s_cache;
        private static Worker? s_cached;
        private static Options? s_guarded;
        private static bool s_isGuarded;

        public static Worker Service { get; } = new();

        public static Options Read => s_read ??= new();

        public static Options Emptied => s_emptied ??= new();

        public static Worker Cached => s_cached ??= new();

        public static Options GetGuarded()
        {
            if (!s_isGuarded)
            {
                s_guarded = new();
                s_isGuarded = true;
            }
            return s_guarded!;
        }

        public static void Empty() => s_emptied = null;

        public static async Task<Options> LoadAsync()
        {
            await Task.Yield();
            return s_loaded ??= new();
        }

        public static int Compute(int x)
        {
            s_cache ??= [];
            if (!s_cache.TryGetValue(x, out var y))
                s_cache[x] = y = x * 2;
            return y;
        }

        public static int Remember(int x)
        {
            if (!s_memo.TryGetValue(x, out var y))
                s_memo.Add(x, y = x * 2);
            return y;
        }

        public static int Sum(int[] buffer, int x)
        {
            for (var i = 0; i < buffer.Length; i++)
                buffer[i] = x;
            return buffer.Sum();
        }
    }
}
