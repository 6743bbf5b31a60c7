using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>A field because of which its object cannot leave its process.</summary>
/// <param name="Path">The names of the fields from the object to it.</param>
/// <param name="Type">Its declared type.</param>
/// <param name="Advice">What to do instead of sending the object.</param>
internal sealed record HeldField(string Path, Type Type, string Advice)
{
    private const int MaxDepth = 4;
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, Verdict> s_verdicts = [];

    /// <summary>Finds the first field whose declared type belongs to its process.</summary>
    /// <returns>Null when there is none in the type's own fields and <see cref="MaxDepth"/> levels below them.</returns>
    public static HeldField? Find(Type type) => s_verdicts.GetValue(type, static t => new Verdict(Search(t, MaxDepth))).Found;

    private static HeldField? Search(Type type, int depth)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string) || HostAssemblies.IsHost(type.Assembly))
            return null;
        for (var level = type; level is not null && !HostAssemblies.IsHost(level.Assembly); level = level.BaseType)
        {
            foreach (var field in level.GetFields(Own))
            {
                if (field.IsDefined(typeof(NonSerializedAttribute), inherit: false))
                    continue; // its author chose that it arrives empty
                var name = CompilerNames.FormatField(field);
                if (ProcessBoundTypes.Find(field.FieldType) is { } bound)
                    return new HeldField(name, field.FieldType, bound.Advice);
                if (depth > 0 && Search(field.FieldType, depth - 1) is { } deeper)
                    return deeper with { Path = $"{name}.{deeper.Path}" };
            }
        }
        return null;
    }

    private sealed record Verdict(HeldField? Found);
}
