using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Spectre.Console;

namespace ActorPool.Terminal.Tests.Support;

/// <summary>What a terminal shows of the bytes that it gets.</summary>
/// <remarks>
/// It knows what the bars use: relative moves, columns, erasing, wide characters. It wraps its lines anew when its width changes, as most
/// terminals do. What it does not know fails the test.
/// </remarks>
internal sealed partial class VirtualTerminal(int width)
{
    private readonly List<List<string>> _lines = [[]]; // each with its cells: wide characters have an empty one behind them
    private int _line;
    private int _cell;
    private bool _wraps; // the last column is filled, and the next character goes to the next row

    public int Width { get; set; } = width;

    /// <summary>Whether the cursor is at the start of an empty row.</summary>
    public bool IsAtStart => _cell == 0 && _lines[_line].Count == 0;

    /// <summary>The rows with text, without the spaces at their ends.</summary>
    public IReadOnlyList<string> Rows =>
    [
        .. _lines.SelectMany(line => line.Count == 0 ? [""] : line.Chunk(Width).Select(row => string.Concat(row).TrimEnd()))
            .Reverse().SkipWhile(row => row.Length == 0).Reverse(),
    ];

    public void Write(string text)
    {
        while (text.Length > 0)
        {
            var sequence = Sequence().Match(text);
            if (sequence.Success)
                Run(sequence.Groups["argument"].Value, sequence.Groups["command"].Value);
            else if (text[0] == '\e' && text.Length > 1 && text[1] is '=' or '>')
                sequence = Sequence().Match("\e[m"); // the keypad's mode, which .NET sets
            else
                Assert.NotEqual('\e', text[0]);
            var length = sequence.Success ? (text[1] == '[' ? sequence.Length : 2) : StringInfo.GetNextTextElementLength(text);
            if (!sequence.Success)
                Put(text[..length]);
            text = text[length..];
        }
    }

    private void Run(string argument, string command)
    {
        var count = int.TryParse(argument, CultureInfo.InvariantCulture, out var number) ? number : 1;
        var rowStart = RowStart;
        switch (command)
        {
            case "A":
                for (; count > 0; count--)
                    MoveUp();
                break;
            case "G":
                MoveTo(rowStart + count - 1);
                break;
            case "K":
                if (rowStart + Width >= _lines[_line].Count)
                    Cut();
                else
                    _lines[_line].RemoveRange(_cell, rowStart + Width - _cell);
                break;
            case "J":
                Cut();
                _lines.RemoveRange(_line + 1, _lines.Count - _line - 1);
                break;
            case "m" or "h" or "l":
                break;
            default:
                Assert.Fail($"The sequence [{argument}{command}] is unknown.");
                break;
        }
        _wraps = false;
    }

    private int RowStart => (_wraps ? _cell - 1 : _cell) / Width * Width;

    private void MoveUp()
    {
        var column = (_wraps ? _cell - 1 : _cell) - RowStart;
        var above = RowStart - Width;
        if (above < 0)
        {
            if (_line == 0)
                return; // the top of the screen
            _line--;
            above = Math.Max(0, _lines[_line].Count - 1) / Width * Width;
        }
        MoveTo(above + column);
    }

    private void MoveTo(int cell)
    {
        _cell = cell;
        while (_lines[_line].Count < cell)
            _lines[_line].Add(" ");
    }

    private void Cut() => _lines[_line].RemoveRange(_cell, _lines[_line].Count - _cell);

    private void Put(string element)
    {
        switch (element)
        {
            case "\r\n":
                Put("\r");
                Put("\n");
                return;
            case "\r":
                _cell = RowStart;
                break;
            case "\n":
                var next = RowStart + Width;
                if (next < _lines[_line].Count)
                {
                    MoveTo(next);
                    break;
                }
                if (++_line == _lines.Count)
                    _lines.Add([]);
                _cell = 0;
                break;
            default:
                PutText(element);
                return;
        }
        _wraps = false;
    }

    private void PutText(string element)
    {
        Assert.False(char.IsControl(element[0]), $"The control character [{(int)element[0]}] is unknown.");
        foreach (var cell in Enumerable.Repeat("", element.GetCellWidth() - 1).Prepend(element))
        {
            if (_cell < _lines[_line].Count)
                _lines[_line][_cell] = cell;
            else
                _lines[_line].Add(cell);
            _cell++;
        }
        _wraps = _cell % Width == 0;
    }

    [GeneratedRegex(@"^\e\[(?<argument>[0-9;?]*)(?<command>[A-Za-z])", RegexOptions.ExplicitCapture | RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Sequence();
}
