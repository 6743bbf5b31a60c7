namespace ActorPool.Telemetry;

/// <summary>Lets a text through once in an interval: a peer that is not there must not fill the log by not being there.</summary>
internal sealed class RepeatFilter(TimeProvider clock, TimeSpan interval)
{
    /// <summary>Texts that are remembered; beyond it all are forgotten, and may come once more.</summary>
    private const int Most = 256;

    private readonly Dictionary<string, (long Last, int More)> _seen = new(StringComparer.Ordinal);

    public bool IsNew(string text) => IsNew(text, out _);

    /// <param name="text">The text.</param>
    /// <param name="more">If it is new: how often it came since it was let through before.</param>
    public bool IsNew(string text, out int more)
    {
        more = 0;
        var now = clock.GetTimestamp();
        if (_seen.TryGetValue(text, out var seen))
        {
            if (clock.GetElapsedTime(seen.Last, now) < interval)
            {
                _seen[text] = seen with { More = seen.More + 1 };
                return false;
            }
            more = seen.More;
        }
        else if (_seen.Count >= Most)
        {
            _seen.Clear();
        }
        _seen[text] = (now, 0);
        return true;
    }
}
