using System.Reflection;

namespace ActorPool.Shipping;

/// <summary>What a scan of a function has found.</summary>
internal sealed class WriteFindings
{
    private readonly List<(Place Place, string? Call, CallEffect Effect, bool IsWritten)> _changes = [];
    private readonly HashSet<Place> _scratch = [];
    private readonly HashSet<Place> _lookedUp = [];
    private readonly List<FieldInfo> _reads = [];
    private readonly HashSet<FieldInfo> _stored = [];

    /// <summary>The static fields that the function assigns, for whatever reason.</summary>
    public IReadOnlySet<FieldInfo> Stored => _stored;

    /// <summary>The static fields that the function assigns, or whose content it changes, for whatever reason.</summary>
    public IEnumerable<FieldInfo> Filled => _stored.Concat(_changes.Select(change => change.Place.Static).OfType<FieldInfo>());

    public void Clear()
    {
        _changes.Clear();
        _scratch.Clear();
        _lookedUp.Clear();
        _reads.Clear();
        _stored.Clear();
    }

    /// <summary>The function is too intricate: nothing is certain.</summary>
    public void Forget()
    {
        _changes.Clear();
        _reads.Clear();
    }

    public void Read(FieldInfo field) => _reads.Add(field);

    public void Store(FieldInfo field) => _stored.Add(field);

    /// <summary>A place is assigned; by other code, from what it had before.</summary>
    public void Change(Place place, bool isWritten) => _changes.Add((place, null, CallEffect.Adds, isWritten));

    /// <summary>Other code assigns a place: it may use it for a while.</summary>
    public void Reuse(Place place) => _scratch.Add(place);

    public void Call(Place place, MethodBase method, CallEffect effect, bool isWritten)
    {
        // What a set returns says whether the item is new.
        if (effect is CallEffect.LooksUp || effect is CallEffect.AddsByKey && !isWritten && method.GetParameters().Length == 1)
            _lookedUp.Add(place);
        if (effect is not CallEffect.LooksUp)
            _changes.Add((place, FormatCall(method), effect, isWritten));
        if (effect is CallEffect.Takes && (!isWritten || method.Name is "Clear" or "set_Length"))
            _scratch.Add(place); // it is emptied between its uses
    }

    /// <summary>Returns what is certain, each variable once.</summary>
    /// <param name="isSet">Whether the program sets a static field.</param>
    public List<LostWrite> ToList(Func<FieldInfo, bool> isSet)
    {
        var found = new List<LostWrite>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (place, call, effect, isWritten) in _changes)
        {
            if (!IsCertain(place, call, effect, isWritten))
                continue;
            if (names.Add(place.Name))
            {
                var kind = place.IsInput ? LostWriteKind.ChangesInput
                    : place.Static is null ? LostWriteKind.ChangesCaptured
                    : LostWriteKind.ChangesStatic;
                found.Add(new LostWrite(kind, place.Name, call, place.Static));
            }
        }
        foreach (var field in _reads)
        {
            var name = StaticFields.Format(field);
            if (_stored.Contains(field) || !names.Add(name))
                continue;
            var start = StaticStarts.Find(field);
            if (IsSet(field))
                found.Add(new LostWrite(LostWriteKind.ReadsStatic, name, null, field));
            else if (start.Kind is { } kind)
                found.Add(new LostWrite(kind, name, null, field));
            else if (start.Sources.FirstOrDefault(IsSet) is { } source && names.Add(StaticFields.Format(source)))
                found.Add(new LostWrite(LostWriteKind.ReadsStatic, StaticFields.Format(source), null, source)); // by way of an initializer
        }
        return found;

        bool IsSet(FieldInfo field) => (!field.IsInitOnly || StaticFields.MayChange(field.FieldType)) && isSet(field);
    }

    /// <summary>Whether what a static field holds is certainly changed.</summary>
    /// <remarks>A program that tries to add to it fills a registry; a function may use it as a cache.</remarks>
    public bool ChangesContent(FieldInfo field) => _changes.Exists(change =>
        change.Place.Static is { } changed && changed.MetadataToken == field.MetadataToken && changed.Module == field.Module
        && (change.Call is "TryAdd" && change.IsWritten || IsCertain(change.Place, change.Call, change.Effect, change.IsWritten)));

    private bool IsCertain(Place place, string? call, CallEffect effect, bool isWritten)
    {
        if (call is null && isWritten)
            return true;
        if (_scratch.Contains(place))
            return false;
        if (!isWritten && effect is not CallEffect.AddsByKey)
            return effect is CallEffect.Adds;
        // A static cache serves each process by itself.
        return isWritten && place.Static is null || effect is not CallEffect.AddsByKey
            || !_lookedUp.Contains(place) && call is not ("GetOrAdd" or "TryAdd" or "GetValueRefOrAddDefault");
    }

    private static string FormatCall(MethodBase method) =>
        method.Name is "set_Item" ? "by index"
        : method.IsSpecialName && method.Name.StartsWith("add_", StringComparison.Ordinal) ? "+="
        : method.Name.StartsWith("set_", StringComparison.Ordinal) ? method.Name[4..]
        : method.Name;
}
