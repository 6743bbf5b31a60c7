using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Net.NetworkInformation;
using System.Text;
using System.Text.RegularExpressions;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Texts, patterns, cultures, encodings and addresses.</summary>
public sealed partial class TextKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("string", () => "Größe 😀", v => Of(v, v.Length)),
        Kind.Of("string: empty", () => "", v => Of(v.Length)),
        Kind.Of("string: null", () => (string?)null, v => Of(v is null)),
        Kind.Of("string: half of a pair", () => "a\uD83Db", v => Of(v)),
        Kind.Of("string: zeros", () => "a\0b\0", v => Of(v, v.Length)),
        Kind.Of("string: combining marks", () => "e\u0301", v => Of(v, v.Length, v.Normalize().Length)),
        Kind.Of("string: long", () => new string('ä', 100_000), v => Of(v.Length, v[^1])),
        Kind.Of("char array: halves of pairs", () => new[] { '\uD83D', 'x', '\uDE00' }, v => Items(v.Select(c => (int)c))),
        Kind.Of("StringBuilder", () => new StringBuilder("abc").Append('d', 5000), v => Of(v.Length, v[0])),
        Kind.Of("StringBuilder: half of a pair", () => new StringBuilder("a\uD83D"), v => Of(v.ToString())),
        Kind.Of("StringBuilder: capacity", () => new StringBuilder(4, 8).Append("a"), v => Of(v.Length, v.MaxCapacity)),
        Kind.Of("Rune", () => new Rune(0x1F600), v => Of(v.Value)),
        Kind.Of("byte array of UTF-8", () => "größe"u8.ToArray(), v => Of(Encoding.UTF8.GetString(v))),
        Kind.Of("Regex", () => new Regex("a(?<n>b+)c"), v => Of(v.Match("xabbc").Groups["n"].Length)),
        Kind.Of("Regex: options and a limit",
            () => new Regex("^B", RegexOptions.IgnoreCase | RegexOptions.Multiline, TimeSpan.FromSeconds(3)),
            v => Of(v.Count("a\nb\nBc"), v.MatchTimeout, v.Options)),
        Kind.Of("Regex: in Turkish", () => InTurkish(() => new Regex("^i$", RegexOptions.IgnoreCase)),
            v => Of(v.IsMatch("I"), v.IsMatch("\u0130"))),
        Kind.Of("Regex: in Turkish, for all cultures",
            () => InTurkish(() => new Regex("^i$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)),
            v => Of(v.IsMatch("I"), v.IsMatch("\u0130"))),
        Kind.Of("Regex: compiled", () => new Regex(@"\d+", RegexOptions.Compiled), v => Of(v.Replace("a12b3", "#"))),
        Kind.Of("Regex: generated", () => Digits(), v => Of(v.Replace("a12b3", "#"))),
        Kind.Of("Match", () => Regex.Match("xabbc", "b+"), v => Of(v.Value, v.Index)),
        Kind.Of("Uri", () => new Uri("https://example.org/a?b=c#d"), v => Of(v.Host, v.Query, v.Fragment)),
        Kind.Of("Uri: relative", () => new Uri("a/b?c", UriKind.Relative), v => Of(v.IsAbsoluteUri, v.OriginalString)),
        Kind.Of("Uri: half of a pair", () => new Uri("http://example.org/\uD83D"), v => Of(v.OriginalString)),
        Kind.Of("Uri: as key", () => new Dictionary<Uri, int> { [new Uri("http://a/")] = 1 }, v => Of(v[new Uri("http://a/")])),
        Kind.Of("UriBuilder", () => new UriBuilder("http", "example.org", 81), v => Of(v.Uri)),
        Kind.Of("CultureInfo", () => CultureInfo.GetCultureInfo("de-DE"), v => Of(v.Name, 1.5.ToString(v))),
        Kind.Of("CultureInfo: invariant", () => CultureInfo.InvariantCulture, v => Of(ReferenceEquals(v, CultureInfo.InvariantCulture))),
        Kind.Of("CultureInfo: changed", MakeCulture, v => Of(v.Name, 1.5.ToString(v))),
        Kind.Of("CompareInfo", () => CultureInfo.GetCultureInfo("sv-SE").CompareInfo, v => Of(v.Name, v.Compare("ö", "z") > 0)),
        Kind.Of("TextInfo", () => CultureInfo.GetCultureInfo("tr-TR").TextInfo, v => Of(v.ToUpper("i"))),
        Kind.Of("RegionInfo", () => new RegionInfo("JP"), v => Of(v.ISOCurrencySymbol)),
        Kind.Of("NumberFormatInfo", () => new NumberFormatInfo { NumberDecimalSeparator = "~" }, v => Of(1.5.ToString(v))),
        Kind.Of("DateTimeFormatInfo", () => new DateTimeFormatInfo { DateSeparator = "~" },
            v => Of(new DateTime(2026, 1, 2).ToString("yyyy/MM/dd", v))),
        Kind.Of<IFormatProvider>("IFormatProvider: a culture", () => CultureInfo.GetCultureInfo("fr-FR"), v => Of(1.5.ToString(v))),
        Kind.Of("Encoding: UTF-8", () => Encoding.UTF8, v => Of(v.WebName, v.GetPreamble().Length, ReferenceEquals(v, Encoding.UTF8))),
        Kind.Of("Encoding: Latin-1", () => Encoding.Latin1, v => Of(v.WebName, v.GetBytes("ä").Length)),
        Kind.Of("Encoding: UTF-16 big-endian", () => Encoding.BigEndianUnicode, v => Items(v.GetBytes("ä"))),
        Kind.Of("UTF8Encoding: strict, without a mark", () => new UTF8Encoding(false, true), v => Of(v.GetPreamble().Length, Throws(v))),
        Kind.Of<Encoding>("Encoding: replaces by a text", () => Encoding.GetEncoding("us-ascii", new EncoderReplacementFallback("<?>"),
            DecoderFallback.ReplacementFallback), v => Of(Encoding.ASCII.GetString(v.GetBytes("aäb")))),
        Kind.Of("CompositeFormat", () => CompositeFormat.Parse("{0:N1} of {1}"),
            v => Of(string.Format(CultureInfo.InvariantCulture, v, 1.25, "x"))),
        Kind.Of("SearchValues", () => SearchValues.Create("abc"), v => Of(v.Contains('b'), v.Contains('d'))),
        Kind.Of("Version", () => new Version(1, 2, 3), v => Of(v, v.Revision, v > new Version(1, 2))),
        Kind.Of("IPAddress: 4", () => IPAddress.Parse("192.0.2.7"), v => Of(v, v.Equals(IPAddress.Parse("192.0.2.7")))),
        Kind.Of("IPAddress: 6 with a scope", () => IPAddress.Parse("fe80::1%7"), v => Of(v.ScopeId, v.AddressFamily)),
        Kind.Of("IPAddress: loopback", () => IPAddress.Loopback, v => Of(IPAddress.IsLoopback(v), v.Equals(IPAddress.Loopback))),
        Kind.Of("IPEndPoint", () => new IPEndPoint(IPAddress.Loopback, 80), v => Of(v)),
        Kind.Of("DnsEndPoint", () => new DnsEndPoint("example.org", 80), v => Of(v.Host, v.Port)),
        Kind.Of<EndPoint>("EndPoint: an IPEndPoint", () => new IPEndPoint(IPAddress.Loopback, 80), v => Of(v)),
        Kind.Of("IPNetwork", () => IPNetwork.Parse("192.0.2.0/24"), v => Of(v.Contains(IPAddress.Parse("192.0.2.9")), v)),
        Kind.Of("PhysicalAddress", () => PhysicalAddress.Parse("001122334455"), v => Of(v)),
        Kind.Of("MailAddress", () => new MailAddress("a@example.org", "A B"), v => Of(v.DisplayName, v.Host)),
        Kind.Of("Cookie", () => new Cookie("a", "b", "/p", "example.org"), v => Of(v.Name, v.Value, v.Path)),
        Kind.Of("NetworkCredential", () => new NetworkCredential("user", "secret"), v => Of(v.UserName, v.Password)),
        Kind.Of("HttpMethod", () => HttpMethod.Post, v => Of(v.Method, v == HttpMethod.Post)),
        Kind.Of("HttpStatusCode", () => HttpStatusCode.Conflict, v => Of(v)),
        Kind.Of("FormattableString", () => (FormattableString)$"{1.5} and {"x"}", v => Of(FormattableString.Invariant(v))),
        Kind.Of("StringReader", () => new StringReader("a\nb"), v => Of(v.ReadLine())),
        Kind.Of("StringWriter", MakeWriter, v => Of(v)),
        Kind.Of("NormalizationForm", () => NormalizationForm.FormKD, v => Of("ﬁ".Normalize(v))),
    ];

    private static T InTurkish<T>(Func<T> make)
    {
        var here = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo("tr-TR");
            return make();
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    private static CultureInfo MakeCulture()
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo("de-DE").Clone();
        culture.NumberFormat.NumberDecimalSeparator = "~";
        return culture;
    }

    private static StringWriter MakeWriter()
    {
        var writer = new StringWriter(CultureInfo.InvariantCulture);
        writer.Write("abc");
        return writer;
    }

    private static bool Throws(UTF8Encoding encoding)
    {
        try
        {
            return encoding.GetString([0xFF]).Length < 0;
        }
        catch (DecoderFallbackException)
        {
            return true;
        }
    }

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
