using System.Collections;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class SmallValueTests
{
    [Theory]
    [InlineData("tr-TR", "en-US", "^i$", RegexOptions.IgnoreCase)]
    [InlineData("tr-TR", "", "^(?mi)i$", RegexOptions.None)]
    [InlineData("en-US", "tr-TR", "^i$", RegexOptions.IgnoreCase)]
    [InlineData("de-DE", "fr-FR", "^i$", RegexOptions.IgnoreCase)]
    [InlineData("tr-TR", "en-US", "^i$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    public async Task A_regex_that_ignores_case_keeps_the_letters_of_its_culture(
        string sender, string receiver, string pattern, RegexOptions options)
    {
        var here = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(sender);
            var regex = new Regex(pattern, options, TimeSpan.FromSeconds(3));
            var bytes = Bytes<Regex>(new[] { regex });
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(receiver);
            var copy = (await ReadAsync<Regex>(bytes, 1))[0];
            Assert.Equal(receiver, CultureInfo.CurrentCulture.Name);
            Assert.All(["i", "I", "\u0130", "\u0131"], text => Assert.Equal(regex.IsMatch(text), copy.IsMatch(text)));
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    [Fact]
    public async Task Cultures_that_were_changed_are_refused_also_read_only_ones()
    {
        Assert.Equal("en-GB", (await TripOneAsync(CultureInfo.ReadOnly(new CultureInfo("en-GB")))).Name);
        foreach (var change in new Action<CultureInfo>[]
        {
            one => one.NumberFormat.CurrencySymbol = "gn", one => one.DateTimeFormat.ShortDatePattern = "yyyy",
            one => one.Calendar.TwoDigitYearMax = 1950, one => one.TextInfo.ListSeparator = "|",
        })
        {
            var culture = new CultureInfo("en-GB");
            change(culture);
            await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(culture));
            await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(CultureInfo.ReadOnly(culture)));
        }
        await Assert.ThrowsAsync<PayloadException>(() => TripOneAsync(CultureInfo.GetCultureInfo("en-US", "sv-SE")));
    }

    [Fact]
    public async Task A_mail_address_keeps_the_quotes_of_its_name()
    {
        var copy = await TripOneAsync(new MailAddress("a@b.c", "Ann \"Nan\" Lee"));
        Assert.Equal("Ann \"Nan\" Lee", copy.DisplayName);
        Assert.Equal("Ann \"Nan\" Lee", (await TripOneAsync(copy)).DisplayName);
        Assert.Equal("a@b.c", (await TripOneAsync(new MailAddress("a@b.c"))).ToString());
    }

    [Fact]
    public async Task Values_of_the_framework_come_back()
    {
        Assert.Equal("de-DE", (await TripOneAsync(CultureInfo.GetCultureInfo("de-DE"))).Name);
        Assert.Equal("fr-FR", (await TripOneAsync(new CultureInfo("fr-FR"))).Name);
        Assert.Same(CultureInfo.InvariantCulture, await TripOneAsync(CultureInfo.InvariantCulture));
        Assert.Equal("tr-TR", (await TripOneAsync(CultureInfo.GetCultureInfo("tr-TR").CompareInfo)).Name);
        var regex = await TripOneAsync(new Regex("^a+$", RegexOptions.IgnoreCase, TimeSpan.FromSeconds(3)));
        Assert.Matches(regex, "AAA");
        Assert.Equal(TimeSpan.FromSeconds(3), regex.MatchTimeout);
        Assert.Equal(IPAddress.Loopback, await TripOneAsync(IPAddress.Loopback));
        Assert.Equal(IPAddress.Parse("fe80::1%3"), await TripOneAsync(IPAddress.Parse("fe80::1%3")));
        Assert.Equal(new IPEndPoint(IPAddress.IPv6Any, 80), await TripOneAsync(new IPEndPoint(IPAddress.IPv6Any, 80)));
        Assert.Equal(new MailAddress("a@b.org", "A B"), await TripOneAsync(new MailAddress("a@b.org", "A B")));
        Assert.Same(TimeZoneInfo.Utc, await TripOneAsync(TimeZoneInfo.Utc));
        var zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        Assert.True(zone.HasSameRules(await TripOneAsync(zone)));
        foreach (var encoding in new[] { Encoding.UTF8, new UTF8Encoding(false), Encoding.Latin1, Encoding.Unicode, Encoding.ASCII })
        {
            var copy = await TripOneAsync(encoding);
            Assert.Equal(encoding.GetBytes("äx"), copy.GetBytes("äx"));
            Assert.Equal(encoding.GetPreamble(), copy.GetPreamble());
        }
        Assert.Equal(typeof(Dictionary<string, SmallValueTests[]>), await TripOneAsync(typeof(Dictionary<string, SmallValueTests[]>)));
        Assert.Equal("ab", (await TripOneAsync(new StringBuilder("ab"))).ToString());
    }

    [Fact]
    public async Task Json_and_xml_come_back()
    {
        using var document = JsonDocument.Parse("""{"a":[1,2.50,null,"ä"]}""");
        Assert.Equal("2.50", (await TripOneAsync(document.RootElement)).GetProperty("a")[1].GetRawText());
        Assert.Equal(JsonValueKind.Undefined, (await TripOneAsync(default(JsonElement))).ValueKind);
        using var copy = await TripOneAsync(document);
        Assert.Equal(4, copy.RootElement.GetProperty("a").GetArrayLength());
        JsonNode node = JsonNode.Parse("""{"b":{"c":[true]}}""")!;
        Assert.True((bool)(await TripOneAsync(node))["b"]!["c"]![0]!);
        Assert.IsType<JsonObject>(await TripOneAsync(node));
        Assert.Equal(3, (await TripOneAsync(new JsonArray(1, 2, 3))).Count);
        Assert.Equal("<a b=\"1\"> <c /></a>", (await TripOneAsync(XElement.Parse("<a b=\"1\"> <c /></a>", LoadOptions.PreserveWhitespace)))
            .ToString(SaveOptions.DisableFormatting));
        var xml = await TripOneAsync(new XDocument(new XDeclaration("1.0", "utf-8", null), new XElement("r")));
        Assert.Equal("1.0", xml.Declaration!.Version);
    }

    [Fact]
    public async Task A_uri_that_stays_as_it_is_written_arrives_so()
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        foreach (var text in new[] { "http://a/%41/../x?q=%41", "http://a/b" })
        {
            var uri = new Uri(text, options);
            var copy = await TripOneAsync(uri);
            Assert.Equal(uri.AbsoluteUri, copy.AbsoluteUri);
            Assert.Equal(uri, copy);
            Assert.NotEqual(copy, await TripOneAsync(new Uri(text)));
        }
        byte[][] hostile = [[0x93, 0xA1, (byte)'a', 0xC0, 0xC0], [0x92, 0xA1, (byte)'a', 0xC0], [0x92, 0xA8, .. "http://a"u8, 1]];
        foreach (var bytes in hostile)
            await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<Uri>(XmlTreeTests.Payload(bytes), 1));
    }

    [Fact]
    public async Task Collections_from_before_type_arguments_come_back()
    {
        Assert.Equal([1, "two", null], (await TripOneAsync(new ArrayList { 1, "two", null })).ToArray());
        var table = await TripOneAsync(new Hashtable(StringComparer.OrdinalIgnoreCase) { ["A"] = 1 });
        Assert.Equal(1, table["a"]);
        var values = await TripOneAsync(new NameValueCollection { { "k", "1" }, { "K", "2" }, { "n", null } });
        Assert.Equal(["1", "2"], values.GetValues("k")!);
        Assert.Equal(2, values.Count);
        Assert.Equal(3, (await TripOneAsync(new Stack(new object[] { 1, 2, 3 }))).Pop());
        Assert.Equal(1, (await TripOneAsync(new Queue(new object[] { 1, 2 }))).Dequeue());
        var queue = await TripOneAsync(new PriorityQueue<string, int>([("b", 2), ("a", 1)]));
        Assert.Equal("a", queue.Dequeue());
        var ordered = await TripOneAsync(new OrderedDictionary<string, int>(StringComparer.Ordinal) { ["z"] = 1, ["a"] = 2 });
        Assert.Equal(["z", "a"], ordered.Keys, StringComparer.Ordinal);
    }

    [Fact]
    public void Parts_of_documents_are_refused_with_a_way_to_send_them()
    {
        var xml = XElement.Parse("<a><b /></a>");
        var refusal = Assert.Throws<PayloadException>(() => Bytes<XElement>(new[] { xml.Element("b")! }));
        Assert.Contains("new XElement(element)", refusal.Message, StringComparison.Ordinal);
        Assert.Throws<PayloadException>(() => Bytes<XElement>(new[] { new XDocument(xml).Root! }));
        var json = JsonNode.Parse("""{"a":{"b":1}}""")!;
        refusal = Assert.Throws<PayloadException>(() => Bytes<JsonNode>(new[] { json["a"]! }));
        Assert.Contains("DeepClone()", refusal.Message, StringComparison.Ordinal);
        Assert.NotEmpty(Bytes<JsonNode>(new[] { json["a"]!.DeepClone() }));
    }

    [Fact]
    public void What_its_name_does_not_say_is_refused()
    {
        Assert.Throws<PayloadException>(() => Bytes<StringBuilder>(new[] { new StringBuilder(4, 8) }));
        var changed = new CultureInfo("de-DE") { NumberFormat = { NumberDecimalSeparator = "#" } };
        Assert.Contains("was changed", Assert.Throws<PayloadException>(() => Bytes<CultureInfo>(new[] { changed })).Message,
            StringComparison.Ordinal);
        var encoding = Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("#"), DecoderFallback.ReplacementFallback);
        Assert.Throws<PayloadException>(() => Bytes<Encoding>(new[] { encoding }));
    }

    [Fact]
    public async Task The_ends_of_the_calendar_stay_what_they_are_in_every_time_zone()
    {
        var ends = new[] { DateTime.MinValue, DateTime.MaxValue }.Select(end => DateTime.SpecifyKind(end, DateTimeKind.Local)).ToArray();
        Assert.Equal(ends, await TripAsync(ends));
        Assert.All(await TripAsync(ends), end => Assert.Equal(DateTimeKind.Local, end.Kind));
        byte[] first = [0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xBF]; // not an instant, which would depend on the zone
        Assert.True(Bytes<DateTime>(ends).AsSpan().IndexOf(first) >= 0);
    }

    [Fact]
    public async Task Local_times_keep_their_instant_wherever_they_are()
    {
        var local = new DateTime(2024, 7, 1, 12, 0, 0, DateTimeKind.Local);
        var bytes = Bytes<DateTime>(new[] { local });
        // On the wire is the universal time, so that a reader in another zone makes its own local time of it.
        Assert.Equal(local.ToBinary(), BitConverter.ToInt64(bytes.AsSpan(5)));
        Assert.Equal(local, (await ReadAsync<DateTime>(bytes, 1))[0]);
        Assert.Equal(DateTimeKind.Local, (await ReadAsync<DateTime>(bytes, 1))[0].Kind);
        await CheckAsync(local);
        await CheckAsync(new[] { local, DateTime.UnixEpoch });
        await CheckAsync(new List<DateTime> { local });
        await CheckAsync(((short)1, local, (byte)2));
        await CheckAsync<DateTime?>(local);
        await CheckAsync<DateTime?>(null);
        await CheckAsync<DateTime?>(DateTime.UnixEpoch);
        await CheckAsync(((byte)1, (DateTime?)local, (2, (local, (DateTime?)null))));
        await CheckAsync<((byte, DateTime)?, int)[]>([((3, local), 4), (null, 5)]);
        await CheckAsync(new Stamped(1, local, local));
        await CheckAsync(new Stamped(1, null, DateTime.UnixEpoch));
        await CheckAsync(Enumerable.Repeat(((short)1, (local, 3)), 5000).ToArray());
        Assert.Equal(local, (await TripOneAsync(new Holder { When = local, Maybe = local })).Maybe);
        Assert.Equal(new DateTimeOffset(local), await TripOneAsync(new DateTimeOffset(local)));
        var wrong = BitConverter.GetBytes(unchecked((long)0xB000_0000_0000_0000));
        wrong.CopyTo(bytes, 5);
        await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<DateTime>(bytes, 1));

        static async Task CheckAsync<T>(T value) => Assert.Equal(value, await TripOneAsync(value));
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Stamped(byte Number, DateTime? Maybe, DateTime When);

    private sealed class Holder
    {
        public DateTime When { get; set; }
        public DateTime? Maybe { get; set; }
    }
}
