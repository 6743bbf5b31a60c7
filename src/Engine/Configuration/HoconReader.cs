using System.Globalization;
using System.Text;

namespace ActorPool.Configuration;

/// <summary>Reads HOCON strictly and reports each fault with its place.</summary>
/// <remarks>
/// Anything that it does not understand is a fault; it then continues with the next line. Akka's own parser accepts unbalanced braces and
/// nonsense and loses keys because of them, and a self-reference ends the process. This reader knows the part of HOCON that a configuration
/// needs: sections, dotted and quoted keys, <c>=</c> and <c>:</c>, plain, quoted and triple-quoted strings, lists and comments.
/// <para>akka.net#2950 and akka.net#3244 (closed, not fixed). Remove when Akka's parser refuses what it cannot read, with the place.</para>
/// </remarks>
internal sealed class HoconReader
{
    private const int MaxDepth = 64; // nested braces and brackets; deeper text could overflow the reader's stack
    private const string NotInPlainText = "$\"{}[]:=,#`^?!@*&\\\r\n";

    private readonly string _text;
    private readonly List<HoconEntry> _entries = [];
    private readonly List<HoconFault> _faults = [];
    private int _position;
    private int _depth;
    private bool _isCutOff;

    private HoconReader(string text) => _text = text;

    private sealed class SyntaxException(int position, string message) : Exception(message)
    {
        public int Position { get; } = position;
    }

    private bool IsAtEnd => _position >= _text.Length;

    private char Current => IsAtEnd ? '\0' : _text[_position];

    public static (IReadOnlyList<HoconEntry> Entries, IReadOnlyList<HoconFault> Faults) Read(string text)
    {
        var reader = new HoconReader(text);
        reader.ReadDocument();
        return (reader._entries, reader._faults);
    }

    public static bool IsPlainKey(string key) =>
        key is not ("" or "include") && key.All(IsKeyCharacter) && !key.Contains("//", StringComparison.Ordinal);

    private static bool IsKeyCharacter(char c) => char.IsLetterOrDigit(c) || c is '-' or '_' or '/';

    private void ReadDocument()
    {
        if (Current == '\uFEFF')
            AddFault(_position++, "a byte order mark, which makes Akka lose all keys. Save the text as UTF-8 without it");
        SkipBlank();
        var isBraced = Current == '{'; // as in JSON
        if (isBraced)
            _position++;
        ReadMembers([], isBraced ? _position - 1 : null);
        SkipBlank();
        if (isBraced && !IsAtEnd)
            AddFault(_position, "text after the brace that closes the document. Move it inside the braces");
    }

    private void ReadMembers(string[] section, int? brace)
    {
        Descend();
        while (true)
        {
            SkipBlank();
            if (IsAtEnd)
            {
                if (brace is { } opening && !_isCutOff)
                    AddFault(opening, "a { that is never closed. Add the missing }");
                _isCutOff |= brace is not null; // reported once: the sections around it are open for the same reason
                break;
            }
            if (Current == '}')
            {
                _position++;
                if (brace is not null)
                    break;
                AddFault(_position - 1, "a } that closes nothing. Remove it, or add the missing {");
                continue;
            }
            var (depth, error) = (_depth, TryReadMember(section));
            if (error is null)
                continue;
            _depth = depth; // the fault may have ended a list in its middle
            AddFault(error.Position, error.Message);
            SkipLine(); // not inside a catch: it reads sections, and nested handlers need a lot of stack
        }
        _depth--;
    }

    /// <returns>The fault; null if the member was read.</returns>
    private SyntaxException? TryReadMember(string[] section)
    {
        try
        {
            ReadMember(section);
            ReadEndOfValue();
            return null;
        }
        catch (SyntaxException error)
        {
            return error;
        }
    }

    private void ReadMember(string[] section)
    {
        var start = _position;
        string[] path = [.. section, ReadKey()];
        while (Current == '.')
        {
            _position++;
            path = [.. path, ReadKey()];
        }
        SkipSpaces();
        if (path is [.., "include"] && Current is not ('=' or ':' or '{'))
            throw new SyntaxException(start, "an include, which is not supported. Write the settings themselves");
        if (Current == '+')
            throw new SyntaxException(_position, "+=, which is not supported. Write the whole list with =");
        if (Current is '=' or ':')
        {
            _position++;
            SkipSpaces();
        }
        else if (Current != '{')
            throw new SyntaxException(start, $"[{string.Join('.', path)}] with no = and no {{ after it. Write key = value");
        if (Current == '{')
            ReadSection(path, start);
        else
            AddEntry(path, start, Current == '[' ? ReadList() : ReadText());
    }

    private void ReadSection(string[] path, int start)
    {
        var (entries, faults, brace) = (_entries.Count, _faults.Count, _position++);
        ReadMembers(path, brace);
        if (_entries.Count == entries && _faults.Count == faults)
            AddEntry(path, start, ("{}", "{}")); // it is empty, but its name may be wrong
    }

    private (string Value, string Literal) ReadList()
    {
        Descend();
        var (start, opening) = (_position, _position++);
        var items = new List<string>();
        for (SkipBlank(); Current != ']'; SkipBlank())
        {
            if (IsAtEnd)
                throw new SyntaxException(opening, "a [ that is never closed. Add the missing ]");
            if (Current == '{')
                throw new SyntaxException(_position, "a section inside a list, which is not supported");
            items.Add((Current == '[' ? ReadList() : ReadText()).Literal);
            SkipSpaces();
            if (Current is ',' or '\n' or '\r')
                _position++;
            else if (Current != ']' && !IsAtEnd && !IsAtComment())
                throw CreateUnexpected();
        }
        _position++;
        _depth--;
        return (_text[start.._position], $"[{string.Join(", ", items)}]");
    }

    private (string Value, string Literal) ReadText()
    {
        var value = Current == '"' ? ReadQuoted() : ReadPlain();
        return (value, HoconText.Quote(value));
    }

    private string ReadKey()
    {
        if (Current == '"')
            return ReadQuoted();
        var start = _position;
        while (!IsAtEnd && IsKeyCharacter(Current) && !IsAtComment())
            _position++;
        return _position > start ? _text[start.._position] : throw CreateUnexpected();
    }

    private string ReadPlain()
    {
        var start = _position;
        while (!IsAtEnd && !NotInPlainText.Contains(Current, StringComparison.Ordinal) && !IsAtComment()
            && (Current == '\t' || !char.IsControl(Current)))
        {
            _position++;
        }
        var value = _text[start.._position].Trim();
        if (Current == '$')
            throw CreateUnexpected();
        return value switch
        {
            "" => throw new SyntaxException(
                start,
                IsAtEnd || Current is '\r' or '\n' or '}' || IsAtComment()
                    ? "a key without a value. Write one after the =, on the same line"
                    : CreateUnexpected().Message),
            "null" => throw new SyntaxException(start, "null, which is not supported. Leave the key out"),
            _ => value,
        };
    }

    private string ReadQuoted()
    {
        var start = _position;
        if (string.CompareOrdinal(_text, _position, "\"\"\"", 0, 3) == 0)
        {
            var end = _text.IndexOf("\"\"\"", _position + 3, StringComparison.Ordinal);
            if (end < 0)
                throw new SyntaxException(start, "\"\"\" that is never closed. Add the missing \"\"\"");
            _position = end + 3;
            return _text[(start + 3)..end];
        }
        var value = new StringBuilder();
        for (_position++; Current != '"'; _position++)
        {
            if (IsAtEnd || Current is '\r' or '\n')
                throw new SyntaxException(start, "a \" that is never closed. Close it on the same line");
            value.Append(Current == '\\' ? ReadEscaped() : Current);
        }
        _position++;
        return value.ToString();
    }

    private char ReadEscaped()
    {
        var start = _position++;
        if (Current == 'u' && _position + 4 < _text.Length
            && ushort.TryParse(_text.AsSpan(_position + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
        {
            _position += 4;
            return (char)code;
        }
        return "\"\\/bfnrt".IndexOf(Current, StringComparison.Ordinal) is >= 0 and var known && !IsAtEnd
            ? "\"\\/\b\f\n\r\t"[known]
            : throw new SyntaxException(start, "a \\ that escapes nothing known. Write \\\\ for the character itself");
    }

    private void ReadEndOfValue()
    {
        SkipSpaces();
        if (Current == ',')
            _position++;
        else if (!IsAtEnd && Current is not ('\r' or '\n' or '}') && !IsAtComment())
            throw CreateUnexpected();
    }

    private SyntaxException CreateUnexpected() => new(_position, Current switch
    {
        '$' => "a substitution, which is not supported. Write the value itself, or \"$…\" for a text with a $",
        '"' or '=' or ':' => $"an unexpected {Current}. Write one setting per line, and put a value with = : or \" in quotes",
        var c => $"an unexpected {(IsAtEnd ? "end" : c is <= ' ' or > '~' ? $"character U+{(int)c:X4}" : c)}. "
            + "Write key = value, and put a value with special characters in quotes",
    });

    private void Descend()
    {
        if (++_depth <= MaxDepth)
            return;
        var position = _position;
        (_position, _isCutOff) = (_text.Length, true);
        AddFault(position, $"braces or brackets deeper than [{MaxDepth}]");
    }

    private void SkipSpaces()
    {
        while (Current is ' ' or '\t')
            _position++;
    }

    private void SkipBlank()
    {
        while (!IsAtEnd && (char.IsWhiteSpace(Current) || IsAtComment()))
        {
            if (IsAtComment())
                _position = _text.IndexOf('\n', _position) is >= 0 and var end ? end : _text.Length;
            else
                _position++;
        }
    }

    /// <summary>Skips the rest of a line with a fault.</summary>
    /// <remarks>A section that begins on that line is read for its faults, so that its } is not reported as one.</remarks>
    private void SkipLine()
    {
        while (!IsAtEnd && Current is not ('\n' or '}'))
        {
            var c = _text[_position++];
            if (c == '$' && Current == '{')
                _position = _text.IndexOfAny(['}', '\n'], _position) is >= 0 and var end ? end + (_text[end] == '}' ? 1 : 0) : _text.Length;
            else if (c == '{')
            {
                var entries = _entries.Count;
                ReadMembers(["?"], _position - 1);
                _entries.RemoveRange(entries, _entries.Count - entries);
            }
        }
    }

    private bool IsAtComment() => Current == '#' || (Current == '/' && _position + 1 < _text.Length && _text[_position + 1] == '/');

    private void AddEntry(string[] path, int position, (string Value, string Literal) value) =>
        _entries.Add(new HoconEntry(HoconText.FormatPath(path), value.Value, value.Literal, GetPlace(position)));

    private void AddFault(int position, string message) => _faults.Add(new HoconFault(message, GetPlace(position)));

    private HoconPlace GetPlace(int position) =>
        new(_text.AsSpan(0, position).Count('\n') + 1, position - (position == 0 ? -1 : _text.LastIndexOf('\n', position - 1)));
}
