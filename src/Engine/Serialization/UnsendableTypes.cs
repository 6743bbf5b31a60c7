using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Says why a type's values cannot travel, and what to do instead.</summary>
internal static class UnsendableTypes
{
    private const BindingFlags DeclaredFields =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const string Convert = "For a type of a library, write a PayloadConverter<T, TSurrogate>.";

    /// <summary>Checks for types that no formatter can send; <see langword="null"/> for others.</summary>
    public static (string Reason, string Advice)? Find(Type type)
    {
        if (type.ContainsGenericParameters || type == typeof(void))
            return ("is not a type that a value can have", "Give its type arguments.");
        if (ProcessBoundTypes.Find(type) is { } bound)
            return (bound.Reason, bound.Advice);
        if (type.IsByRef || type.IsByRefLike)
            return ("lives on the stack", "Send an array or a Memory<T>.");
        if (type == typeof(HashCode))
            return ("computes a hash code, and hash codes differ from process to process", "Send what it is computed of.");
        return null;
    }

    /// <summary>Checks for types that cannot be sent as their fields; <see langword="null"/> for others.</summary>
    /// <remarks>Their fields are not the user's, or do not hold the whole value. Called after the formatters of known types.</remarks>
    public static (string Reason, string Advice)? FindAsObject(Type type)
    {
        if (FrameworkAssemblies.Contains(type.Assembly))
        {
            return (
                "is a .NET type without a formatter",
                FindTraveling(type) is { } parent
                    ? $"Declare it as [{TypeText.Format(parent)}], which can travel."
                    : "Send what it is made of, and create it there.");
        }
        for (var t = type.BaseType; t is not null && t != typeof(object) && t != typeof(ValueType); t = t.BaseType)
        {
            // A base without fields, such as EqualityComparer<T>, has nothing that could be lost.
            if (FrameworkAssemblies.Contains(t.Assembly) && t.GetFields(DeclaredFields).Length > 0)
                return (
                    $"derives from .NET's [{TypeText.Format(t)}]",
                    $"Hold one in a field instead of deriving from it. {Convert}");
        }
        if (type.IsCOMObject)
            return ("is a COM object", "Send what it is made of.");
        if (type.IsDefined(typeof(InlineArrayAttribute), inherit: false))
            return ("is an inline array of references", "Send an array.");
        return null;
    }

    // Programs name the class of an encoding where the base class is meant.
    private static Type? FindTraveling(Type type)
    {
        var parent = type.BaseType;
        while (parent is not null && !(parent.IsAbstract && FrameworkTypes.FindNumber(parent) is not null))
            parent = parent.BaseType;
        return parent == typeof(Delegate) ? null : parent;
    }
}
