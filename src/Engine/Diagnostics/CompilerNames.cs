using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Diagnostics;

/// <summary>Recognizes what the compiler generated, and finds its source names.</summary>
internal static class CompilerNames
{
    /// <summary>Whether a type is a class that the compiler made for captured variables or state.</summary>
    /// <remarks>
    /// State is that of an async method or an iterator. Anonymous types are also the compiler's, but they are values: they are not nested.
    /// </remarks>
    public static bool IsClosure(Type? type) =>
        type is { IsNested: true } && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    /// <summary>Whether a method is a lambda or a local function, in any type.</summary>
    public static bool IsLambda(MethodBase method) =>
        method.Name.StartsWith('<') || method.Name.Contains("Lambda$", StringComparison.Ordinal);

    /// <summary>Whether a field holds the object in whose method a lambda is.</summary>
    public static bool IsThis(FieldInfo field) => field.Name is "<>4__this" or "$VB$Me";

    /// <summary>Returns a captured variable's source name; null for a link to an outer closure.</summary>
    public static string? FindVariable(FieldInfo field)
    {
        var name = field.Name;
        if (IsThis(field))
            return "this";
        if (name.StartsWith("CS$<>8__locals", StringComparison.Ordinal) || name.StartsWith("$VB$NonLocal_", StringComparison.Ordinal))
            return null;
        if (name.StartsWith("$VB$Local_", StringComparison.Ordinal))
            return name["$VB$Local_".Length..];
        // <Factor>k__BackingField is a property, <factor>P a parameter of a primary constructor.
        if (name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is var end and > 1)
            return name[1..end];
        return name;
    }

    /// <summary>Returns the source name of what a field holds: a property for its backing field.</summary>
    public static string FormatField(FieldInfo field) =>
        field.Name.StartsWith("$STATIC$", StringComparison.Ordinal) // a static variable of Visual Basic: its method and then its name
            ? field.Name[(field.Name.LastIndexOf('$') + 1)..]
            : FindVariable(field) ?? field.Name;

    /// <summary>Describes a function in its author's words.</summary>
    public static string FormatFunction(MethodBase method)
    {
        var type = method.DeclaringType;
        while (IsClosure(type))
            type = type!.DeclaringType;
        var place = type is null || type.Name is "<Module>" ? "" : TypeText.Format(type);
        var name = method.Name;
        if (name.Contains("_Lambda$__", StringComparison.Ordinal)) // Visual Basic's, which does not tell the method
            return place.Length == 0 ? "a lambda" : $"a lambda in {place}";
        if (!name.StartsWith('<') || name.LastIndexOf('>') is not (var end and > 0))
            return place.Length == 0 ? name : $"{place}.{name}";
        var outer = name[1..end].TrimStart('<');
        if (outer.IndexOf('>', StringComparison.Ordinal) is var cut and > 0)
            outer = outer[..cut]; // a lambda inside a lambda or a local function
        var within = outer.StartsWith("Main>$", StringComparison.Ordinal) || name.StartsWith("<<Main>$>", StringComparison.Ordinal)
            ? "the top-level statements"
            : outer is ".ctor" ? $"the constructor of {place}" : outer is ".cctor" ? $"an initializer of {place}" : $"{place}.{outer}";
        var kind = name[(end + 1)..];
        if (kind.StartsWith("g__", StringComparison.Ordinal))
        {
            var nameEnd = kind.IndexOf('|', StringComparison.Ordinal) is var bar and > 3 ? bar : kind.Length;
            return $"the local function {kind[3..nameEnd]} in {within}";
        }
        return $"a lambda in {within}";
    }
}
