using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace ActorPool.Serialization;

/// <summary>Makes objects without running a constructor.</summary>
internal static class Blank
{
    /// <summary>Creates an object with default fields, whose finalizer never runs.</summary>
    /// <remarks>
    /// A finalizer may rely on what the constructor made, and one that throws ends the process. What it would release belongs to the
    /// original. So it does not run for a copy, nor for one that was never filled because its bytes were wrong.
    /// </remarks>
    [SuppressMessage("Usage", "CA1816", Justification = "Nothing is disposed here: the object was never constructed.")]
    public static object Create(Type type, HashCache[] caches)
    {
        var made = RuntimeHelpers.GetUninitializedObject(type);
        GC.SuppressFinalize(made);
        foreach (var cache in caches)
            cache.Restore(made);
        return made;
    }

    /// <summary>Creates an object of a type that is seldom made.</summary>
    public static object Create(Type type) => Create(type, FindCaches(type));

    /// <summary>The fields that keep a hash code, and hold something else than the default before.</summary>
    public static HashCache[] FindCaches(Type type) => Array.FindAll(HashCodes.GetCaches(type), cache => cache.Start != 0);
}
