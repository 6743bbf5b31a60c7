using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Finds fields that hold what follows from hash codes.</summary>
/// <remarks>Hash codes of strings and of most objects differ from process to process, so such fields mean nothing in another one.</remarks>
internal static class HashCodes
{
    private static readonly ConditionalWeakTable<Type, HashCache[]> s_declared = [];
    private static readonly ConditionalWeakTable<Type, StrongBox<StoredHash?>> s_stored = [];

    /// <summary>Whether a type's <c>GetHashCode</c> keeps its result in this field, which nothing else needs.</summary>
    public static bool IsCache(FieldInfo field) =>
        field.DeclaringType is { } type && Array.Exists(GetDeclared(type), cache => cache.Field == field);

    /// <summary>Finds the fields in which a type and its base classes keep their hash codes.</summary>
    public static HashCache[] GetCaches(Type type)
    {
        var caches = new List<HashCache>();
        for (var level = type; level is not null; level = level.BaseType)
            caches.AddRange(GetDeclared(level));
        return [.. caches];
    }

    /// <summary>Finds a field that keeps what follows from hash codes, and is no cache.</summary>
    public static StoredHash? FindStored(Type type) => FrameworkAssemblies.Contains(type.Assembly)
        ? null
        : s_stored.GetValue(type, static one => new StrongBox<StoredHash?>(HashFields.FindStored(one))).Value;

    private static HashCache[] GetDeclared(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) ? [] : s_declared.GetValue(type, static level => HashFields.FindCaches(level));
}
