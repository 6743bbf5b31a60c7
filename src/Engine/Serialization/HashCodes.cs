using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Finds fields that hold what follows from hash codes.</summary>
/// <remarks>Hash codes of strings and of most objects differ from process to process, so such fields mean nothing in another one.</remarks>
internal static class HashCodes
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, HashCache[]> s_declared = [];

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

    /// <summary>Finds a field with a hash code that would not be computed anew.</summary>
    public static FieldInfo? FindStored(Type type) => HashFields.FindStored(type);

    /// <summary>Finds an array in which a type places its items by their hash codes.</summary>
    public static FieldInfo? FindBuckets(Type type)
    {
        for (var level = type; level is not null && !FrameworkAssemblies.Contains(level.Assembly); level = level.BaseType)
        {
            if (level.IsGenericType && HashMethods.IsStable(level.GetGenericArguments()[0]))
                continue;
            var arrays = Array.FindAll(level.GetFields(Own), f => f.FieldType.IsArray && HashFields.Travels(f));
            if (arrays.Length == 0)
                continue;
            var used = level.GetMethods(Own).Where(method => !HashFields.IsOverride(method) && HashMethods.IndexesByHash(method))
                .SelectMany(method => HashMethods.GetUses(method, [level])).Select(use => use.Field).ToHashSet();
            if (Array.Find(arrays, field => used.Contains((field.Module, field.MetadataToken))) is { } found)
                return found;
        }
        return null;
    }

    private static HashCache[] GetDeclared(Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) ? [] : s_declared.GetValue(type, static level => HashFields.FindCaches(level));
}
