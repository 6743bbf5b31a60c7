using System.Globalization;

namespace ActorPool.Processes;

/// <summary>What stands before a line of a worker process: which item has written it.</summary>
/// <remarks>
/// The process writes it itself, since its item may be another one when its parent reads the line. What does not go through
/// <see cref="Console"/> has none: native code, streams of the file, .NET's report of a crash.
/// <para>Layout: RS, the item's index, US, the job's name, RS. A function that writes these characters only changes its own lines.</para>
/// </remarks>
internal static class LineMark
{
    private const char Edge = '\u001e';
    private const char Middle = '\u001f';
    private const int MaxNameChars = 200;

    public static string Format(RunningItem item)
    {
        var name = item.Job.Length <= MaxNameChars ? item.Job : item.Job[..MaxNameChars];
        if (name.Any(char.IsControl))
            name = string.Concat(name.Select(c => char.IsControl(c) ? '?' : c));
        return string.Create(CultureInfo.InvariantCulture, $"{Edge}{item.Index}{Middle}{name}{Edge}");
    }

    /// <summary>Takes the mark from a line.</summary>
    /// <returns>The item, null for none, and the text without the mark.</returns>
    public static (RunningItem? Item, string Text) Take(string line)
    {
        if (line.Length == 0 || line[0] != Edge)
            return (null, line);
        var middle = line.IndexOf(Middle, StringComparison.Ordinal);
        var end = line.IndexOf(Edge, 1);
        return middle > 0 && end > middle
            && long.TryParse(line.AsSpan(1, middle - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? (new RunningItem(line[(middle + 1)..end], index), line[(end + 1)..])
            : (null, line);
    }
}
