using System.Globalization;
using System.Text;

namespace ActorPool.Hosting;

/// <summary>Reads HOCON strictly: whatever it does not understand is a fault with its place, and the next line is read all the same.</summary>
/// <remarks>
/// Akka's own parser accepts unbalanced braces and nonsense and loses keys over them, and a self-reference ends the process. This one knows the part of
/// HOCON that a configuration needs: sections, dotted and quoted keys, <c>=</c> and <c>:</c>, strings plain, quoted and triple-quoted, lists and comments.
/// </remarks>
internal sealed class HoconReader
{
    private const int MostDepth = 64; // braces and brackets in each other; a text cannot take the reader's stack away
    private const string NotInPlainText = "$\"{}[]:=,#`^?!@*&\\\r\n";

    private readonly string _text;
    private readonly List<HoconEntry> _entries = [];
    private readonly List<HoconFault> _faults = [];
    private int _at;
    private int _depth;
    private bool _isCutOff;

    private HoconReader(string text) => _text = text;

    private sealed class Refusal(int at, string message) : Exception(message)
    {
        public int At { get; } = at;
    }

    private bool IsAtEnd => _at >= _text.Length;

    private char Current => IsAtEnd ? '\0' : _text[_at];

    public static (IReadOnlyList<HoconEntry> Entries, IReadOnlyList<HoconFault> Faults) Read(string text)
    {
        var reader = new HoconReader(text);
        reader.Document();
        return (reader._entries, reader._faults);
    }

    public static bool IsPlainKey(string key) => key is not ("" or "include") && key.All(IsKeyCharacter) && !key.Contains("//", StringComparison.Ordinal);

    private static bool IsKeyCharacter(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' or '/';

    private void Document()
    {
        if (Current == '\uFEFF')
            Note(_at++, "a byte order mark, behind which Akka loses all keys. Save the text as UTF-8 without it");
        SkipBlank();
        var isBraced = Current == '{'; // as JSON is
        if (isBraced)
            _at++;
        Members([], isBraced ? _at - 1 : null);
        SkipBlank();
        if (isBraced && !IsAtEnd)
            Note(_at, "text after the brace that ends it all. Move it inside the braces");
    }

    private void Members(string[] section, int? brace)
    {
        Descend();
        while (true)
        {
            SkipBlank();
            if (IsAtEnd)
            {
                if (brace is { } opening && !_isCutOff)
                    Note(opening, "a { that is never closed. Add the missing }");
                _isCutOff |= brace is not null; // once: the sections around it are open for the same reason
                break;
            }
            if (Current == '}')
            {
                _at++;
                if (brace is not null)
                    break;
                Note(_at - 1, "a } that closes nothing. Remove it, or add the missing {");
                continue;
            }
            var (depth, refusal) = (_depth, Refused(section));
            if (refusal is null)
                continue;
            _depth = depth; // a list that was refused was left in its middle
            Note(refusal.At, refusal.Message);
            SkipLine(); // not inside a catch: it reads sections, and handlers in handlers take a lot of stack
        }
        _depth--;
    }

    private Refusal? Refused(string[] section)
    {
        try
        {
            Member(section);
            EndOfValue();
            return null;
        }
        catch (Refusal refusal)
        {
            return refusal;
        }
    }

    private void Member(string[] section)
    {
        var start = _at;
        string[] path = [.. section, Key()];
        while (Current == '.')
        {
            _at++;
            path = [.. path, Key()];
        }
        SkipSpaces();
        if (path is [.., "include"] && Current is not ('=' or ':' or '{'))
            throw new Refusal(start, "an include, which is not supported. Write the settings themselves");
        if (Current == '+')
            throw new Refusal(_at, "+=, which is not supported. Write the whole list with =");
        if (Current is '=' or ':')
        {
            _at++;
            SkipSpaces();
        }
        else if (Current != '{')
            throw new Refusal(start, $"[{string.Join('.', path)}], which no = and no {{ follows. Write key = value");
        if (Current == '{')
            Section(path, start);
        else
            Add(path, start, Current == '[' ? List() : Text());
    }

    private void Section(string[] path, int start)
    {
        var (entries, faults, brace) = (_entries.Count, _faults.Count, _at++);
        Members(path, brace);
        if (_entries.Count == entries && _faults.Count == faults)
            Add(path, start, ("{}", "{}")); // without contents, but with a name that may be wrong
    }

    private (string Value, string Literal) List()
    {
        Descend();
        var (start, opening) = (_at, _at++);
        var items = new List<string>();
        for (SkipBlank(); Current != ']'; SkipBlank())
        {
            if (IsAtEnd)
                throw new Refusal(opening, "a [ that is never closed. Add the missing ]");
            if (Current == '{')
                throw new Refusal(_at, "a section inside a list, which is not supported");
            items.Add((Current == '[' ? List() : Text()).Literal);
            SkipSpaces();
            if (Current is ',' or '\n' or '\r')
                _at++;
            else if (Current != ']' && !IsAtEnd && !IsAtComment())
                throw Unexpected();
        }
        _at++;
        _depth--;
        return (_text[start.._at], $"[{string.Join(", ", items)}]");
    }

    private (string Value, string Literal) Text()
    {
        var value = Current == '"' ? Quoted() : Plain();
        return (value, HoconText.Quote(value));
    }

    private string Key()
    {
        if (Current == '"')
            return Quoted();
        var start = _at;
        while (!IsAtEnd && IsKeyCharacter(Current) && !IsAtComment())
            _at++;
        return _at > start ? _text[start.._at] : throw Unexpected();
    }

    private string Plain()
    {
        var start = _at;
        while (!IsAtEnd && !NotInPlainText.Contains(Current, StringComparison.Ordinal) && !IsAtComment() && (Current == '\t' || !char.IsControl(Current)))
            _at++;
        var value = _text[start.._at].Trim();
        if (Current == '$')
            throw Unexpected();
        return value switch
        {
            "" => throw new Refusal(start, IsAtEnd || Current is '\r' or '\n' or '}' || IsAtComment() ? "a key without a value. Write one behind the =, on the same line" : Unexpected().Message),
            "null" => throw new Refusal(start, "null, which is not supported. Leave the key out"),
            _ => value,
        };
    }

    private string Quoted()
    {
        var start = _at;
        if (string.CompareOrdinal(_text, _at, "\"\"\"", 0, 3) == 0)
        {
            var end = _text.IndexOf("\"\"\"", _at + 3, StringComparison.Ordinal);
            if (end < 0)
                throw new Refusal(start, "\"\"\" that is never closed. Add the missing \"\"\"");
            _at = end + 3;
            return _text[(start + 3)..end];
        }
        var value = new StringBuilder();
        for (_at++; Current != '"'; _at++)
        {
            if (IsAtEnd || Current is '\r' or '\n')
                throw new Refusal(start, "a \" that is never closed. Close it on the same line");
            value.Append(Current == '\\' ? Escaped() : Current);
        }
        _at++;
        return value.ToString();
    }

    private char Escaped()
    {
        var start = _at++;
        if (Current == 'u' && _at + 4 < _text.Length && ushort.TryParse(_text.AsSpan(_at + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            _at += 4;
            return (char)code;
        }
        return "\"\\/bfnrt".IndexOf(Current, StringComparison.Ordinal) is >= 0 and var known && !IsAtEnd
            ? "\"\\/\b\f\n\r\t"[known]
            : throw new Refusal(start, "a \\ that escapes nothing known. Write \\\\ for the character itself");
    }

    private void EndOfValue()
    {
        SkipSpaces();
        if (Current == ',')
            _at++;
        else if (!IsAtEnd && Current is not ('\r' or '\n' or '}') && !IsAtComment())
            throw Unexpected();
    }

    private Refusal Unexpected() => new(_at, Current switch
    {
        '$' => "a substitution, which is not supported: the text must hold all by itself. Write the value, or \"$…\" for the text",
        '"' or '=' or ':' => $"an unexpected {Current}. Write one setting a line, and a value with = : or \" wholly in quotes",
        var c => $"an unexpected {(IsAtEnd ? "end" : c is <= ' ' or > '~' ? $"character U+{(int)c:X4}" : c)}. Write key = value, and quotes around a value with special characters",
    });

    private void Descend()
    {
        if (++_depth <= MostDepth)
            return;
        var at = _at;
        (_at, _isCutOff) = (_text.Length, true);
        Note(at, $"braces or brackets deeper than [{MostDepth}]");
    }

    private void SkipSpaces()
    {
        while (Current is ' ' or '\t')
            _at++;
    }

    private void SkipBlank()
    {
        while (!IsAtEnd && (char.IsWhiteSpace(Current) || IsAtComment()))
        {
            if (IsAtComment())
                _at = _text.IndexOf('\n', _at) is >= 0 and var end ? end : _text.Length;
            else
                _at++;
        }
    }

    /// <summary>Goes on behind a fault. A section that begins on its line is read for its own faults, so that its } does not become one.</summary>
    private void SkipLine()
    {
        while (!IsAtEnd && Current is not ('\n' or '}'))
        {
            var c = _text[_at++];
            if (c == '$' && Current == '{')
                _at = _text.IndexOfAny(['}', '\n'], _at) is >= 0 and var end ? end + (_text[end] == '}' ? 1 : 0) : _text.Length;
            else if (c == '{')
            {
                var entries = _entries.Count;
                Members(["?"], _at - 1);
                _entries.RemoveRange(entries, _entries.Count - entries);
            }
        }
    }

    private bool IsAtComment() => Current == '#' || (Current == '/' && _at + 1 < _text.Length && _text[_at + 1] == '/');

    private void Add(string[] path, int at, (string Value, string Literal) value) =>
        _entries.Add(new HoconEntry(HoconText.PathOf(path), value.Value, value.Literal, PlaceOf(at)));

    private void Note(int at, string message) => _faults.Add(new HoconFault(message, PlaceOf(at)));

    private HoconPlace PlaceOf(int at) => new(_text.AsSpan(0, at).Count('\n') + 1, at - (at == 0 ? -1 : _text.LastIndexOf('\n', at - 1)));
}
