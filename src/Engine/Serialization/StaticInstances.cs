using System.Reflection;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>The objects of a type that static read-only fields hold.</summary>
/// <remarks>
/// <para>
/// Programs compare them by identity: type-safe enums (<c>Color.Red</c>), unit and empty objects (<c>Option.None</c>, <c>List.Nil</c>).
/// They arrive as the object that the field holds on the other side. The field stands in the type, a base class, an interface of its
/// assembly, a class that encloses it, or one that it encloses; or it is a value of an F# module of its assembly; or it stands in any other
/// class of it (<see cref="StaticHolders"/>).
/// <see cref="StaticContent"/> tells whether it holds the same there.
/// </para>
/// <para>
/// An object whose fields can change may have another content there, so it travels by its fields: a <c>Settings.Default</c> that the
/// program has filled. The exception is a sentinel: one that stands in an object of its own type, or of the type that holds it, as the end
/// of a tree or of a list does.
/// </para>
/// </remarks>
internal sealed class StaticInstances
{
    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly StaticPlace[] _places;
    private readonly bool _isConstant;
    private readonly Type _family;
    private object?[]? _values;
    private Dictionary<object, int>? _numbers;

    private StaticInstances(StaticPlace[] places, bool isConstant, Type family) =>
        (_places, _isConstant, _family) = (places, isConstant, family);

    /// <summary>Finds the static fields that may hold objects of a type.</summary>
    /// <returns>Null if there are none.</returns>
    public static StaticInstances? Find(Type type)
    {
        if (FrameworkAssemblies.Contains(type.Assembly))
            return null;
        FieldInfo[] fields =
        [
            .. GetHolders(type).Distinct().SelectMany(holder => holder.GetFields(Declared)
                .Where(f => MayHold(f, type) && IsReadOnly(f)).OrderBy(f => f.MetadataToken)),
            .. FSharpFields.FindValues(type).Where(f => MayHold(f, type)),
        ];
        var known = fields.Select(f => f.MetadataToken).ToHashSet();
        FieldInfo[] others = [.. StaticHolders.Find(type).Where(f => MayHold(f, type) && !known.Contains(f.MetadataToken))];
        StaticPlace[] inner = [.. StaticHolders.FindInner(type).Where(place => MayHold(place.Inner!, type))];
        if (fields.Length + others.Length + inner.Length == 0)
            return null;
        Type[] levels = [.. GetLevels(type)];
        FieldInfo[] content = [.. levels.SelectMany(level => level.GetFields(Own)).Where(f => !HashCodes.IsCache(f))];
        var isConstant = Array.TrueForAll(content, FixedFields.ContainsInModule); // who reads must find the same places
        StaticPlace[] places =
        [
            .. fields.Concat(others.Where(f => isConstant || RefersTo(f.DeclaringType!, type))).Select(f => new StaticPlace(f, null)),
            .. isConstant ? inner : [],
        ];
        return places.Length == 0
            ? null
            : new StaticInstances(places, isConstant && Array.TrueForAll(content, FixedFields.Contains), levels[^1]);
    }

    // A class that refers to nodes of a tree has the node that stands for its end.
    private static bool RefersTo(Type holder, Type type) => Array.Exists(holder.GetFields(Own), f => MayHold(f, type));

    /// <summary>Whether nothing sets a field after its object, or its class, was made.</summary>
    public static bool IsReadOnly(FieldInfo field) => field.IsInitOnly || FSharpFields.IsReadOnly(field);

    private static bool MayHold(FieldInfo field, Type type) =>
        field.FieldType != typeof(object) && field.FieldType.IsAssignableFrom(type);

    private static IEnumerable<Type> GetHolders(Type type)
    {
        foreach (var level in GetLevels(type))
            yield return level;
        foreach (var contract in type.GetInterfaces().Where(i => i.Module == type.Module).OrderBy(i => i.MetadataToken))
            yield return contract;
        for (var outer = GetOuter(type); outer is not null; outer = GetOuter(outer))
            yield return outer;
        foreach (var inner in GetInner(type))
            yield return inner;
    }

    private static IEnumerable<Type> GetLevels(Type type)
    {
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
            yield return level;
    }

    /// <summary>Writes a mark for the field that holds an object.</summary>
    /// <param name="writer">The writer.</param>
    /// <param name="value">An object of exactly the type.</param>
    /// <param name="context">The run of items.</param>
    /// <returns>Whether there is such a field.</returns>
    public bool TryWrite(ref MessagePackWriter writer, object value, PayloadContext context)
    {
        if (!Numbers.TryGetValue(value, out var number) || !_isConstant && !IsSentinelIn(context.Holder, number))
            return false;
        GraphMarks.Write(ref writer, GraphMark.Static, number);
        if (context.IsFirstMention(value))
            writer.Write(ComputeDigest(value));
        return true;
    }

    /// <summary>Reads what follows the mark for a field.</summary>
    /// <param name="reader">The reader.</param>
    /// <param name="number">The number of the mark.</param>
    /// <param name="context">The run of items.</param>
    /// <returns>The object that the field holds.</returns>
    /// <exception cref="PayloadException">The field holds something else than in the caller's process.</exception>
    public object Read(ref MessagePackReader reader, int number, PayloadContext context)
    {
        if (number >= _places.Length)
            throw new MessagePackSerializationException($"A [{TypeText.Format(_family)}] has no static field [{number}].");
        var value = Values[number];
        if (value is null || context.IsFirstMention(value) && reader.ReadUInt32() != ComputeDigest(value))
        {
            throw context.CreateError(
                $"The static field [{Format(_places[number])}] holds something else in "
                + "the process that reads it than in the one that sent it, so that the object cannot be the same in both.",
                "Give it a content that is the same in every process: let its static constructor fill its collections, and mark a memo "
                + "[NonSerialized]. Or send an object that no static read-only field holds.");
        }
        return value;
    }

    // The end of a tree stands in another node of the tree, or in the tree itself, which holds it.
    private bool IsSentinelIn(Type? holder, int number) =>
        holder is not null && (_family.IsAssignableFrom(holder) || _places[number].Static.DeclaringType!.IsAssignableFrom(holder));

    // Two fields may hold one object, and not the same two in each process.
    private uint ComputeDigest(object value) => StaticContent.ComputeDigest(
        value, string.Join(',', Enumerable.Range(0, Values.Length).Where(i => ReferenceEquals(Values[i], value))));

    private object?[] Values => _values ??= Array.ConvertAll(_places, place => place.GetValue());

    // By the first place that holds an object.
    private Dictionary<object, int> Numbers => _numbers ??= Enumerable.Range(0, Values.Length).Where(i => Values[i] is not null)
        .DistinctBy(i => Values[i], ReferenceEqualityComparer.Instance)
        .ToDictionary(i => Values[i]!, i => i, (IEqualityComparer<object>)ReferenceEqualityComparer.Instance);

    // F# adds the line to a value's name.
    private static string Format(StaticPlace place)
    {
        var (field, inner) = (place.Static, place.Inner);
        var name = FSharpFields.IsStartup(field.DeclaringType)
            ? $"{field.Name.Split('@')[0]}: {TypeText.Format(field.FieldType)}"
            : $"{TypeText.Format(field.DeclaringType!)}.{CompilerNames.FormatField(field)}";
        return inner is null ? name : $"{name}.{CompilerNames.FormatField(inner)}";
    }

    // A class inside a generic one has the type arguments of that one first.
    private static Type? GetOuter(Type type)
    {
        var outer = type.DeclaringType;
        return outer is not { IsGenericTypeDefinition: true }
            ? outer
            : outer.MakeGenericType(type.GetGenericArguments()[..outer.GetGenericArguments().Length]);
    }

    private static IEnumerable<Type> GetInner(Type type) => type
        .GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic)
        .Where(inner => inner.GetGenericArguments().Length == type.GetGenericArguments().Length)
        .Select(inner => inner.IsGenericTypeDefinition ? inner.MakeGenericType(type.GetGenericArguments()) : inner)
        .OrderBy(inner => inner.MetadataToken);
}
