using ActorPool.Shipping;

namespace ActorPool.Child;

/// <summary>What the parent decides for its worker process.</summary>
internal sealed record ChildHostOptions
{
    /// <summary>Which code and values the process accepts.</summary>
    public CodeContextOptions Code { get; init; } = new();

    /// <summary>The worker's number in its pool, which functions see.</summary>
    public int WorkerId { get; init; }

    /// <summary>How long the process waits at its end for functions that have not returned.</summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Bytes of memory that the process may use; null for no limit.</summary>
    public long? MaxMemoryBytes { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>Gets a line about what no chunk can report.</summary>
    public Action<string> Log { get; init; } = static line => Console.Error.WriteLine(line);
}
