using System.Globalization;

namespace ActorPool.Configuration;

/// <summary>An option of a record of settings, such as <c>PoolNodeOptions.Host</c>.</summary>
internal sealed record SettingsOption(string Record, string Name)
{
    public static SettingsOption ForPool(string name) => new(nameof(WorkerPoolOptions), name);

    public static SettingsOption ForNode(string name) => new(nameof(PoolNodeOptions), name);

    public override string ToString() => $"{Record}.{Name}";
}

/// <summary>A place in a text of settings; line and column count from 1.</summary>
/// <param name="File">The name of the text: a file's name, or an option.</param>
/// <param name="Line">The line.</param>
/// <param name="Column">The column.</param>
internal sealed record SettingsPlace(string File, int Line, int Column)
{
    public override string ToString() => $"{File}, {new HoconPlace(Line, Column)}";
}

/// <summary>One fault in the settings.</summary>
/// <param name="key">The setting: a HOCON path, or an option; empty where the text cannot be read.</param>
/// <param name="place">Where it was written; null if it was written nowhere, or not in a text.</param>
/// <param name="problem">
/// A sentence with the value and what to do. Names that not all readers know by the same words are arguments of the sentence: a
/// <see cref="SettingsOption"/>, a <see cref="SettingsPlace"/>, or a part of a sentence with such arguments.
/// </param>
internal sealed class SettingsFault(string key, SettingsPlace? place, FormattableString problem)
{
    /// <summary>A fault of an option.</summary>
    public SettingsFault(SettingsOption option, FormattableString problem)
        : this(option.ToString(), null, problem) { }

    /// <summary>The setting: a HOCON path, or an option; empty if the text cannot be read.</summary>
    public string Key => key;

    /// <summary>The file's name, or the option with the text; null without a place.</summary>
    public string? File => place?.File;

    /// <summary>The line, from 1; 0 without a place.</summary>
    public int Line => place?.Line ?? 0;

    /// <summary>The column, from 1; 0 without a place.</summary>
    public int Column => place?.Column ?? 0;

    /// <summary>A sentence with the value and what to do.</summary>
    public string Problem => FormatProblem(static name => name);

    /// <summary>Formats the problem for readers who know options and places by other names.</summary>
    /// <param name="rename">Gets each argument of the sentence, and returns it or its replacement.</param>
    public string FormatProblem(Func<object?, object?> rename) => Write(problem, rename);

    public override string ToString() => Problem;

    private static string Write(FormattableString text, Func<object?, object?> rename)
    {
        var arguments = text.GetArguments().Select(one => one is FormattableString part ? Write(part, rename) : rename(one));
        return string.Format(CultureInfo.InvariantCulture, text.Format, [.. arguments]);
    }
}
