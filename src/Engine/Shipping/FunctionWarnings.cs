using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>Finds which functions of a call mean something else on a node.</summary>
internal static class FunctionWarnings
{
    /// <summary>Looks at a function and the delegates that it captures.</summary>
    /// <param name="function">The function.</param>
    /// <param name="initializers">What they set is set on each node, too.</param>
    public static IReadOnlyList<FunctionWarning> Find(Delegate function, IReadOnlyList<Delegate?> initializers) =>
        Find(function, new Lazy<HashSet<FieldInfo>>(() => FindInitialized(initializers)));

    /// <summary>Looks at a function and the delegates that it captures.</summary>
    /// <param name="function">The function.</param>
    /// <param name="initialized">The statics that are set on each node, too.</param>
    public static IReadOnlyList<FunctionWarning> Find(Delegate function, Lazy<HashSet<FieldInfo>> initialized) =>
    [
        .. Find(function)
            .Select(w => w with { Writes = [.. w.Writes.Where(one => !IsInitialized(one, initialized))] })
            .Where(w => w.Writes.Count > 0),
    ];

    /// <summary>The statics that functions set which run once on each worker.</summary>
    public static HashSet<FieldInfo> FindInitialized(IReadOnlyList<Delegate?> initializers) =>
        [.. initializers.OfType<Delegate>().SelectMany(one => LostWriteAnalysis.FindFilled(one.Method))];

    private static bool IsInitialized(LostWrite write, Lazy<HashSet<FieldInfo>> initialized) =>
        write is { Kind: LostWriteKind.ReadsStatic, Static: { } field } && initialized.Value.Contains(field);

    /// <summary>Looks at a function and the delegates that it captures.</summary>
    /// <remarks>Whatever is set on each node.</remarks>
    public static IReadOnlyList<FunctionWarning> Find(Delegate function)
    {
        var found = new List<FunctionWarning>();
        var visited = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var pending = new Queue<object>([function]);
        while (pending.TryDequeue(out var next))
        {
            if (!visited.Add(next) || next is not Delegate { HasSingleTarget: true } one)
                continue;
            if (LostWriteAnalysis.For(one.Method) is { Writes.Count: > 0 } analysis && !found.Exists(w => w.Method == one.Method))
                found.Add(new FunctionWarning(one.Method, analysis.Name, analysis.Writes));
            var captures = CaptureAnalysis.For(one.Method);
            if (one.Target is { } target && (captures.TargetIsClosure || captures.TargetIsThis))
                AddDelegates(target, captures, pending, visited);
        }
        return found;
    }

    private static void AddDelegates(object closure, CaptureAnalysis captures, Queue<object> pending, HashSet<object> visited)
    {
        foreach (var field in captures.GetFields(closure.GetType()))
        {
            if (typeof(Delegate).IsAssignableFrom(field.FieldType) && field.GetValue(closure) is { } function)
                pending.Enqueue(function);
            else if (WriteScan.IsCompilers(field.FieldType) && field.GetValue(closure) is { } outer && visited.Add(outer))
                AddDelegates(outer, captures, pending, visited);
        }
    }
}
