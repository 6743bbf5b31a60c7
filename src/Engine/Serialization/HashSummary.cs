using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>What a method does with hash codes and what its arguments hold.</summary>
/// <param name="Result">What it returns, in terms of its arguments and of fields.</param>
/// <param name="Contents">What it puts into fields and into its arguments.</param>
/// <param name="Passed">What it gives to arguments of other methods.</param>
/// <param name="Invoked">What it gives to delegates that fields hold or that it is given; parameters are counted from the last one.</param>
/// <param name="Attached">Which methods, or delegates that it is given, get into fields or into its arguments.</param>
internal sealed record HashSummary(
    HashValue Result,
    Dictionary<HashCell, HashContent> Contents,
    Dictionary<(MethodBase Callee, int Argument), HashContent> Passed,
    Dictionary<(HashCell Holder, int FromEnd), HashContent> Invoked,
    HashSet<(HashCell Holder, HashCell Function)> Attached)
{
    public static HashSummary Empty { get; } = new(HashValue.Unknown, [], [], [], []);

    public bool HasHash => (Result.Taint.Kinds | Result.Place.Kinds) is not HashKinds.None || Contents.Any(
        pair => pair.Key.Kind is HashCellKind.Argument && (pair.Value.Items.Kinds | pair.Value.Places.Kinds) is not HashKinds.None)
        || Invoked.Any(pair => pair.Key.Holder.Kind is HashCellKind.Argument && pair.Value.Items.Kinds is not HashKinds.None);

    /// <summary>Whether it puts a delegate that it is given somewhere.</summary>
    public bool Attaches => Attached.Any(pair => pair.Function.Kind is HashCellKind.Argument);

    /// <summary>Whether a caller would see no difference.</summary>
    public bool IsSame(HashSummary other) =>
        Result.IsSame(other.Result) && GetArguments(this).SequenceEqual(GetArguments(other))
        && GetAttached(this).SetEquals(GetAttached(other)) && GetInvoked(this).SetEquals(GetInvoked(other));

    // What a method does with fields alone is no matter of its callers.
    private static HashSet<(HashCell, HashCell)> GetAttached(HashSummary summary) =>
        [.. summary.Attached.Where(pair => pair.Holder.Kind is HashCellKind.Argument || pair.Function.Kind is HashCellKind.Argument)];

    private static HashSet<((HashCell, int), HashContent)> GetInvoked(HashSummary summary) =>
        [.. summary.Invoked.Where(pair => pair.Key.Holder.Kind is HashCellKind.Argument).Select(pair => (pair.Key, pair.Value))];

    private static IEnumerable<(int, HashContent)> GetArguments(HashSummary summary) => summary.Contents
        .Where(pair => pair.Key.Kind is HashCellKind.Argument).Select(pair => (pair.Key.Number, pair.Value)).OrderBy(pair => pair.Number);
}
