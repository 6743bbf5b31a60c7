using System.Collections.Concurrent;
using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

// What only who sends must know: formatters that read do without, so that bytes which name a type cause no scan of its code.
internal sealed partial class FormatterCatalog
{
    private readonly Dictionary<Type, Parts> _parts = []; // under the lock
    private readonly ConcurrentDictionary<Type, bool> _checked = new();
    private Parts? _owner;

    /// <summary>Called with each type of the program's values, when such are first written.</summary>
    public Action<Type>? OnFirstSent { get; set; }

    /// <summary>Checks, before a value is written, what only who sends must know.</summary>
    /// <exception cref="PayloadException">A field may keep a hash code; names the field, and the path to it.</exception>
    public void CheckFirst(Type type)
    {
        if (_checked.ContainsKey(type))
            return;
        lock (_gate)
        {
            BeginPath(type);
            var seen = new HashSet<Type>();
            CheckHashes(type, seen);
            _root = null;
            foreach (var one in seen)
            {
                if (OnFirstSent is { } first && !FrameworkAssemblies.Contains(one.Assembly) && one is { IsInterface: false, IsEnum: false })
                    first(one);
            }
            foreach (var one in seen)
                _checked.TryAdd(one, true); // only once all inside is known to be without
        }
    }

    private void CheckHashes(Type type, HashSet<Type> seen)
    {
        if (_checked.ContainsKey(type) || !seen.Add(type))
            return;
        var parts = _parts.GetValueOrDefault(type);
        if (parts is null or { IsOfFields: true } && HashRefusals.Find(type) is var (reason, advice))
            throw Refuse(type, reason, advice);
        foreach (var (step, part) in parts?.All ?? GetRawParts(type))
        {
            if (step is not null)
                _path.Add(step);
            CheckHashes(part, seen);
            if (step is not null)
                _path.RemoveAt(_path.Count - 1);
        }
    }

    // Values that are sent as their bytes have no formatters for their fields.
    private static IEnumerable<(string? Step, Type Part)> GetRawParts(Type type) => type.IsPrimitive || type.IsEnum
        ? []
        : type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic)
            .Select(field => ((string?)("." + CompilerNames.FormatField(field)), field.FieldType));

    private void AddPart(Type type) => _owner?.All.Add((_path.Count > _owner.Depth ? _path[^1] : null, type));

    /// <summary>What the formatter of a type needs formatters for.</summary>
    private sealed record Parts(int Depth)
    {
        public List<(string? Step, Type Part)> All { get; } = [];

        /// <summary>Whether the type is sent as its fields; if not, they do not count.</summary>
        public bool IsOfFields { get; set; }
    }
}
