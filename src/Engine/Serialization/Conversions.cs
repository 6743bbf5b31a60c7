using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>How values of a type travel as values of another.</summary>
/// <param name="Type">What is converted.</param>
/// <param name="Surrogate">What travels.</param>
/// <param name="To">A <c>Func&lt;Type, Surrogate&gt;</c>.</param>
/// <param name="From">A <c>Func&lt;Surrogate, Type&gt;</c>.</param>
internal sealed record Conversion(Type Type, Type Surrogate, Delegate To, Delegate From);

/// <summary>The types whose values travel as values of other types.</summary>
internal sealed class Conversions
{
    public static readonly Conversions None = new([]);

    private readonly Dictionary<Type, Conversion> _all = [];
    private readonly ConditionalWeakTable<Type, Entry> _found = [];

    /// <exception cref="PayloadException">A type cannot be converted, or two conversions are for the same type.</exception>
    public Conversions(IEnumerable<Conversion> all)
    {
        foreach (var conversion in all)
        {
            var type = conversion.Type;
            if (type == typeof(object) || type == typeof(string) || RawMemory.IsRaw(type, out _))
                throw new PayloadException($"[{TypeText.Format(type)}] needs no converter: its values travel as they are.");
            if (!_all.TryAdd(type, conversion))
                throw new PayloadException($"Two converters are for [{TypeText.Format(type)}]. Keep one.");
        }
        if (_all.Values.FirstOrDefault(one => Find(one.Surrogate) == one) is { } circular)
        {
            throw new PayloadException(
                $"The converter of [{TypeText.Format(circular.Type)}] makes a [{TypeText.Format(circular.Surrogate)}], "
                + "which it converts again.");
        }
    }

    public bool IsEmpty => _all.Count == 0;

    public IEnumerable<Conversion> All => _all.Values;

    /// <summary>Finds the conversion for values of a type.</summary>
    /// <returns>That of the type itself, of its nearest base class, or of an interface; null for none.</returns>
    public Conversion? Find(Type type) =>
        IsEmpty ? null : _found.GetValue(type, one => new Entry(Search(one))).Conversion;

    private Conversion? Search(Type type)
    {
        for (var level = type; level is not null; level = level.BaseType)
        {
            if (_all.TryGetValue(level, out var found))
                return found;
        }
        return _all.Values.FirstOrDefault(one => one.Type.IsInterface && one.Type.IsAssignableFrom(type));
    }

    private sealed record Entry(Conversion? Conversion);
}
