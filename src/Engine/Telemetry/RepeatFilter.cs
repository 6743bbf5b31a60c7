namespace ActorPool.Telemetry;

/// <summary>Lets a text through once in an interval: a peer that is not there must not fill the log by not being there.</summary>
internal sealed class RepeatFilter(TimeProvider clock, TimeSpan interval)
{
    /// <summary>Texts that are remembered; beyond it all are forgotten, and may come once more.</summary>
    private const int Most = 256;

    private readonly Dictionary<string, long> _seen = new(StringComparer.Ordinal);

    public bool IsNew(string text)
    {
        var now = clock.GetTimestamp();
        if (_seen.TryGetValue(text, out var last) && clock.GetElapsedTime(last, now) < interval)
            return false;
        if (_seen.Count >= Most)
            _seen.Clear();
        _seen[text] = now;
        return true;
    }
}
