using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace TelemetrySample;

/// <summary>Sends what ActorPool measures and traces to a collector, and serves it to Prometheus.</summary>
internal static class Exporters
{
    private static TracerProvider? s_onNode;
    private static int s_starts;

    /// <summary>Sends spans by OTLP over HTTP; the end of the provider sends the last ones.</summary>
    /// <param name="collector">The collector, for example <c>http://127.0.0.1:4318</c>.</param>
    /// <param name="service">By which name the collector knows this process.</param>
    public static TracerProvider StartTraces(string collector, string service) => Sdk.CreateTracerProviderBuilder()
        .ConfigureResource(resource => resource.AddService(service))
        .AddSource("ActorPool", "TelemetrySample")
        .AddOtlpExporter(options => (options.Endpoint, options.Protocol) = (GetUri(collector, "traces"), OtlpExportProtocol.HttpProtobuf))
        .Build();

    /// <summary>Sends measurements by OTLP over HTTP, and serves them at <c>/metrics</c>.</summary>
    /// <param name="collector">The collector.</param>
    /// <param name="port">The port for Prometheus, on the loopback interface.</param>
    public static MeterProvider StartMetrics(string collector, int port) => Sdk.CreateMeterProviderBuilder()
        .ConfigureResource(resource => resource.AddService("sample"))
        .AddMeter("ActorPool")
        .AddOtlpExporter(options => (options.Endpoint, options.Protocol) = (GetUri(collector, "metrics"), OtlpExportProtocol.HttpProtobuf))
        .AddPrometheusHttpListener(options => (options.Host, options.Port) = ("127.0.0.1", port))
        .Build();

    /// <summary>Sends the spans of a node, which has no exporter of its own.</summary>
    /// <remarks>It starts one, whatever workers the node has.</remarks>
    public static void StartOnNode(string collector)
    {
        if (Interlocked.Exchange(ref s_starts, 1) == 0)
            s_onNode = StartTraces(collector, "node");
    }

    /// <summary>Sends what a node still has.</summary>
    public static bool Flush() => s_onNode?.ForceFlush() ?? false;

    private static Uri GetUri(string collector, string signal) => new($"{collector.TrimEnd('/')}/v1/{signal}");
}
