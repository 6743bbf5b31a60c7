using ActorPool.Values;

namespace ActorPool.ClusterTests.Values;

/// <summary>A kind on one way: what the probe said here, and on a node.</summary>
internal sealed record Comparison(string Kind, Way Way, Outcome Outcome, string Here, string There)
{
    /// <summary>A row of a table, separated by tabs.</summary>
    public override string ToString() => $"{Kind}\t{Way}\t{Outcome}\t{Shorten(Here)}\t{Shorten(There)}";

    private static string Shorten(string text) => text.Length <= 300 ? text : $"{text[..300]}...";
}
