using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>What a method does with hash codes and what its arguments hold.</summary>
/// <param name="Result">What it returns, in terms of its arguments and of fields.</param>
/// <param name="Contents">What it puts into fields and into its arguments.</param>
/// <param name="Passed">What it gives to arguments of other methods.</param>
internal sealed record HashSummary(
    HashValue Result, Dictionary<HashCell, HashContent> Contents, Dictionary<(MethodBase Callee, int Argument), HashContent> Passed)
{
    public static HashSummary Empty { get; } = new(HashValue.Unknown, [], []);

    public bool HasHash => (Result.Taint.Kinds | Result.Place.Kinds) is not HashKinds.None || Contents.Any(
        pair => pair.Key.Kind is HashCellKind.Argument && (pair.Value.Items.Kinds | pair.Value.Places.Kinds) is not HashKinds.None);

    /// <summary>Whether a caller would see no difference.</summary>
    public bool IsSame(HashSummary other) =>
        Result.IsSame(other.Result) && GetArguments(this).SequenceEqual(GetArguments(other));

    private static IEnumerable<(int, HashContent)> GetArguments(HashSummary summary) => summary.Contents
        .Where(pair => pair.Key.Kind is HashCellKind.Argument).Select(pair => (pair.Key.Number, pair.Value)).OrderBy(pair => pair.Number);
}
