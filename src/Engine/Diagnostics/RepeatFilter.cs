namespace ActorPool.Diagnostics;

/// <summary>Lets a text through once in an interval.</summary>
/// <remarks>A peer that is not reachable must not fill the log.</remarks>
internal sealed class RepeatFilter(TimeProvider clock, TimeSpan interval)
{
    /// <summary>Texts that are remembered; beyond that all are forgotten, and may pass once more.</summary>
    private const int MaxEntries = 256;

    private readonly Dictionary<string, (long Last, int Omitted)> _seen = new(StringComparer.Ordinal);

    public bool IsNew(string text) => IsNew(text, out _);

    /// <param name="text">The text.</param>
    /// <param name="omitted">If the text is new: how often it was dropped since it last passed.</param>
    public bool IsNew(string text, out int omitted)
    {
        omitted = 0;
        var now = clock.GetTimestamp();
        if (_seen.TryGetValue(text, out var seen))
        {
            if (clock.GetElapsedTime(seen.Last, now) < interval)
            {
                _seen[text] = seen with { Omitted = seen.Omitted + 1 };
                return false;
            }
            omitted = seen.Omitted;
        }
        else if (_seen.Count >= MaxEntries)
        {
            _seen.Clear();
        }
        _seen[text] = (now, 0);
        return true;
    }
}
