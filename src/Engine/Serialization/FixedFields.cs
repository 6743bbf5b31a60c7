using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Tells which fields nothing sets after their object was made.</summary>
/// <remarks>
/// They need not be marked as read-only: type-safe enums use the parameters of a primary constructor, and properties with a private setter.
/// No method but the constructors of the class writes them.
/// </remarks>
internal static class FixedFields
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, HashSet<int>> s_set = [];

    public static bool Contains(FieldInfo field) =>
        StaticInstances.IsReadOnly(field)
        || field is { IsStatic: false, IsPrivate: true, DeclaringType: { } type }
            && !s_set.GetValue(type, FindSet).Contains(field.MetadataToken);

    // The fields that methods other than constructors may set.
    private static HashSet<int> FindSet(Type type)
    {
        var set = new HashSet<int>();
        var others = GetMethods(type).Where(method => method is not ConstructorInfo || method.DeclaringType != type).ToArray();
        var called = others.SelectMany(HashMethods.GetCallees).Select(callee => callee.MetadataToken).ToHashSet();
        foreach (var method in others)
        {
            // A private setter that only constructors call is one of their parts.
            if (method is { IsPrivate: true, IsSpecialName: true } && method.Name.StartsWith("set_", StringComparison.Ordinal)
                && !called.Contains(method.MetadataToken))
                continue;
            foreach (var ((_, token), use) in HashMethods.GetUses(method, [type]))
            {
                if (use.IsWrite)
                    set.Add(token);
            }
        }
        return set;
    }

    // Nested classes see private fields: lambdas and iterators are methods of such.
    private static IEnumerable<MethodBase> GetMethods(Type type) =>
        type.GetMethods(Own).Concat<MethodBase>(type.GetConstructors(Own))
            .Concat(type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(GetMethods));
}
