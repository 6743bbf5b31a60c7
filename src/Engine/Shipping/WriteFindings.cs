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
    private readonly HashSet<FieldInfo> _assigned = [];
    private readonly HashSet<Place> _escaped = [];
    private readonly HashSet<Place> _reused = [];
    private readonly HashSet<Place> _made = [];
    private readonly HashSet<(Module, int)> _loaded = [];

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
        _assigned.Clear();
        _escaped.Clear();
        _reused.Clear();
        _made.Clear();
        _loaded.Clear();
    }

    /// <summary>The function is too intricate: nothing is certain.</summary>
    public void Forget()
    {
        _changes.Clear();
        _reads.Clear();
    }

    public void Read(FieldInfo field) => _reads.Add(field);

    /// <summary>A static field is assigned.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isFirstUse">Whether that makes its value at its first use.</param>
    public void Store(FieldInfo field, bool isFirstUse)
    {
        _stored.Add(field);
        if (!isFirstUse)
            _assigned.Add(field);
    }

    /// <summary>A field of an object is read.</summary>
    public void Load(FieldInfo field) => _loaded.Add((field.Module, field.MetadataToken));

    /// <summary>Code that is not looked at gets these values: it may read what they hold.</summary>
    public void Escape(ReadOnlySpan<Origin?> values)
    {
        foreach (var value in values)
        {
            if (value?.Changed is { Static: not null } place)
                _escaped.Add(place);
        }
    }

    /// <summary>A place is assigned; by other code, from what it had before.</summary>
    public void Change(Place place, bool isWritten) => _changes.Add((place, null, CallEffect.Adds, isWritten));

    /// <summary>A place is assigned at its first use.</summary>
    public void Make(Place place) => _made.Add(place);

    /// <summary>Other code assigns a place: it may use it for a while.</summary>
    public void Reuse(Place place)
    {
        _reused.Add(place);
        _scratch.Add(place);
    }

    public void Call(Place place, MethodBase method, CallEffect effect, bool isWritten, bool isDropped)
    {
        if (isDropped && method.Name is "GetOrAdd")
            effect = CallEffect.Adds; // a cache takes what it returns
        // What a set returns says whether the item is new.
        if (effect is CallEffect.LooksUp
            || effect is CallEffect.AddsByKey && !isWritten && !isDropped && method.GetParameters().Length == 1)
            _lookedUp.Add(place);
        if (effect is not CallEffect.LooksUp)
            _changes.Add((place, FormatCall(method), effect, isWritten));
        if (effect is CallEffect.Takes && (!isWritten || method.Name is "Clear" or "set_Length"))
            _scratch.Add(place); // it is emptied between its uses
    }

    /// <summary>Returns what is certain, each variable once.</summary>
    /// <param name="isSet">Whether the program sets a static field, which the function may make at its first use.</param>
    public List<LostWrite> ToList(Func<FieldInfo, bool, bool> isSet)
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
            if (_assigned.Contains(field) || !names.Add(name))
                continue;
            var start = StaticStarts.Find(field);
            if (IsSet(field))
                found.Add(new LostWrite(LostWriteKind.ReadsStatic, name, null, field));
            else if (_stored.Contains(field))
                continue;
            else if (start.Kind is { } kind)
                found.Add(new LostWrite(kind, name, null, field));
            else if (start.Sources.FirstOrDefault(IsSet) is { } source && names.Add(StaticFields.Format(source)))
                found.Add(new LostWrite(LostWriteKind.ReadsStatic, StaticFields.Format(source), null, source)); // by way of an initializer
        }
        return found;

        bool IsSet(FieldInfo field) =>
            (!field.IsInitOnly || StaticFields.MayBeFilled(field.FieldType)) && isSet(field, _stored.Contains(field));
    }

    /// <summary>Whether what a static field holds is changed, so that the function reads something else.</summary>
    /// <remarks>
    /// A program that tries to add to it fills a registry; a function may use it as a cache. What the function itself sets before it uses
    /// it, and fields that it does not read, do not count.
    /// </remarks>
    public bool ChangesContent(FieldInfo field, WriteScan function)
    {
        return _changes.Exists(change => IsOf(change.Place) && (change.IsWritten || function.Found.DependsOn(change.Place))
                && (change.Call is "TryAdd" && (change.IsWritten || !_lookedUp.Contains(change.Place))
                    || IsCertain(change.Place, change.Call, change.Effect, change.IsWritten)
                    || change.Effect is not CallEffect.AddsByKey && !function.Found.Changes(change.Place)))
            || _reused.Any(place => IsOf(place) && function.Found.DependsOn(place) && !function.Found.Changes(place));

        bool IsOf(Place place) => place.Static is { } changed && StaticFields.IsSame(changed, field);
    }

    /// <summary>Whether what a static field holds is changed, for whatever reason.</summary>
    public bool Touches(FieldInfo field) =>
        GetChanged().Any(place => place.Static is { } touched && StaticFields.IsSame(touched, field));

    private bool Changes(Place place) =>
        GetChanged().Any(other => other.Static is not null && string.Equals(other.Name, place.Name, StringComparison.Ordinal));

    private IEnumerable<Place> GetChanged() => _scratch.Concat(_made).Concat(_changes.Select(change => change.Place));

    private bool DependsOn(Place place) =>
        place.Field is not { } field || _loaded.Contains((field.Module, field.MetadataToken))
        || _escaped.Any(escaped => place.Name.StartsWith($"{escaped.Name}.", StringComparison.Ordinal));

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
