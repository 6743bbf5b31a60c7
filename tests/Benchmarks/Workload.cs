namespace ActorPool.Benchmarks;

/// <summary>One quantity that a contender's run yields, such as milliseconds or a balance.</summary>
internal sealed record Metric(string Name, string Unit, int Decimals)
{
    public static readonly Metric Time = new("time", "ms", 1);
}

/// <summary>One way of doing a workload; a run yields the workload's metrics, or throws when a result is wrong.</summary>
internal sealed record Contender(string Name, Func<Task<double[]>> MeasureAsync);

/// <summary>Work that several contenders do in turn; what comes out is one table.</summary>
internal sealed record Workload(string Id, string Title, Func<Arena, IEnumerable<Contender>> Contenders)
{
    public IReadOnlyList<Metric> Metrics { get; init; } = [Metric.Time];

    /// <summary>The contender that the others are divided by.</summary>
    public string Baseline { get; init; } = Names.ActorPool;

    /// <summary>What a reader must know to judge the table fairly.</summary>
    public string? Note { get; init; }

    /// <summary>How long each contender runs before it is measured, so that its hot loops are compiled for good; one run at least.</summary>
    public TimeSpan WarmUp { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>Adds the metrics that need another contender's run of the same round.</summary>
    public Action<Results, int>? Derive { get; init; }
}

/// <summary>A contender cannot take part here, which is nobody's fault.</summary>
internal sealed class SkippedException(string reason) : Exception(reason);

/// <summary>A contender's result was not what the sequential loop gives.</summary>
internal sealed class WrongResultException(string message) : Exception(message);
