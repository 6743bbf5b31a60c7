using System.Diagnostics.Metrics;
using System.Text;

namespace ActorPool.Node.Http;

/// <summary>Translates the names of .NET's instruments to those of Prometheus.</summary>
/// <remarks>
/// As OpenTelemetry's specification "Prometheus and OpenMetrics compatibility" does: <c>actorpool.chunk.duration</c> in <c>s</c> is
/// <c>actorpool_chunk_duration_seconds</c>, and a counter ends with <c>_total</c>. A metric has the same name whether a node serves it or
/// a service exports it with OpenTelemetry.
/// </remarks>
internal static class MetricName
{
    /// <summary>Translates the name of an instrument.</summary>
    public static string Create(Instrument instrument)
    {
        var (kind, name) = (MetricFamily.GetKind(instrument), new StringBuilder(Sanitize(instrument.Name)));
        if (GetUnit(instrument.Unit, kind) is { } unit && !name.ToString().EndsWith($"_{unit}", StringComparison.Ordinal))
            name.Append('_').Append(unit);
        if (kind is MetricKind.Counter && !name.ToString().EndsWith("_total", StringComparison.Ordinal))
            name.Append("_total");
        return name.ToString();
    }

    /// <summary>Replaces what a name or a label's name must not have.</summary>
    public static string Sanitize(string name)
    {
        var text = string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' ? c : '_'));
        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? $"_{text}" : text;
    }

    /// <remarks>A unit in braces, such as <c>{item}</c>, is a remark and not part of the name.</remarks>
    private static string? GetUnit(string? unit, MetricKind kind) => unit switch
    {
        null or "" => null,
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "1" => kind is MetricKind.Gauge ? "ratio" : null,
        ['{', .., '}'] => null,
        _ => Sanitize(unit),
    };
}
