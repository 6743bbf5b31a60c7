using System.Collections;
using System.Collections.Frozen;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Finds as which type a value travels that is declared as something more general.</summary>
/// <remarks>Usually its own type. Some types of .NET have subclasses that nobody can name: those travel as the public class.</remarks>
internal static class WireTypes
{
    private static readonly FrozenSet<Type> s_public = new[]
    {
        typeof(FrozenSet<>), typeof(FrozenDictionary<,>), typeof(StringComparer), typeof(EqualityComparer<>), typeof(Comparer<>),
        typeof(Encoding), typeof(Type), typeof(IPAddress), typeof(JsonObject), typeof(JsonArray), typeof(JsonValue),
    }.ToFrozenSet();

    private static readonly FrozenSet<Type> s_interfaces = new[] { typeof(ILookup<,>), typeof(IGrouping<,>) }.ToFrozenSet();

    private static readonly Type s_structural = StructuralComparisons.StructuralEqualityComparer.GetType();

    private static readonly ConditionalWeakTable<Type, Entry> s_known = [];

    /// <summary>Finds the type as which a value travels.</summary>
    public static Type Find(object value) => Get(value.GetType()).Type;

    /// <summary>Whether values of a type are sequences without items of their own.</summary>
    /// <remarks>Iterators are such sequences, and views of other collections that .NET does not make public.</remarks>
    public static bool IsSequence(Type type) => Get(type).IsSequence;

    /// <summary>Whether values of a type may stand where another type is declared.</summary>
    public static bool Fits(Type type, Type declared) => declared.IsAssignableFrom(type);

    private static Entry Get(Type type) => s_known.GetValue(type, static t => new Entry(Search(t), IsLazy(t)));

    private static Type Search(Type type)
    {
        if (type == s_structural)
            return typeof(IEqualityComparer);
        if (IsShared(type) && typeof(Exception).IsAssignableFrom(type))
            return typeof(Exception); // which of them it is stands in its own bytes
        if (type.IsArray || !IsShared(type) || FrameworkTypes.FindNumber(GetDefinition(type)) is not null)
            return type;
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (s_public.Contains(GetDefinition(level)))
                return level;
        }
        return Array.Find(type.GetInterfaces(), i => s_interfaces.Contains(GetDefinition(i))) ?? type;
    }

    private static bool IsLazy(Type type)
    {
        if (type.IsArray || !typeof(IEnumerable).IsAssignableFrom(type))
            return false;
        if (CompilerNames.IsClosure(type) || typeof(IEnumerator).IsAssignableFrom(type))
            return true;
        return IsShared(type) && FrameworkTypes.FindNumber(GetDefinition(Search(type))) is null;
    }

    private static bool IsShared(Type type) => FrameworkAssemblies.Contains(type.Assembly) || type.Assembly == typeof(WireTypes).Assembly;

    private static Type GetDefinition(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;

    private sealed record Entry(Type Type, bool IsSequence);
}
