using System.Diagnostics;
using System.Globalization;
using ActorPool;
using Microsoft.Extensions.Logging;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using TelemetrySample;

if (args is not [var collector, var port, .. var nodes] || nodes.Length > 1)
{
    await Console.Error.WriteLineAsync("Usage: Telemetry COLLECTOR PROMETHEUS_PORT [NODE], as http://127.0.0.1:4318 9464 127.0.0.1:8110");
    return 64;
}

using var source = new ActivitySource("TelemetrySample");
using var traces = Exporters.StartTraces(collector, "sample");
using var metrics = Exporters.StartMetrics(collector, int.Parse(port, CultureInfo.InvariantCulture));

// Node.dll exports nothing: the initializer, which runs there, starts an exporter.
var options = new WorkerPoolOptions { Name = "sample", FunctionLogger = new ConsoleLogger() };
await using var pool = nodes is [var node]
    ? await WorkerPool.ConnectAsync(node, options with { Initializer = () => Exporters.StartOnNode(collector) })
    : WorkerPool.Create(options with { Workers = 2 });

// A request as a service has them: the spans of the job, its chunks and items are below it.
using (source.StartActivity("request"))
{
    int[] lengths = await pool.MapAsync(
        x =>
        {
            WorkContext.Current!.Logger.LogInformation("squared"); // the line says which item, and where
            return x * x;
        },
        [1, 2, 3], new JobOptions { Name = "squares" });
    Console.WriteLine($"Squares: {string.Join(", ", lengths)}");
}
if (nodes.Length > 0)
    await pool.ApplyAsync(Exporters.Flush);
traces.ForceFlush();
metrics.ForceFlush();

Console.WriteLine($"Metrics: http://127.0.0.1:{port}/metrics until Ctrl-C");
var stop = new TaskCompletionSource();
Console.CancelKeyPress += (_, e) =>
{
    e.Cancel = true;
    stop.TrySetResult();
};
await stop.Task;
return 0;
