using System.Collections.Concurrent;
using System.Linq.Expressions;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace ActorPool.Tests.Shipping;

/// <remarks>Statics whose objects a structure, an object of .NET's or a function holds.</remarks>
public sealed partial class StaticFillTests
{
    internal static void FillHeld()
    {
        Holding.Pair.Names.Add("a");
        Holding.Wrapped.Names.Add("a");
        Holding.Own.Put("a");
        Holding.Entry.Value[0] = 5;
        Holding.View.Span[0] = 5;
        var part = Holding.Part;
        part[0] = 5;
        Holding.Inline[1] = 5;
        CollectionsMarshal.GetValueRefOrAddDefault(Holding.Levels, "a", out _) = 5;
        Holding.Registered.GetOrAdd("a", 5);
        Holding.Json.Add(5);
        Holding.Xml.SetAttributeValue("level", 5);
        Holding.Client.DefaultRequestHeaders.Add("level", "5");
        Holding.Client.DefaultRequestHeaders.Host = "a";
        Holding.Stop.Cancel();
        Holding.Limit = 5;
        Holding.CountFrom();
        Pin();
    }

    internal static void UseHeld()
    {
        GC.KeepAlive(Kept.Remember("a") + Kept.Registered.GetOrAdd("a", 5) + Kept.Pair.Names.Count);
        GC.KeepAlive(Kept.Client.DefaultRequestHeaders.Count());
        var names = Kept.Pair.Names.ToList();
        names.Add("a");
        var own = Kept.Own;
        own.Level = 5;
        GC.KeepAlive((own, Kept.IsAbove(5), Kept.Xml.Elements().Count()));
    }

    private static unsafe void Pin()
    {
        fixed (int* first = Holding.Pinned)
            *first = 5;
    }

    internal record struct Wrapper(List<string> Names)
    {
        public int Level { get; set; }

        public readonly void Put(string name) => Names.Add(name);
    }

    [InlineArray(2)]
    internal struct Two
    {
        private int _first;
    }

    internal static class Holding
    {
        internal static readonly (List<string> Names, int Level) Pair = ([], 1);
        internal static readonly Wrapper Wrapped = new([]);
        internal static readonly Wrapper Own = new([]);
        internal static readonly KeyValuePair<string, int[]> Entry = new("a", new int[2]);
        internal static readonly Memory<int> View = new int[2];
        internal static readonly ArraySegment<int> Part = new(new int[2]);
        internal static readonly Dictionary<string, int> Levels = new(StringComparer.Ordinal);
        internal static readonly ConcurrentDictionary<string, int> Registered = new(StringComparer.Ordinal);
        internal static readonly JsonArray Json = [];
        internal static readonly XElement Xml = new("a");
        internal static readonly HttpClient Client = new();
        internal static readonly CancellationTokenSource Stop = new();
        internal static readonly int[] Pinned = new int[2];
        internal static readonly Func<int, bool> IsAbove = x => x > Limit;
        internal static readonly Expression<Func<int, bool>> Above = x => x > Limit;
        internal static Two Inline;
        internal static int Limit;
        private static int s_next;
        private static bool s_isCounting;

        public static int CountFrom()
        {
            if (!s_isCounting)
            {
                s_next = 5;
                s_isCounting = true;
            }
            return s_next++;
        }
    }

    internal static class Kept
    {
        internal static readonly (List<string> Names, int Level) Pair = ([], 1);
        internal static readonly Wrapper Own = new([]);
        internal static readonly Dictionary<string, int> Levels = new(StringComparer.Ordinal);
        internal static readonly ConcurrentDictionary<string, int> Registered = new(StringComparer.Ordinal);
        internal static readonly HttpClient Client = new();
        internal static readonly XElement Xml = new("a");
        internal static readonly Func<int, bool> IsAbove = x => x > Limit;
        internal static readonly Func<Guid> Make = Guid.NewGuid;
        internal static readonly int Limit = 5;

        public static int Remember(string name)
        {
            ref var level = ref CollectionsMarshal.GetValueRefOrAddDefault(Levels, name, out var isKnown);
            if (!isKnown)
                level = name.Length;
            return level;
        }
    }
}
