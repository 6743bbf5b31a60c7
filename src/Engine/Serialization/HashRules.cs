using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>What is known of .NET's methods and of others whose code is not read.</summary>
internal static class HashRules
{
    private static readonly ConditionalWeakTable<Assembly, object> s_libraries = []; // a name takes long to read

    private static readonly string[] s_stores =
    [
        "Add", "TryAdd", "Set", "TrySet", "set_", "Insert", "Enqueue", "TryEnqueue", "Push", "TryPush", "GetOrAdd", "Append", "Put",
        "Write", "TryWrite", "Fill", "Store", "UnionWith", "Update", "TryUpdate", "Prepend", "Register", "Mark", "Record", "Observe",
        "Track",
    ];

    private static readonly string[] s_selects =
    [
        "get_Item", "TryGet", "GetValue", "ElementAt", "Find", "Slice", "GetReference", "GetAlternate", "Skip", "Take", "Remove",
        "TryRemove",
    ];

    private static readonly string[] s_copies = ["Copy", "CopyTo", "TryCopyTo", "BlockCopy", "MemoryCopy", "ConstrainedCopy", "TryFormat"];

    // Order by a hash code leaves no trace in the items.
    private static readonly string[] s_orders = ["OrderBy", "ThenBy", "MinBy", "MaxBy", "DistinctBy"];

    private static readonly string[] s_questions =
    [
        "get_Count", "get_Length", "Count", "LongCount", "TryGetNonEnumeratedCount", "Contains", "Compare", "Equals", "IndexOf",
        "LastIndexOf", "BinarySearch", "GetType", "get_Comparer", "EnsureCapacity", "GetLength", "GetUpperBound",
    ];

    /// <summary>Whether a method of this name keeps what it is given.</summary>
    public static bool IsStore(string method) => StartsWith(method, s_stores) || method.Contains("OrAdd", StringComparison.Ordinal);

    /// <summary>Whether a method puts what its first argument holds into others.</summary>
    public static bool IsCopy(MethodBase method) => StartsWith(method.Name, s_copies);

    /// <summary>Whether objects of the type are views of what their constructors are given.</summary>
    public static bool IsView(Type type) => type.IsByRefLike
        || type.IsGenericType && type.GetGenericTypeDefinition() is var view
            && (view == typeof(Memory<>) || view == typeof(ReadOnlyMemory<>) || view == typeof(ArraySegment<>));

    /// <summary>Whether a method that stores is given a place and, last, an item.</summary>
    public static bool IsIndexed(MethodBase method) => method is { DeclaringType: { } type, Name: "set_Item" or "Set" or "Insert" }
        && (type.IsArray || type == typeof(BitArray) || typeof(IList).IsAssignableFrom(type));

    /// <summary>Whether a method of this name finds an item by what it is given.</summary>
    public static bool IsSelection(MethodBase method) =>
        StartsWith(method.Name, s_selects) || method.Name is "Get" or "Address" || method.Name.Contains("OrAdd", StringComparison.Ordinal);

    /// <summary>Whether what a method returns follows from its first argument at most.</summary>
    public static bool IsOrder(MethodBase method) => StartsWith(method.Name, s_orders);

    /// <summary>Whether a value of the type, returned by the method, can follow from its arguments.</summary>
    public static bool IsCarried(MethodBase method, Type result) =>
        result != typeof(void) && result != typeof(bool) && !StartsWith(method.Name, s_questions) && !IsComparer(result);

    /// <summary>What a method returns of hash codes; null if its code must tell.</summary>
    /// <param name="callee">The method.</param>
    /// <param name="receiver">What it is called on, if that is known better than by the method.</param>
    public static HashKinds? FindSource(MethodBase callee, Type? receiver)
    {
        if (callee.DeclaringType is not { } type)
            return null;
        if (type == typeof(HashCode))
            return callee.Name is nameof(HashCode.Add) or nameof(HashCode.AddBytes) ? null : HashKinds.Unstable;
        if (IsFSharp(type))
            return callee.Name.Contains("Hash", StringComparison.Ordinal) ? GetKinds(GetFirst(callee, type)) : null;
        if (callee.Name is not nameof(GetHashCode))
            return HashAddresses.IsSource(callee) ? HashKinds.Address : null;
        if (type.IsGenericType && type.GetGenericArguments() is [var only] && FrameworkAssemblies.Contains(type.Assembly)
            && type.Name.Contains("Comparer", StringComparison.Ordinal))
            return GetKinds(only);
        return FrameworkAssemblies.Contains(type.Assembly) || callee.IsAbstract ? GetKinds(receiver ?? type) : null;
    }

    /// <summary>Finds the GetHashCode that a program wrote for a type.</summary>
    public static MethodInfo? FindOwn(Type? type) =>
        type is { IsInterface: false, IsGenericParameter: false } && !FrameworkAssemblies.Contains(type.Assembly)
            && type.GetMethod(nameof(GetHashCode), Type.EmptyTypes) is { IsAbstract: false } method
            && !FrameworkAssemblies.Contains(method.Module.Assembly)
            ? method
            : null;

    /// <summary>Whether the code of methods of a type is not read.</summary>
    public static bool IsLibrary(Type? type) => type is null || (bool)s_libraries.GetValue(
        type.Assembly,
        static one => FrameworkAssemblies.Contains(one) || one.GetName().Name is not { } name || IsLibrary(name));

    /// <summary>Whether the code of an assembly outside of .NET is not read.</summary>
    /// <remarks>It gives no program hash codes to keep.</remarks>
    public static bool IsLibrary(string assembly) =>
        assembly is "FSharp.Core" or "ActorPool" || assembly.StartsWith("Akka", StringComparison.Ordinal);

    /// <summary>Whether a hash code of a type parameter differs for this method or type.</summary>
    public static HashKinds Close(HashKinds kinds, MethodBase callee)
    {
        if (!kinds.HasFlag(HashKinds.OfParameter) || GetFirst(callee, callee.DeclaringType) is not { } first)
            return kinds;
        return kinds & ~HashKinds.OfParameter | GetKinds(first);
    }

    private static HashKinds GetKinds(Type? type)
    {
        while (type is { HasElementType: true, IsArray: false })
            type = type.GetElementType();
        if (type is null)
            return HashKinds.Unstable;
        return type.IsGenericParameter ? HashKinds.OfParameter : HashMethods.IsStable(type) ? HashKinds.None : HashKinds.Unstable;
    }

    private static Type? GetFirst(MethodBase method, Type? type) =>
        method.IsGenericMethod ? method.GetGenericArguments()[0] : type is { IsGenericType: true } ? type.GetGenericArguments()[0] : null;

    private static bool IsFSharp(Type type) => type.Assembly.GetName().Name is "FSharp.Core";

    private static bool IsComparer(Type type) =>
        type.Name.Contains("Comparer", StringComparison.Ordinal) || typeof(IComparer).IsAssignableFrom(type)
        || typeof(IEqualityComparer).IsAssignableFrom(type);

    private static bool StartsWith(string method, string[] names) =>
        Array.Exists(names, name => method.StartsWith(name, StringComparison.Ordinal)
            && (method.Length == name.Length || name[^1] is '_' || !char.IsLower(method[name.Length]))); // Address is no Add
}
