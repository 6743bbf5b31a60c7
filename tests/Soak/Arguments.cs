using System.Globalization;

namespace ActorPool.Soak;

/// <summary>The command line of a soak.</summary>
/// <param name="Form">Which of the runs; null for that of one pool.</param>
/// <param name="Length">How long it takes.</param>
/// <param name="Seed">Decides what is random; null for another one in each run.</param>
/// <param name="Workers">Workers of the pool.</param>
internal sealed record Arguments(string? Form, TimeSpan Length, int? Seed, int Workers)
{
    private const double MaxMinutes = 1_000_000;
    private const int MaxWorkers = 10_000;

    private static readonly string[] s_forms = ["cluster", "processes"];

    /// <exception cref="ArgumentException">An argument is wrong.</exception>
    /// <remarks>A soak with other arguments would pass, and would not be the one that was asked for.</remarks>
    public static Arguments Parse(string[] args)
    {
        var form = args is [var first, ..] && s_forms.Contains(first, StringComparer.Ordinal) ? first : null;
        string[] names = form is null ? ["--minutes", "--seed", "--workers"] : ["--minutes", "--seed"];
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in args.Skip(form is null ? 0 : 1).Chunk(2))
        {
            if (!names.Contains(pair[0], StringComparer.Ordinal))
            {
                throw new ArgumentException(
                    $"[{pair[0]}] is unknown. Use [cluster], [processes] or neither, then {string.Join(", ", names)}.");
            }
            if (pair.Length < 2)
                throw new ArgumentException($"{pair[0]} has no value.");
            if (!values.TryAdd(pair[0], pair[1]))
                throw new ArgumentException($"{pair[0]} is given twice.");
        }
        return new Arguments(form, ReadLength(), ReadNumber("--seed", 0, int.MaxValue), ReadNumber("--workers", 1, MaxWorkers) ?? 4);

        TimeSpan ReadLength()
        {
            if (!values.TryGetValue("--minutes", out var text))
                return TimeSpan.FromMinutes(5);
            return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var minutes)
                && minutes is > 0 and <= MaxMinutes
                    ? TimeSpan.FromMinutes(minutes)
                    : throw new ArgumentException($"--minutes is [{text}]; it must be a number, more than 0 and at most {MaxMinutes}.");
        }

        int? ReadNumber(string name, int min, int max)
        {
            if (!values.TryGetValue(name, out var text))
                return null;
            return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : throw new ArgumentException($"{name} is [{text}]; it must be a whole number, {min} to {max}.");
        }
    }
}
