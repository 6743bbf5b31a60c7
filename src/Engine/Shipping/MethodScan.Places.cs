using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

internal sealed partial class MethodScan
{
    private static Origin LoadElement(Origin? owner, Type? type) =>
        owner?.Changed is not { } place || type is null ? Origin.Unknown
        : type.IsByRef ? new Origin(OriginKind.Address, place)
        : Origin.ValueOf(place, type);

    private static Place GetPlace(Place owner, FieldInfo field) =>
        GetPlace(owner, field.DeclaringType, CompilerNames.FormatField(field)) with { Field = field };

    // The mutable variable of an F# function is the only member of a cell.
    private static Place GetPlace(Place owner, Type? type, string member) =>
        type?.FullName?.StartsWith("Microsoft.FSharp.Core.FSharpRef`1", StringComparison.Ordinal) is true
            ? owner
            : owner with { Name = $"{owner.Name}.{member}", Field = null };

    // The others are links to outer closures, and delegates that the compiler keeps.
    private static bool IsVariable(FieldInfo field) =>
        !field.Name.StartsWith("<>", StringComparison.Ordinal) && !field.Name.StartsWith("$I", StringComparison.Ordinal);

    private static Place? FindCaptured(FieldInfo field) =>
        CompilerNames.FindVariable(field) is { } name && !StaticFields.IsOfProcess(field.FieldType) ? new Place(name, null) : null;

    private Origin? LoadField(Origin? owner, FieldInfo? field)
    {
        if (field is null || field.IsStatic)
            return Origin.Unknown;
        scan.Found.Load(field);
        switch (owner?.Kind)
        {
            case OriginKind.Closure:
                return WriteScan.IsCompilers(field.FieldType) ? Origin.Closure
                    : FindCaptured(field) is { } variable ? Origin.ValueOf(variable, field.FieldType)
                    : Origin.Unknown;
            case OriginKind.Fresh:
                return scan.GetField(field);
            case OriginKind.Reference or OriginKind.Copy or OriginKind.Address:
                return StaticFields.IsOfProcess(field.FieldType)
                    ? Origin.Unknown
                    : Origin.ValueOf(GetPlace(owner!.Place!, field), field.FieldType);
            default:
                return owner is null ? null : Origin.Unknown;
        }
    }

    private Origin? LoadFieldAddress(Origin? owner, FieldInfo? field)
    {
        if (field is null || field.IsStatic || StaticFields.IsOfProcess(field.FieldType))
            return Origin.Unknown;
        scan.Found.Load(field);
        if (owner?.Kind is OriginKind.Closure)
        {
            return WriteScan.IsCompilers(field.FieldType) ? Origin.Closure
                : FindCaptured(field) is { } variable && IsVariable(field) ? new Origin(OriginKind.Address, variable)
                : Origin.Unknown;
        }
        if (owner?.Kind is OriginKind.Fresh)
        {
            if (WriteScan.IsCompilers(field.FieldType))
                return Origin.Fresh;
            if (scan.IsOfProgram && scan.GetField(field) is not { Kind: OriginKind.Copy })
                return new Origin(OriginKind.Local, Variable: field);
            // Another method may assign the field. The copy of a value stays a copy.
            if (!field.FieldType.IsValueType)
                scan.SetField(field, Origin.Unknown);
            return scan.GetField(field) is { Kind: OriginKind.Copy } copy ? copy : Origin.Unknown;
        }
        return owner?.Changed is { } place ? new Origin(OriginKind.Address, GetPlace(place, field)) : Origin.Unknown;
    }

    private void StoreField(Origin? owner, FieldInfo? field, Origin? value, int at)
    {
        if (field is null || field.IsStatic || StaticFields.IsOfProcess(field.FieldType))
            return;
        if (field.Name.EndsWith("__current", StringComparison.Ordinal))
            scan.Yield(this, value);
        if (owner?.Kind is OriginKind.Fresh)
            scan.SetField(field, value);
        else if (owner?.Kind is OriginKind.Closure && IsVariable(field) && FindCaptured(field) is { } variable
            && !WriteScan.IsCompilers(field.FieldType))
            Change(variable, isAdded: Has(value, variable));
        else if (owner?.Changed is { } place && !scan.IsOfProgram && LazyStores.IsLazy(code, at, field))
            scan.Found.Make(GetPlace(place, field));
        else if (owner?.Changed is { } changed)
            Change(GetPlace(changed, field), isAdded: Has(value, GetPlace(changed, field)) || scan.IsOfProgram && IsGiven(at));
        else
            scan.Found.Escape([value]);
    }

    // What a method is given to store is meant to stay.
    private bool IsGiven(int at) => code.GetLoadedArgument(at - 1) is { } argument && (argument > 0 || method.IsStatic);

    private void StoreAt(Origin? address, Origin? value, bool isGiven)
    {
        if (address is { Kind: OriginKind.Local })
        {
            if (address.Variable is { } variable)
                scan.SetField(variable, value);
            else
                _locals[address.Local] = scan.Merge(_locals[address.Local], value);
        }
        else if (address is { Kind: OriginKind.Address, Place: { } place })
        {
            if (place is { Static: { } field, Field: null })
                scan.Found.Store(field, isFirstUse: false);
            Change(place, isAdded: isGiven || Has(value, place));
        }
    }

    private Origin LoadStatic(FieldInfo? field, bool isAddress)
    {
        if (field is { IsStatic: true } && WriteScan.IsFSharpClosure(field.DeclaringType))
            scan.FollowAll(this, field.DeclaringType!); // a closure that captures nothing
        if (field is null || !StaticFields.IsUsers(field) || StaticFields.IsOfProcess(field.FieldType))
            return Origin.Unknown;
        scan.Found.Read(field);
        scan.Made?.Make(field.FieldType);
        foreach (var made in StaticStarts.Find(field).Made)
            scan.Made?.Make(made);
        var place = new Place(StaticFields.Format(field), field);
        return isAddress ? new Origin(OriginKind.Address, place) : Origin.ValueOf(place, field.FieldType);
    }

    private void StoreStatic(FieldInfo? field, Origin? value, int at)
    {
        if (field is null || !StaticFields.IsUsers(field) || StaticFields.IsOfProcess(field.FieldType))
            return;
        var isFirstUse = LazyStores.IsLazy(code, at, field);
        scan.Found.Store(field, isFirstUse);
        var place = new Place(StaticFields.Format(field), field);
        if (!isFirstUse)
            Change(place, isAdded: Has(value, place));
        // The same object is still on the stack, or in a variable, as what the field holds.
        if (_stack.Count > 0 && at > 0 && code.Code[IsVolatile(at - 1) ? at - 2 : at - 1].Code == OpCodes.Dup)
            _stack[^1] = Origin.ValueOf(place, field.FieldType);
    }

    private bool IsVolatile(int at) => at > 0 && code.Code[at].Code == OpCodes.Volatile;

    private static bool Has(Origin? value, Place place) => value is { Kind: OriginKind.Derived } && value.Place == place;

    private void Change(Place? place, bool isAdded)
    {
        if (place is null || IsMuted && scan.IsOfProgram)
            return;
        if ((isWritten || isAdded) && !IsMuted)
            scan.Found.Change(place, isWritten);
        else
            scan.Found.Reuse(place);
    }
}
