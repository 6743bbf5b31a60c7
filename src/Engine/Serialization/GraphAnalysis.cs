using System.Collections;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Text;

namespace ActorPool.Serialization;

/// <summary>Finds out from types alone whether one object may occur twice in an item.</summary>
/// <remarks>
/// Where it may not, objects need no numbers, and cost what they cost without them. Only sealed types can be judged: an object of a derived
/// type may hold anything. Strings do not count: no one should tell one from two.
/// </remarks>
internal static class GraphAnalysis
{
    private const int MaxDepth = 64; // a type that goes deeper contains itself in ever new generic forms, and will be refused

    /// <summary>Whether an item of this type may contain an object twice, or a cycle.</summary>
    public static bool MayShare(Type root)
    {
        var seen = new HashSet<Type>();
        return Visit(root, many: false, depth: 0);

        bool Visit(Type type, bool many, int depth)
        {
            if (IsLeaf(type))
                return false;
            if (!type.IsValueType)
            {
                if (many || depth > MaxDepth || !seen.Add(type) || IsView(type) || !(type.IsArray || IsClosed(type)))
                    return true;
                many = type.IsArray || IsCollection(type);
            }
            return GetParts(type).Any(part => Visit(part, many, depth + 1));
        }
    }

    /// <summary>Whether an object of this type may hold another of it, at any depth.</summary>
    public static bool MayContainItself(Type type)
    {
        var seen = new HashSet<Type>();
        return GetParts(type).Any(part => Reaches(part, depth: 0));

        bool Reaches(Type part, int depth)
        {
            if (part == type || depth > MaxDepth)
                return true;
            if (IsLeaf(part) || !seen.Add(part))
                return false;
            if (!part.IsValueType && !part.IsArray && !IsClosed(part))
                return true;
            return GetParts(part).Any(inner => Reaches(inner, depth + 1));
        }
    }

    /// <summary>Whether values have no parts that could be shared.</summary>
    /// <remarks>Only captured values hold functions, and their objects are numbered in any case.</remarks>
    private static bool IsLeaf(Type type) =>
        type.IsPrimitive || type.IsEnum || type == typeof(string) || typeof(Delegate).IsAssignableFrom(type) || RawMemory.IsRaw(type, out _)
        || (type is { IsGenericType: false, IsSealed: true } && type != typeof(StringBuilder)
            && FrameworkAssemblies.Contains(type.Assembly) && !typeof(IEnumerable).IsAssignableFrom(type));

    /// <summary>Whether an object shows another collection, which may stand beside it.</summary>
    private static bool IsView(Type type) =>
        type.IsGenericType && FrameworkAssemblies.Contains(type.Assembly)
        && (type.Name.StartsWith("ReadOnly", StringComparison.Ordinal) || type.GetGenericTypeDefinition() == typeof(Collection<>));

    /// <summary>Whether the objects of a declared type are of exactly this type.</summary>
    private static bool IsClosed(Type type) =>
        type is { IsInterface: false, IsAbstract: false }
        && (type.IsSealed || (FrameworkAssemblies.Contains(type.Assembly) && type.IsGenericType && type != typeof(object)));

    private static bool IsCollection(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) && typeof(IEnumerable).IsAssignableFrom(type);

    // Framework collections are seen as their type arguments, an immutable array as its array; the user's types as their fields.
    private static IEnumerable<Type> GetParts(Type type) =>
        type.IsArray ? [type.GetElementType()!]
        : type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)
            ? [type.GetGenericArguments()[0].MakeArrayType()]
        : FrameworkAssemblies.Contains(type.Assembly) ? type.GetGenericArguments()
        : TypeFields.Get(type).Select(field => field.FieldType);
}
