using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Numerics;
using System.Text;

namespace ActorPool.Node.Http;

/// <summary>Shows the instruments of some meters in the text format of Prometheus.</summary>
/// <remarks>
/// It collects from its creation on. Exporters were tried: OpenTelemetry's has had no release for ASP.NET Core that is not a preview, and
/// prometheus-net calls counters gauges and gives other names than OpenTelemetry.
/// </remarks>
internal sealed class MetricsPage : IDisposable
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly Lock _collecting = new();

    /// <param name="meters">The names of the meters.</param>
    public MetricsPage(params IReadOnlyCollection<string> meters)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!meters.Contains(instrument.Meter.Name, StringComparer.Ordinal))
                return;
            // Instruments of one name, of several pools say, are one metric.
            var name = MetricName.Create(instrument);
            listener.EnableMeasurementEvents(instrument, _families.GetOrAdd(name, key => new MetricFamily(key, instrument)));
        };
        Listen<byte>();
        Listen<short>();
        Listen<int>();
        Listen<long>();
        Listen<float>();
        Listen<double>();
        Listen<decimal>();
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Asks the observable instruments, and formats all metrics.</summary>
    /// <exception cref="AggregateException">An instrument's callback threw.</exception>
    public string Format()
    {
        lock (_collecting)
        {
            foreach (var family in _families.Values.Where(family => family.IsObservable))
                family.Clear();
            _listener.RecordObservableInstruments();
            var text = new StringBuilder();
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
                family.Write(text);
            return text.ToString();
        }
    }

    private void Listen<T>()
        where T : struct, INumber<T> => _listener.SetMeasurementEventCallback<T>(
        static (_, value, tags, family) => ((MetricFamily)family!).Record(double.CreateSaturating(value), tags));
}
