using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>What a function changes in vain on a node, found in its instructions.</summary>
/// <remarks>
/// Only what is certain when the instruction runs, and runs for each item: no caches, no lazy values, nothing that the function made. Made
/// once for each function.
/// </remarks>
internal sealed class LostWriteAnalysis
{
    private static readonly ConditionalWeakTable<MethodInfo, LostWriteAnalysis> s_known = [];
    private static readonly ConditionalWeakTable<MethodInfo, LostWriteAnalysis> s_actions = [];

    private LostWriteAnalysis(MethodInfo method, bool isAction)
    {
        var scan = new WriteScan(method, acrossModules: false, isAction);
        Name = CompilerNames.FormatFunction(method);
        Writes = scan.Found.ToList((field, isMadeAtFirstUse) => StaticWriters.IsSet(field, method.Module, scan, isMadeAtFirstUse));
    }

    /// <summary>The function's name as its author knows it.</summary>
    public string Name { get; }

    public IReadOnlyList<LostWrite> Writes { get; }

    public static LostWriteAnalysis For(MethodInfo method) =>
        s_known.GetValue(method, static m => new LostWriteAnalysis(m, isAction: false));

    /// <summary>Looks at a function that is called for each input.</summary>
    /// <remarks>If it returns nothing, what it does to its inputs is lost as well.</remarks>
    public static LostWriteAnalysis ForCall(MethodInfo method) =>
        method.ReturnType == typeof(void) || method.ReturnType == typeof(Task) || method.ReturnType == typeof(ValueTask)
            ? s_actions.GetValue(method, static m => new LostWriteAnalysis(m, isAction: true))
            : For(method);

    /// <summary>Finds the static fields that an initializer sets or fills, which nodes run, too.</summary>
    public static IEnumerable<FieldInfo> FindFilled(MethodInfo initializer) =>
        new WriteScan(initializer, acrossModules: true).Found.Filled;
}
