using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace ActorPool.Node.Http;

/// <summary>The types of metrics that Prometheus has.</summary>
internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>All series of one metric: one for each combination of its tags.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series that a metric may have; further combinations of tags share one.</summary>
    /// <remarks>Without this limit, tags with many values would make the node's memory grow.</remarks>
    private const int MaxSeries = 1000;

    private const string Overflow = "otel_metric_overflow=\"true\"";

    private static readonly double[] s_defaultBounds =
        [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1000, 10_000];

    private readonly ConcurrentDictionary<string, MetricSeries> _series = new(StringComparer.Ordinal);
    private readonly string _help;
    private readonly double[] _bounds;
    private readonly bool _adds;

    public MetricFamily(string name, Instrument instrument)
    {
        (Name, Kind, _help) = (name, GetKind(instrument), instrument.Description ?? "");
        _bounds = Kind is not MetricKind.Histogram ? [] : GetBounds(instrument);
        IsObservable = instrument.IsObservable;
        // Several pools or nodes of a process have an instrument each, whose values add up; the levels of a gauge do not.
        _adds = Kind is MetricKind.Counter || IsUpDownCounter(instrument);
    }

    public string Name { get; }

    public MetricKind Kind { get; }

    /// <summary>Whether its values are asked for when the page is.</summary>
    public bool IsObservable { get; }

    public static MetricKind GetKind(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(Counter<>) || type == typeof(ObservableCounter<>) ? MetricKind.Counter
            : type == typeof(Histogram<>) ? MetricKind.Histogram
            : MetricKind.Gauge;
    }

    /// <summary>Records a measurement; thread-safe.</summary>
    public void Record(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var series = GetSeries(FormatLabels(tags));
        if (Kind is MetricKind.Histogram)
            series.Observe(value, _bounds);
        else if (_adds)
            series.Add(value);
        else
            series.Set(value);
    }

    /// <summary>Forgets all series, before the values of an observable instrument are asked for again.</summary>
    public void Clear() => _series.Clear();

    /// <summary>Writes the metric with its type and its series, in the text format.</summary>
    public void Write(StringBuilder text)
    {
        if (_series.IsEmpty)
            return;
        if (_help.Length > 0)
            text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {EscapeHelp(_help)}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {GetTypeName()}\n");
        foreach (var (labels, series) in _series.OrderBy(series => series.Key, StringComparer.Ordinal))
            series.Write(text, Name, labels, _bounds, Kind);
    }

    private string GetTypeName() => Kind switch
    {
        MetricKind.Counter => "counter",
        MetricKind.Histogram => "histogram",
        _ => "gauge",
    };

    private MetricSeries GetSeries(string labels)
    {
        if (_series.TryGetValue(labels, out var series))
            return series;
        return _series.GetOrAdd(_series.Count < MaxSeries ? labels : Overflow, _ => new MetricSeries(_bounds.Length));
    }

    private static bool IsUpDownCounter(Instrument instrument)
    {
        var type = instrument.GetType().GetGenericTypeDefinition();
        return type == typeof(UpDownCounter<>) || type == typeof(ObservableUpDownCounter<>);
    }

    private static double[] GetBounds(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        _ => s_defaultBounds,
    };

    private static string FormatLabels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty)
            return "";
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0)
                text.Append(',');
            text.Append(MetricName.Sanitize(name)).Append("=\"")
                .Append(EscapeLabel(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")).Append('"');
        }
        return text.ToString();
    }

    private static string EscapeHelp(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string EscapeLabel(string text) => EscapeHelp(text).Replace("\"", "\\\"", StringComparison.Ordinal);
}
