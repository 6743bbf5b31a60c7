using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Which static fields of a program have a value that matters.</summary>
internal static class StaticFields
{
    /// <summary>Whether a static field is the user's own and one for the process.</summary>
    public static bool IsUsers(FieldInfo field) =>
        field is { IsStatic: true, IsLiteral: false, DeclaringType: { } owner }
        && !HostAssemblies.IsHost(owner.Assembly)
        && !WriteScan.IsCompilers(owner) && !owner.Name.StartsWith('<')
        && (!field.Name.StartsWith('<') || field.Name.EndsWith("k__BackingField", StringComparison.Ordinal))
        && !field.Name.StartsWith("init@", StringComparison.Ordinal)
        && !field.IsDefined(typeof(ThreadStaticAttribute), inherit: false);

    /// <summary>Whether two fields are one: of a generic class, each form has its own.</summary>
    public static bool IsSame(FieldInfo one, FieldInfo other) =>
        one.MetadataToken == other.MetadataToken && one.Module == other.Module && IsSameForm(one.DeclaringType, other.DeclaringType);

    /// <summary>Whether two forms of a class may be the same one.</summary>
    public static bool IsSameForm(Type? one, Type? other) =>
        one == other || one is null or { ContainsGenericParameters: true } || other is null or { ContainsGenericParameters: true };

    /// <summary>Whether the object of a read-only field may be filled.</summary>
    /// <remarks>A list, an array, an object with settings.</remarks>
    public static bool MayChange(Type type) =>
        !type.IsValueType && type != typeof(string) && !typeof(Delegate).IsAssignableFrom(type);

    /// <summary>Whether what a read-only field holds, or an object in its structure, may be filled.</summary>
    public static bool MayBeFilled(Type type)
    {
        const int MaxDepth = 4;
        return MayChange(type) || Holds(type, MaxDepth);

        static bool Holds(Type type, int depth) =>
            type is { IsValueType: true, IsPrimitive: false, IsEnum: false } && depth > 0
            && type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
                .Any(field => MayChange(field.FieldType) && !IsOfProcess(field.FieldType) || Holds(field.FieldType, depth - 1));
    }

    /// <summary>Whether a structure is a view of an array: to change it changes that.</summary>
    public static bool IsView(Type type) => type is { Namespace: "System", Name: "Memory`1" or "ArraySegment`1" };

    /// <summary>Formats a static field as its class and its name, or that of its property.</summary>
    public static string Format(FieldInfo field)
    {
        var name = CompilerNames.FormatField(field);
        if (name.IndexOf('@', StringComparison.Ordinal) is > 0 and var mark) // F# adds the line
            name = name[..mark];
        return field.DeclaringType is { } owner ? $"{TypeText.Format(owner).TrimStart('$')}.{name}" : name;
    }

    /// <summary>Whether values of this type are meant to differ between threads or processes.</summary>
    public static bool IsOfProcess(Type type)
    {
        if (type.IsGenericType)
        {
            var definition = type.GetGenericTypeDefinition();
            if (definition == typeof(AsyncLocal<>) || definition == typeof(ThreadLocal<>) || definition == typeof(Broadcast<>))
                return true;
        }
        return type.Name.Contains("Logger", StringComparison.Ordinal) || typeof(Akka.Event.ILoggingAdapter).IsAssignableFrom(type)
            || type.FullName is "System.Diagnostics.ActivitySource" or "System.Diagnostics.Metrics.Meter" or "System.Threading.Lock"
                or "Microsoft.VisualBasic.CompilerServices.StaticLocalInitFlag"; // whether a static variable has its first value
    }
}
