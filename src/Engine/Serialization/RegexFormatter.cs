using System.Globalization;
using System.Text.RegularExpressions;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats a <see cref="Regex"/> as its pattern, options and timeout.</summary>
/// <remarks>
/// A generated one arrives as an interpreted one of the same pattern. One that ignores case has taken the letters of a culture when it was
/// made, and does not tell which: the sender's culture stands for it. There are three kinds of letters: Turkish, others, and no culture's.
/// </remarks>
internal sealed partial class RegexFormatter : IMessagePackFormatter<Regex?>
{
    private static readonly string[] s_letters = ["", "en-US", "tr-TR"];

    public void Serialize(ref MessagePackWriter writer, Regex? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(4);
        PackedString.Write(ref writer, value.ToString());
        writer.Write((int)value.Options);
        writer.Write(value.MatchTimeout.Ticks);
        writer.Write(DependsOnCulture(value.ToString(), value.Options) ? GetLetters(CultureInfo.CurrentCulture) : 0);
    }

    public Regex? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 4)
            throw new MessagePackSerializationException("A Regex does not have four parts.");
        var pattern = PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("The pattern of a Regex is nil.");
        var kind = (RegexOptions)reader.ReadInt32();
        var timeout = TimeSpan.FromTicks(reader.ReadInt64());
        var letters = reader.ReadInt32();
        if (letters < 0 || letters >= s_letters.Length)
            throw new MessagePackSerializationException($"A Regex has letters of the kind [{letters}].");
        return Create(pattern, kind, timeout, letters);
    }

    private static Regex Create(string pattern, RegexOptions options, TimeSpan timeout, int letters)
    {
        var here = CultureInfo.CurrentCulture;
        if (!DependsOnCulture(pattern, options) || GetLetters(here) == letters)
            return new Regex(pattern, options, timeout);
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(s_letters[letters]);
            return new Regex(pattern, options, timeout);
        }
        catch (CultureNotFoundException e)
        {
            throw new PayloadException(
                $"The Regex [{pattern}] ignores case by the letters of [{s_letters[letters]}], and this process has no cultures. "
                + "Use RegexOptions.CultureInvariant.", e);
        }
        finally
        {
            CultureInfo.CurrentCulture = here;
        }
    }

    private static bool DependsOnCulture(string pattern, RegexOptions options) =>
        !options.HasFlag(RegexOptions.CultureInvariant)
        && (options.HasFlag(RegexOptions.IgnoreCase) || IgnoresCaseInside().IsMatch(pattern));

    [GeneratedRegex(@"\(\?[mnsx]*i", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex IgnoresCaseInside();

    private static int GetLetters(CultureInfo culture) =>
        culture.Name.Length == 0 ? 0 : culture.TwoLetterISOLanguageName is "tr" or "az" ? 2 : 1;
}
