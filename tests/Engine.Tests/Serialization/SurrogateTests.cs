using System.Text;
using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Lone surrogates come back from everything that contains text.</summary>
/// <remarks>UTF-8 cannot encode them.</remarks>
public sealed class SurrogateTests
{
    private const string Half = "a\uD83D";
    private const string Other = "\uDE00b";

    [Fact]
    public async Task String_builders_keep_them()
    {
        foreach (var text in new[] { Half, Other, Half + Other, string.Concat(Enumerable.Repeat(Other, 5000)), "" })
            Assert.Equal(text, (await TripOneAsync(new StringBuilder(text))).ToString());
        Assert.Null(await TripOneAsync<StringBuilder?>(null));
    }

    [Fact]
    public async Task Uris_keep_them_and_whether_they_are_absolute()
    {
        foreach (var uri in new[]
        {
            new Uri($"https://example.org/{Half}?q={Other}#f"), new Uri($"/{Half}", UriKind.Relative),
            new Uri("/etc/passwd", UriKind.Relative),
            new Uri("/etc/passwd", UriKind.Absolute), new Uri("mailto:ann@example.org"), new Uri("", UriKind.Relative),
            new Uri(new Uri("https://example.org/a/"), "../b?c#d"), new Uri("https://EXAMPLE.org:443/%41"),
        })
        {
            Uri[] copies =
            [
                await TripOneAsync(uri), (await TripOneAsync<List<Uri>>([uri]))[0], (await TripOneAsync(KeyValuePair.Create(1, uri))).Value,
            ];
            foreach (var copy in copies)
            {
                Assert.Equal(uri.OriginalString, copy.OriginalString);
                Assert.Equal(uri.ToString(), copy.ToString());
                Assert.Equal(uri.IsAbsoluteUri, copy.IsAbsoluteUri);
            }
        }
        Assert.Null(await TripOneAsync<Uri?>(null));
        Assert.Throws<PayloadException>(() => Bytes<Uri>(new Uri[] { new OwnUri("https://example.org") }));
    }

    [Fact]
    public async Task Keys_items_and_characters_keep_them()
    {
        Assert.Equal(1, (await TripOneAsync(new Dictionary<string, int>(StringComparer.Ordinal) { [Half] = 1, [Other] = 2 }))[Half]);
        Assert.Equal(2, (await TripOneAsync(new SortedDictionary<string, int>(StringComparer.Ordinal) { [Half] = 1, [Other] = 2 }))[Other]);
        Assert.Contains(Other, await TripOneAsync(new HashSet<string>(StringComparer.Ordinal) { Half, Other }));
        Assert.Equal(Half, (await TripOneAsync(Enumerable.Range(1, 2).ToLookup(n => n, _ => Half)))[2].Single());
        Assert.Equal([Half, Other], await TripOneAsync<IReadOnlyList<string>>([Half, Other]));
        Assert.Equal((Half, '\uD83D'), await TripOneAsync((Half, '\uD83D')));
        Assert.Equal("\uD83D!\uDE00", new string(await TripOneAsync("\uD83D!\uDE00".ToCharArray())));
        Assert.Equal('\uDE00', await TripOneAsync<char?>('\uDE00'));
        Assert.Equal(Half, (await TripOneAsync(new Lazy<string>(() => Half))).Value);
    }

    [Fact]
    public void Failures_keep_them()
    {
        var error = new FormatException(Half, new FormatException(Other));
        error.Data["key" + Half] = Other;
        var bytes = new System.Buffers.ArrayBufferWriter<byte>();
        RemoteFailure.From(error).WriteFields(new RecordWriter(bytes));
        var copy = RemoteFailure.ReadFields(new RecordReader(bytes.WrittenMemory)).ToException();
        Assert.Contains(Half, copy.Message, StringComparison.Ordinal);
        Assert.Contains(Other, copy.InnerException!.Message, StringComparison.Ordinal);
        Assert.Equal(Other, copy.Data["key" + Half]);
    }

    private sealed class OwnUri(string text) : Uri(text);
}
