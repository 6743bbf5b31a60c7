using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats values as texts from which they can be made again.</summary>
/// <param name="write">Returns the text of a value, or refuses it.</param>
/// <param name="read">Makes the value.</param>
internal sealed class TextFormatter<T>(Func<T, PayloadContext, string> write, Func<string, T> read) : IMessagePackFormatter<T?>
    where T : class
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options) =>
        PackedString.Write(ref writer, value is null ? null : write(value, (PayloadContext)options));

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        PackedString.Read(ref reader) is { } text ? read(text) : null;
}

/// <summary>Formats a <see cref="Uri"/> as its original text, and how that is read.</summary>
/// <remarks>
/// A relative one is in an array of one: from its text, a path could also be an absolute file. One whose path and query stay as they are
/// written is in an array of two, with nil.
/// </remarks>
internal sealed class UriFormatter : IMessagePackFormatter<Uri?>
{
    private static readonly UriCreationOptions s_asWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    public void Serialize(ref MessagePackWriter writer, Uri? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        // Two are equal only if both were made with the option, or neither.
        var isAsWritten = value.IsAbsoluteUri && Uri.TryCreate(value.OriginalString, s_asWritten, out var other) && other.Equals(value);
        if (isAsWritten || !value.IsAbsoluteUri)
            writer.WriteArrayHeader(isAsWritten ? 2 : 1);
        PackedString.Write(ref writer, value.OriginalString);
        if (isAsWritten)
            writer.WriteNil();
    }

    public Uri? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var parts = reader.NextMessagePackType == MessagePackType.Array ? reader.ReadArrayHeader() : 0;
        if (parts > 2)
            throw new MessagePackSerializationException($"A Uri has [{parts}] parts.");
        var text = PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("The text of a Uri is nil.");
        if (parts < 2)
            return new Uri(text, parts == 1 ? UriKind.Relative : UriKind.Absolute);
        return reader.TryReadNil()
            ? new Uri(text, s_asWritten)
            : throw new MessagePackSerializationException("The second part of a Uri is not nil.");
    }
}

/// <summary>Formats a <see cref="JsonElement"/> as its text.</summary>
internal sealed class JsonElementFormatter : IMessagePackFormatter<JsonElement>
{
    public void Serialize(ref MessagePackWriter writer, JsonElement value, MessagePackSerializerOptions options) =>
        PackedString.Write(ref writer, value.ValueKind == JsonValueKind.Undefined ? null : value.GetRawText());

    public JsonElement Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options) =>
        PackedString.Read(ref reader) is { } text ? JsonElement.Parse(text, TextFormatters.AnyJson) : default;
}

/// <summary>The formatters of .NET's small values that have a text.</summary>
internal static class TextFormatters
{
    /// <summary>Options with which any text can be parsed that a program has parsed.</summary>
    public static readonly JsonDocumentOptions AnyJson = new()
    {
        AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip, MaxDepth = int.MaxValue,
    };

    /// <summary>By type; each formats exactly this type, or all its subclasses as it.</summary>
    public static IReadOnlyDictionary<Type, object> All { get; } = new Dictionary<Type, object>
    {
        [typeof(DBNull)] = new TextFormatter<DBNull>((_, _) => "", _ => DBNull.Value),
        [typeof(Missing)] = new TextFormatter<Missing>((_, _) => "", _ => Missing.Value),
        [typeof(EventArgs)] = new TextFormatter<EventArgs>(WriteNoArguments, _ => EventArgs.Empty),
        [typeof(StringBuilder)] = new TextFormatter<StringBuilder>(WriteBuilder, text => new StringBuilder(text)),
        [typeof(Uri)] = new UriFormatter(),
        [typeof(CultureInfo)] = new TextFormatter<CultureInfo>(Cultures.Write, Cultures.Read),
        [typeof(CompareInfo)] = new TextFormatter<CompareInfo>((value, _) => value.Name, CompareInfo.GetCompareInfo),
        [typeof(Encoding)] = new TextFormatter<Encoding>(Encodings.Write, Encodings.Read),
        [typeof(TimeZoneInfo)] = new TextFormatter<TimeZoneInfo>(TimeZones.Write, TimeZones.Read),
        [typeof(IPAddress)] = new TextFormatter<IPAddress>((value, _) => value.ToString(), IPAddress.Parse),
        [typeof(IPEndPoint)] = new TextFormatter<IPEndPoint>((value, _) => value.ToString(), IPEndPoint.Parse),
        [typeof(MailAddress)] = new TextFormatter<MailAddress>(
            (value, _) => $"{value.Address}\n{value.DisplayName}", ReadMailAddress),
        [typeof(JsonElement)] = new JsonElementFormatter(),
        [typeof(JsonDocument)] = new TextFormatter<JsonDocument>(
            (value, _) => value.RootElement.GetRawText(), text => JsonDocument.Parse(text, AnyJson)),
        [typeof(JsonNode)] = new JsonTreeFormatter<JsonNode>(),
        [typeof(JsonObject)] = new JsonTreeFormatter<JsonObject>(),
        [typeof(JsonArray)] = new JsonTreeFormatter<JsonArray>(),
        [typeof(JsonValue)] = new JsonTreeFormatter<JsonValue>(),
        [typeof(XElement)] = new XmlTreeFormatter<XElement>(),
        [typeof(XDocument)] = new XmlTreeFormatter<XDocument>(),
        [typeof(XAttribute)] = new XmlTreeFormatter<XAttribute>(),
        [typeof(XText)] = new XmlTreeFormatter<XText>(),
        [typeof(XCData)] = new XmlTreeFormatter<XCData>(),
        [typeof(XComment)] = new XmlTreeFormatter<XComment>(),
        [typeof(XProcessingInstruction)] = new XmlTreeFormatter<XProcessingInstruction>(),
        [typeof(XDocumentType)] = new XmlTreeFormatter<XDocumentType>(),
        [typeof(XDeclaration)] = new XmlDeclarationFormatter(),
        [typeof(XName)] = new TextFormatter<XName>((value, _) => value.ToString(), XName.Get),
        [typeof(XNamespace)] = new TextFormatter<XNamespace>((value, _) => value.NamespaceName, XNamespace.Get),
    };

    private static string WriteNoArguments(EventArgs value, PayloadContext context) => ReferenceEquals(value, EventArgs.Empty)
        ? ""
        : throw context.CreateError("An [EventArgs] is not EventArgs.Empty, and has nothing else to tell it by.", "Send EventArgs.Empty.");

    private static string WriteBuilder(StringBuilder value, PayloadContext context) => value.MaxCapacity == int.MaxValue
        ? value.ToString()
        : throw context.CreateError(
            $"A [StringBuilder] has a maximum capacity, [{value.MaxCapacity}].", "Send its text, and make it where it is used.");

    // Its own text would quote and escape the name, and reading it would keep that.
    private static MailAddress ReadMailAddress(string text) => text.IndexOf('\n', StringComparison.Ordinal) is >= 0 and var end
        ? new MailAddress(text[..end], text[(end + 1)..])
        : throw new MessagePackSerializationException("The text of a mail address has no name.");

    private static class Cultures
    {
        // A culture that was changed, or has the settings of this machine's user, is not what its name says.
        public static string Write(CultureInfo value, PayloadContext context)
        {
            if (value.GetType() != typeof(CultureInfo) || !IsAsNamed(value))
            {
                throw context.CreateError(
                    $"The culture [{value.Name}] was changed in this process.", "Send its name, and change it where it is used.");
            }
            return $"{(value.IsReadOnly ? "r" : "w")}{value.Name}";
        }

        public static CultureInfo Read(string text)
        {
            var culture = text.Length == 1 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(text[1..]);
            return text[0] == 'r' ? culture : (CultureInfo)culture.Clone();
        }

        private static bool IsAsNamed(CultureInfo value)
        {
            var named = CultureInfo.GetCultureInfo(value.Name);
            return ReferenceEquals(value, named)
                || HaveSameProperties(value.NumberFormat, named.NumberFormat)
                && HaveSameProperties(value.DateTimeFormat, named.DateTimeFormat)
                && value.Calendar.GetType() == named.Calendar.GetType()
                && value.Calendar.TwoDigitYearMax == named.Calendar.TwoDigitYearMax
                && string.Equals(value.TextInfo.ListSeparator, named.TextInfo.ListSeparator, StringComparison.Ordinal)
                && value.TextInfo.Equals(named.TextInfo) && value.CompareInfo.Equals(named.CompareInfo);
        }

        private static bool HaveSameProperties<T>(T one, T other) => Array.TrueForAll(
            typeof(T).GetProperties(BindingFlags.Instance | BindingFlags.Public),
            property => property.Name is "IsReadOnly" or "Calendar" || IsSame(property.GetValue(one), property.GetValue(other)));

        private static bool IsSame(object? one, object? other) => one is Array a && other is Array b
            ? a.Cast<object>().SequenceEqual(b.Cast<object>())
            : Equals(one, other);
    }

    private static class Encodings
    {
        public static string Write(Encoding value, PayloadContext context)
        {
            foreach (var known in Known)
            {
                if (known.Value.Equals(value) && known.Value.Preamble.SequenceEqual(value.Preamble))
                    return known.Key;
            }
            var named = Encoding.GetEncoding(value.CodePage);
            return named.Equals(value) && named.Preamble.SequenceEqual(value.Preamble)
                ? value.CodePage.ToString(CultureInfo.InvariantCulture)
                : throw context.CreateError(
                    $"The encoding [{value.EncodingName}] has fallbacks or settings of its own.", "Make it where it is used.");
        }

        public static Encoding Read(string text)
        {
            if (Array.Find(Known, known => string.Equals(known.Key, text, StringComparison.Ordinal)) is { Value: { } one })
                return one;
            try
            {
                return Encoding.GetEncoding(int.Parse(text, CultureInfo.InvariantCulture));
            }
            catch (NotSupportedException e)
            {
                throw new MessagePackSerializationException(
                    $"The process that reads it has no encoding for the code page [{text}]. Register one there: "
                    + "WorkerPoolOptions.Initializer = static () => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance).", e);
            }
        }

        // UTF-8 and UTF-16 differ by whether they write a mark and throw on invalid bytes.
        private static KeyValuePair<string, Encoding>[] Known { get; } =
        [
            new("utf8", new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)),
            new("utf8-strict", new UTF8Encoding(false, throwOnInvalidBytes: true)),
            new("utf8-bom", Encoding.UTF8),
            new("utf8-bom-strict", new UTF8Encoding(true, throwOnInvalidBytes: true)),
            new("ascii", Encoding.ASCII), new("latin1", Encoding.Latin1), new("utf16", Encoding.Unicode),
            new("utf16-be", Encoding.BigEndianUnicode), new("utf32", Encoding.UTF32),
        ];
    }
}
