namespace ActorPool.Benchmarks;

/// <summary>One quantity of a contender's run, such as milliseconds or a balance.</summary>
internal sealed record Metric(string Name, string Unit, int Decimals)
{
    public static readonly Metric Time = new("time", "ms", 1);
}

/// <summary>One way to do a workload.</summary>
/// <param name="Name">Its name in the tables.</param>
/// <param name="MeasureAsync">Runs it once; returns the workload's metrics, or throws when a result is wrong.</param>
internal sealed record Contender(string Name, Func<Task<double[]>> MeasureAsync);

/// <summary>Work that several contenders do in turn; the result is one table.</summary>
internal sealed record Workload(string Id, string Title, Func<Arena, IEnumerable<Contender>> Contenders)
{
    public IReadOnlyList<Metric> Metrics { get; init; } = [Metric.Time];

    /// <summary>The contender by which the values of the others are divided.</summary>
    public string Baseline { get; init; } = Names.ActorPool;

    /// <summary>What a reader must know to judge the table fairly.</summary>
    public string? Note { get; init; }

    /// <summary>How long each contender runs before it is measured.</summary>
    /// <remarks>It runs at least once. Its hot loops then have their final machine code.</remarks>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Adds the metrics that depend on another contender's run of the same round.</summary>
    public Action<Results, int>? Derive { get; init; }
}

/// <summary>A contender cannot take part on this machine; that is not a failure.</summary>
internal sealed class SkippedException(string reason) : Exception(reason);

/// <summary>A contender's result differs from that of the sequential loop.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
