using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>The types that a type or a method is made of.</summary>
/// <remarks>The arguments of generic ones, the elements of arrays.</remarks>
internal static class TypeParts
{
    /// <summary>A type, and all that it is made of.</summary>
    public static IEnumerable<Type> Get(Type type)
    {
        yield return type;
        var parts = type.HasElementType ? [type.GetElementType()!] : type.IsGenericType ? type.GetGenericArguments() : [];
        foreach (var part in parts.SelectMany(Get))
            yield return part;
    }

    /// <summary>All types in a method's parameters and type arguments.</summary>
    public static IEnumerable<Type> Get(MethodBase method) =>
        method.GetParameters().SelectMany(parameter => Get(parameter.ParameterType))
            .Concat(method.IsGenericMethod ? method.GetGenericArguments().SelectMany(Get) : []);

    /// <summary>Whether a method has a parameter in which an object of a type may come.</summary>
    public static bool Takes(MethodBase method, Type type) =>
        method.GetParameters().Any(parameter => Covers(parameter.ParameterType, type));

    /// <summary>Whether an object of a type may be, or be in, a value of another.</summary>
    public static bool Covers(Type holder, Type type) => Get(holder).Any(part => part.IsAssignableFrom(type));

    /// <summary>Whether a type has an argument that may be an object of another.</summary>
    public static bool Contains(Type holder, Type type) => Get(holder).Skip(1).Any(part => part.IsAssignableFrom(type));
}
