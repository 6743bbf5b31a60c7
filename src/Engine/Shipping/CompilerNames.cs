using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Shipping;

/// <summary>What the compiler's own types and members are called, and what their author calls them.</summary>
internal static class CompilerNames
{
    /// <summary>A class that the compiler made to hold captured variables, or the state of an async method or an iterator.</summary>
    /// <remarks>Anonymous types are the compiler's, too, but they are values: they do not stand inside another type.</remarks>
    public static bool IsClosure(Type? type) => type is { IsNested: true } && type.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    /// <summary>A lambda or a local function, whichever type it stands in.</summary>
    public static bool IsLambda(MethodBase method) => method.Name.StartsWith('<') || method.Name.Contains("Lambda$", StringComparison.Ordinal);

    /// <summary>A field that holds the object in whose method a lambda stands.</summary>
    public static bool IsThis(FieldInfo field) => field.Name is "<>4__this" or "$VB$Me";

    /// <summary>A captured variable as its author calls it; null for a link to an outer scope's closure.</summary>
    public static string? VariableOf(FieldInfo field)
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

    /// <summary>A function in its author's words.</summary>
    public static string FunctionOf(MethodBase method)
    {
        var type = method.DeclaringType;
        while (IsClosure(type))
            type = type!.DeclaringType;
        var place = type is null || type.Name is "<Module>" ? "" : TypeOf(type);
        var name = method.Name;
        if (!name.StartsWith('<') || name.LastIndexOf('>') is not (var end and > 0))
            return place.Length == 0 ? name : $"{place}.{name}";
        var outer = name[1..end].TrimStart('<');
        if (outer.IndexOf('>', StringComparison.Ordinal) is var cut and > 0)
            outer = outer[..cut]; // a lambda inside of a lambda or a local function
        var within = outer.StartsWith("Main>$", StringComparison.Ordinal) || name.StartsWith("<<Main>$>", StringComparison.Ordinal)
            ? "the top-level statements"
            : outer is ".ctor" ? $"the constructor of {place}" : outer is ".cctor" ? $"an initializer of {place}" : $"{place}.{outer}";
        var kind = name[(end + 1)..];
        if (kind.StartsWith("g__", StringComparison.Ordinal))
            return $"the local function {kind[3..(kind.IndexOf('|', StringComparison.Ordinal) is var bar and > 3 ? bar : kind.Length)]} in {within}";
        return $"a lambda in {within}";
    }

    /// <summary>A type as it is written in code, near enough.</summary>
    public static string TypeOf(Type type)
    {
        if (type.IsArray)
            return $"{TypeOf(type.GetElementType()!)}[{new string(',', type.GetArrayRank() - 1)}]";
        var name = type.Name;
        if (!type.IsGenericType)
            return name;
        var tick = name.IndexOf('`', StringComparison.Ordinal);
        return tick < 0 ? name : $"{name[..tick]}<{string.Join(", ", type.GetGenericArguments().Select(TypeOf))}>";
    }
}
