using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ActorPool.ClusterTests.Support;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests;

/// <summary>Functions that compare, sort, normalize and format text return the same on nodes as here.</summary>
[SuppressMessage("Globalization", "CA1309", Justification = "What the default comparer does is what is tested.")]
[SuppressMessage("Globalization", "CA1310", Justification = "What the default comparer does is what is tested.")]
[SuppressMessage("Usage", "MA0002", Justification = "What the default comparer does is what is tested.")]
[SuppressMessage("Usage", "MA0074", Justification = "What the default comparer does is what is tested.")]
public sealed class CultureTests(CultureTests.Nodes nodes) : IClassFixture<CultureTests.Nodes>
{
    private static readonly CultureInfo s_invariant = CultureInfo.InvariantCulture;

    private static readonly Dictionary<string, Func<string[], string>> s_functions = new(StringComparer.Ordinal)
    {
        ["sorting"] = words => string.Join(' ', words.OrderBy(word => word)),
        ["sorting in place"] = words => { Array.Sort(words); return string.Join(' ', words); },
        ["comparing"] = _ => $"{Math.Sign(string.Compare("a", "B"))} {Math.Sign(string.Compare("co-op", "coop"))}",
        ["comparing without case and accents"] = _ =>
            $"{s_invariant.CompareInfo.Compare("resume", "RÉSUMÉ", CompareOptions.IgnoreCase | CompareOptions.IgnoreNonSpace)}",
        ["finding"] = _ =>
            $"{"Straße".IndexOf("strasse", StringComparison.InvariantCultureIgnoreCase)} "
            + $"{"e\u0301".IndexOf("e", StringComparison.CurrentCulture)}",
        ["composing"] = _ => $"{"e\u0301".Normalize().Length} {"ﬁ".Normalize(NormalizationForm.FormKD)} {"e\u0301".IsNormalized()}",
        ["German numbers"] = _ => (-1234.5).ToString("N2", new CultureInfo("de-DE")),
        ["Indian digits' groups"] = _ => 12_345_678.ToString("N0", new CultureInfo("hi-IN")),
        ["French dates"] = _ => new DateTime(2026, 11, 28).ToString("D", CultureInfo.GetCultureInfo("fr-FR")),
        ["reading Swiss numbers"] = _ => $"{double.Parse("1’234.5", new CultureInfo("de-CH")):R}",
        ["Turkish letters"] = _ => "title".ToUpper(new CultureInfo("tr-TR")),
        ["Swedish order"] = _ =>
            string.Join(' ', new[] { "ö", "z", "a" }.Order(StringComparer.Create(new CultureInfo("sv-SE"), ignoreCase: false))),
        ["currencies"] = _ => new RegionInfo("JP").ISOCurrencySymbol + new CultureInfo("ja-JP").NumberFormat.CurrencyDecimalDigits,
        ["names of cultures"] = _ => new CultureInfo("pt-BR").NativeName,
        ["the thread's culture"] = _ => $"[{CultureInfo.CurrentCulture.Name}] [{CultureInfo.CurrentUICulture.Name}]",
        ["sort keys"] = _ => Convert.ToHexString(s_invariant.CompareInfo.GetSortKey("Äpfel").KeyData),
        ["host names"] = _ => new IdnMapping().GetAscii("bücher.example"),
    };

    public static TheoryData<string, string> Functions
    {
        get
        {
            var all = new TheoryData<string, string>();
            foreach (var node in Nodes.Environments.Keys)
            {
                foreach (var name in s_functions.Keys)
                    all.Add(node, name);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Functions))]
    public async Task A_function_returns_the_same_as_here(string node, string name)
    {
        string[] words = ["b", "A", "a", "_", "coop", "co-op", "Zebra", "ähnlich"];
        var function = s_functions[name];

        var there = await nodes[node].ApplyAsync(function, words).Within(name, nodes[node]);

        Assert.Equal(function([.. words]), there);
    }

    [Theory]
    [MemberData(nameof(NodeNames))]
    public async Task Collections_that_were_sorted_here_find_their_elements_on_nodes(string node)
    {
        string[] words = ["b", "A", "a", "B", "co-op", "coop", "é", "e\u0301x", "Z", "_"];
        var (set, dictionary, list) = (new SortedSet<string>(words), new SortedDictionary<string, int>(), new SortedList<string, int>());
        foreach (var (i, word) in words.Index())
            list[word] = dictionary[word] = i;
        var array = words.Order().ToArray();

        var look = nodes[node].MapAsync(
            word => (
                set.Contains(word), dictionary.GetValueOrDefault(word, -1), list.GetValueOrDefault(word, -1),
                Array.BinarySearch(array, word)),
            words);
        var found = await look.Within("the look-ups", nodes[node]);

        Assert.Equal(words.Select((word, i) => (true, i, i, Array.IndexOf(array, word))), found);
    }

    public static TheoryData<string> NodeNames => [.. Nodes.Environments.Keys];

    /// <summary>A node with default settings, and one in an environment that switches cultures off.</summary>
    /// <remarks>Some container images set that variable for all .NET programs.</remarks>
    public sealed class Nodes : IAsyncLifetime
    {
        private readonly Dictionary<string, (ClusterNode Node, WorkerPool Pool)> _all = new(StringComparer.Ordinal);

        internal static Dictionary<string, string[]> Environments { get; } = new(StringComparer.Ordinal)
        {
            ["by itself"] = [],
            ["in an image for invariant programs"] = ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=1"],
        };

        public WorkerPool this[string name] => _all[name].Pool;

        public async Task InitializeAsync()
        {
            foreach (var (name, environment) in Environments)
            {
                var node = await ClusterNode.StartSeedWithAsync(environment, workers: 1);
                _all[name] = (node, await node.ConnectAsync(workers: 1));
            }
        }

        public async Task DisposeAsync()
        {
            foreach (var (node, pool) in _all.Values)
            {
                await pool.DisposeAsync();
                node.Dispose();
            }
        }
    }
}
