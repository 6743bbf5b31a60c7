using System.Globalization;

namespace ActorPool.Benchmarks.Scale;

/// <summary>One run of the simulation.</summary>
/// <param name="Nodes">Nodes of <see cref="ScaleCosts.WorkersPerNode"/> workers.</param>
/// <param name="ItemSeconds">How long an item runs on average.</param>
/// <param name="IsAdaptive">Whether ActorPool chooses the chunks; otherwise each has one item.</param>
internal sealed record ScaleCase(int Nodes, double ItemSeconds, bool IsAdaptive = false)
{
    public static readonly int[] AllNodes = [1, 2, 4, 10, 30, 100, 300, 1_000];

    /// <summary>Seconds that are measured.</summary>
    public const double Measured = 1;

    /// <summary>Items of 5 ms: four of them take the target of a chunk at nodes.</summary>
    private const double AdaptiveItem = 5e-3;

    public static IReadOnlyList<(string Name, ScaleCase[] Cases)> All { get; } =
    [
        .. new[] { 20e-3, 2e-3, 200e-3 }.Select(seconds => (
            string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:F0} ms"),
            AllNodes.Select(nodes => new ScaleCase(nodes, seconds)).ToArray())),
        ("adaptive", [.. AllNodes.Select(nodes => new ScaleCase(nodes, AdaptiveItem, IsAdaptive: true))]),
    ];

    public int Workers => Nodes * ScaleCosts.WorkersPerNode;

    /// <summary>Seconds before the measurement: all workers are busy, and adaptive chunks have grown.</summary>
    public double WarmUp => IsAdaptive ? 5 : 2;

    /// <summary>Chunks of one item per second: the lowest of the bounds.</summary>
    public double GetClosedForm(ScaleCosts costs) => GetBounds(costs).Min(bound => bound.Rate);

    /// <summary>The bounds on the chunks per second, by name.</summary>
    public (string Name, double Rate)[] GetBounds(ScaleCosts costs)
    {
        var limits = costs.GetLimits(Nodes);
        return
        [
            ("workers", Workers / ItemSeconds), ("coordinator", limits.Coordinator),
            ("processors", limits.Processors), ("link", limits.Link),
        ];
    }
}

/// <summary>What the simulation of a case has measured.</summary>
/// <param name="Case">The case.</param>
/// <param name="ChunksPerSecond">Chunks that came back in a second.</param>
/// <param name="ChunkSeconds">How long one ran on average.</param>
/// <param name="BusyWorkers">The part of the workers that ran a function, 0 to 1.</param>
/// <param name="Coordinator">The part of the time that the coordinator worked, 0 to 1.</param>
/// <param name="Processors">The same of the caller's other processors.</param>
/// <param name="MegabitsPerSecond">On the link, in the direction with more.</param>
/// <param name="InFlightBytes">Memory of the chunks in flight at the end.</param>
/// <param name="DelayMilliseconds">How long a probe waited in the coordinator's mailbox, at most.</param>
/// <param name="IsReported">Whether the pool's log says that the coordinator is behind.</param>
internal sealed record ScaleResult(
    ScaleCase Case, double ChunksPerSecond, double ChunkSeconds, double BusyWorkers, double Coordinator, double Processors,
    double MegabitsPerSecond, double InFlightBytes, double DelayMilliseconds, bool IsReported);
