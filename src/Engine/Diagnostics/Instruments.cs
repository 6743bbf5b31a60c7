using System.Diagnostics.Metrics;

namespace ActorPool.Diagnostics;

/// <summary>The instruments of the meter <c>ActorPool</c>; docs/telemetry.md has them as a table.</summary>
/// <remarks>
/// All but the durations are observed: they read what the pool counts anyway, and only when a listener asks. Of the durations, one is
/// recorded for each chunk and one for each job, after a look whether anyone listens.
/// </remarks>
internal static class Instruments
{
    /// <summary>The name of the meter and of the source of spans.</summary>
    public const string Name = "ActorPool";

    private static readonly Meter s_meter = new(Name, Version);

    public static readonly Histogram<double> ChunkDuration = s_meter.CreateHistogram(
        "actorpool.chunk.duration", "s", "How long functions ran on a chunk.", tags: null, Buckets(0.0001, 10));

    public static readonly Histogram<double> JobDuration = s_meter.CreateHistogram(
        "actorpool.job.duration", "s", "How long calls took, from their start to their answer.", tags: null, Buckets(0.001, 1000));

    static Instruments()
    {
        Sum(
            "actorpool.items", "{item}", "Items with an outcome.",
            (Quantity.ItemsCompleted, "completed"), (Quantity.ItemsFailed, "failed"));
        Sum("actorpool.item.retries", "{attempt}", "Attempts at items that were followed by another.", Quantity.ItemsRetried);
        Sum("actorpool.item.returns", "{item}", "Items that leaving nodes handed back.", Quantity.ItemsHandedBack);
        Sum("actorpool.chunks", "{chunk}", "Chunks with an outcome.", Quantity.Chunks);
        Sum("actorpool.worker.losses", "{worker}", "Workers that stopped without being asked to.", Quantity.WorkersLost);
        Sum("actorpool.node.losses", "{node}", "Nodes that were lost to pools.", Quantity.NodesLost);
        s_meter.CreateObservableCounter(
            "actorpool.network.io",
            () => Observe(Tags.Direction, (Quantity.BytesSent, "transmit"), (Quantity.BytesReceived, "receive")),
            "By", "Bytes on the data plane, before encryption.");
        s_meter.CreateObservableUpDownCounter(
            "actorpool.job.count",
            () => Observe(Tags.JobState, (Quantity.JobsRunning, "running"), (Quantity.JobsWaiting, "waiting")),
            "{job}", "Jobs that have not ended: with a chunk in flight, or waiting for a worker.");
        Value("actorpool.chunk.in_flight", "{chunk}", "Chunks that workers and nodes have.", Quantity.ChunksInFlight);
        s_meter.CreateObservableUpDownCounter(
            "actorpool.worker.count",
            () => Observe(Tags.WorkerState, (Quantity.WorkersBusy, "busy"), (Quantity.WorkersIdle, "idle")),
            "{worker}", "Workers, of this process and of nodes.");
        Value("actorpool.node.count", "{node}", "Nodes that a pool uses.", Quantity.Nodes);
        Value("actorpool.process.count", "{process}", "Worker processes that are ready.", Quantity.Processes);
        Value("actorpool.node.sessions", "{session}", "Pools that use this node.", Quantity.Sessions);
    }

    internal static string Version => typeof(Instruments).Assembly.GetName().Version!.ToString(3);

    /// <summary>Makes the instruments, so that a listener finds them.</summary>
    public static void Publish() => _ = ChunkDuration.Enabled;

    private static void Sum(string name, string unit, string description, Quantity quantity) =>
        s_meter.CreateObservableCounter(name, () => MeasuredPools.Observe(quantity), unit, description);

    private static void Sum(string name, string unit, string description, params (Quantity Quantity, string Outcome)[] parts) =>
        s_meter.CreateObservableCounter(name, () => Observe(Tags.OutcomeName, parts), unit, description);

    private static void Value(string name, string unit, string description, Quantity quantity) =>
        s_meter.CreateObservableUpDownCounter(name, () => MeasuredPools.Observe(quantity), unit, description);

    private static IEnumerable<Measurement<long>> Observe(string tag, params (Quantity Quantity, string Value)[] parts) =>
        parts.SelectMany(part => MeasuredPools.Observe(part.Quantity, new KeyValuePair<string, object?>(tag, part.Value)));

    // 1, 2.5, 5 of each power of ten.
    private static InstrumentAdvice<double> Buckets(double from, double to)
    {
        var bounds = new List<double>();
        for (var power = (int)Math.Round(Math.Log10(from)); Math.Pow(10, power) < to; power++)
            bounds.AddRange(new[] { 1, 2.5, 5 }.Select(digit => Math.Round(digit * Math.Pow(10, power), 6)));
        bounds.Add(to);
        return new InstrumentAdvice<double> { HistogramBucketBoundaries = bounds };
    }
}
