using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>Finds which methods of the values that are sent mean something else on a node.</summary>
/// <remarks>
/// A comparer, a text or a strategy is called by way of an interface or a base class, so the function's own code does not name it.
/// Only what it reads of statics is looked for, in methods that may be called in such a way.
/// </remarks>
internal static class ValueWarnings
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly string[] s_ends = ["Finalize", nameof(IDisposable.Dispose), nameof(IAsyncDisposable.DisposeAsync)];

    /// <summary>Looks at the methods of a type and its base classes.</summary>
    /// <param name="type">The type.</param>
    /// <param name="initialized">The statics that are set on each node, too.</param>
    public static IEnumerable<FunctionWarning> Find(Type type, Lazy<HashSet<FieldInfo>> initialized)
    {
        for (var level = type; level is not null && !HostAssemblies.IsHost(level.Assembly); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(Own))
            {
                if (method is not { IsVirtual: true, IsAbstract: false } || s_ends.Contains(method.Name, StringComparer.Ordinal))
                    continue;
                LostWrite[] reads =
                [
                    .. LostWriteAnalysis.For(method).Writes.Where(
                        one => one is
                        {
                            Kind: LostWriteKind.ReadsStatic or LostWriteKind.ReadsRandom or LostWriteKind.ReadsOrder,
                            Static: { } field,
                        } && !initialized.Value.Contains(field)),
                ];
                if (reads.Length > 0)
                    yield return new FunctionWarning(method, LostWriteAnalysis.For(method).Name, reads);
            }
        }
    }
}
