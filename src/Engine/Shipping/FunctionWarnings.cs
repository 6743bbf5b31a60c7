using System.Reflection;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Finds which functions of a call mean something else on a node.</summary>
internal static class FunctionWarnings
{
    /// <summary>Looks at a function and the delegates that it captures.</summary>
    /// <param name="function">The function.</param>
    /// <param name="initialized">The statics that are set on each node, too.</param>
    public static IReadOnlyList<FunctionWarning> Find(Delegate function, Lazy<HashSet<FieldInfo>> initialized) =>
    [
        .. Find(function)
            .Select(w => w with { Writes = [.. w.Writes.Where(one => !IsInitialized(one, initialized))] })
            .Where(w => w.Writes.Count > 0),
    ];

    /// <summary>Whether a function captures others, which may be others at the next call.</summary>
    public static bool CapturesFunctions(Delegate function) => function.Target is { } target && HoldsVariables(function.Method, target)
        && GetFields(target, CaptureAnalysis.For(function.Method))
            .Any(field => IsFunction(field.FieldType) || WriteScan.IsCompilers(field.FieldType));

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
            if (!visited.Add(next))
                continue;
            foreach (var method in GetMethods(next))
            {
                // A method of a collection itself: list.Add as the function.
                if (!method.IsStatic && next is Delegate { Target: { } changed }
                    && MutatingCalls.Find(method) is not (CallEffect.None or CallEffect.LooksUp))
                {
                    var write = new LostWrite(LostWriteKind.ChangesCaptured, TypeText.Format(changed.GetType()), method.Name, Static: null);
                    found.Add(new FunctionWarning(method, CompilerNames.FormatFunction(method), [write]));
                }
                var analysis = ReferenceEquals(next, function) ? LostWriteAnalysis.ForCall(method) : LostWriteAnalysis.For(method);
                if (analysis.Writes.Count > 0 && !found.Exists(w => w.Method == method))
                    found.Add(new FunctionWarning(method, analysis.Name, analysis.Writes));
                var target = next is Delegate one ? one.Target : next;
                if (target is not null && HoldsVariables(method, target))
                    AddFunctions(target, CaptureAnalysis.For(method), pending, visited);
            }
        }
        return found;
    }

    // A delegate has one; a closure of F# may be called with one argument or with several.
    private static IEnumerable<MethodInfo> GetMethods(object function) => function is Delegate one
        ? one.HasSingleTarget ? [one.Method] : []
        : function.GetType().GetMethods(BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly)
            .Where(method => method.Name is "Invoke");

    // Whether a method's target is an object with captured variables.
    private static bool HoldsVariables(MethodInfo method, object target) =>
        CaptureAnalysis.For(method) is { TargetIsClosure: true } or { TargetIsThis: true } || WriteScan.IsFSharpClosure(target.GetType());

    private static FieldInfo[] GetFields(object closure, CaptureAnalysis captures) =>
        WriteScan.IsFSharpClosure(closure.GetType()) ? TypeFields.Get(closure.GetType()) : captures.GetFields(closure.GetType());

    private static void AddFunctions(object closure, CaptureAnalysis captures, Queue<object> pending, HashSet<object> visited)
    {
        foreach (var field in GetFields(closure, captures))
        {
            if (IsFunction(field.FieldType) && field.GetValue(closure) is { } function)
                pending.Enqueue(function);
            else if (WriteScan.IsCompilers(field.FieldType) && field.GetValue(closure) is { } outer && visited.Add(outer))
                AddFunctions(outer, captures, pending, visited);
        }
    }

    private static bool IsFunction(Type type) =>
        typeof(Delegate).IsAssignableFrom(type)
        || type.FullName?.StartsWith("Microsoft.FSharp.Core.FSharpFunc`2", StringComparison.Ordinal) is true;
}
