using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>The objects of a type that static read-only fields of it hold.</summary>
/// <remarks>
/// <para>
/// Programs compare them by identity: type-safe enums (<c>Color.Red</c>), unit and empty objects (<c>Option.None</c>, <c>List.Nil</c>).
/// They arrive as the object that the field holds on the other side.
/// </para>
/// <para>
/// An object whose fields can change may have another content there, so it travels by its fields: a <c>Settings.Default</c> that the
/// program has filled. The exception is a sentinel: one that stands in an object of its own type, as the end of a tree or of a list does.
/// </para>
/// </remarks>
internal sealed class StaticInstances
{
    private const BindingFlags Declared =
        BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private readonly FieldInfo[] _fields;
    private readonly bool _isConstant;
    private readonly Type _family;
    private object?[]? _values;

    private StaticInstances(FieldInfo[] fields, bool isConstant, Type family) =>
        (_fields, _isConstant, _family) = (fields, isConstant, family);

    /// <summary>Finds the static fields that may hold objects of a type.</summary>
    /// <returns>Null if there are none.</returns>
    public static StaticInstances? Find(Type type)
    {
        if (FrameworkAssemblies.Contains(type.Assembly))
            return null;
        var fields = new List<FieldInfo>();
        var isConstant = true;
        var family = type;
        for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
        {
            family = level;
            fields.AddRange(level.GetFields(Declared)
                .Where(f => f.IsInitOnly && f.FieldType.IsAssignableFrom(type) && IsOfFamily(f.FieldType))
                .OrderBy(f => f.MetadataToken));
            isConstant &= Array.TrueForAll(level.GetFields(Own), f => f.IsInitOnly || HashCodes.IsCache(f));
        }
        return fields.Count == 0 ? null : new StaticInstances([.. fields], isConstant, family);

        static bool IsOfFamily(Type declared) => declared != typeof(object) && !declared.IsInterface;
    }

    /// <summary>Finds the field that holds an object.</summary>
    /// <param name="value">An object of exactly the type.</param>
    /// <param name="holder">The type of the object that it stands in; null at the top of an item.</param>
    /// <param name="number">The field's place.</param>
    public bool TryFind(object value, Type? holder, out int number)
    {
        var values = Values;
        for (number = 0; number < values.Length; number++)
        {
            if (ReferenceEquals(values[number], value))
                return _isConstant || (holder is not null && _family.IsAssignableFrom(holder));
        }
        return false;
    }

    /// <summary>Gets the object that a field holds; null if there is no such field.</summary>
    public object? Get(int number) => number < _fields.Length ? Values[number] : null;

    private object?[] Values => _values ??= Array.ConvertAll(_fields, f => f.GetValue(null));
}
