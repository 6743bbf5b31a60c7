using System.Reflection;

namespace ActorPool.Shipping;

internal sealed partial class MethodScan
{
    private void Call(int at, bool isVirtual)
    {
        if (code.GetMethod(at) is not { } callee)
        {
            _stack.Clear(); // how many values it takes is not known
            return;
        }
        var arguments = PopArguments(callee, isNew: false);
        var result = Call(callee, arguments, at, isVirtual);
        if (callee is MethodInfo { ReturnType: var type } && type != typeof(void))
            Push(result);
    }

    private Origin?[] PopArguments(MethodBase callee, bool isNew)
    {
        var arguments = new Origin?[callee.GetParameters().Length + (callee.IsStatic ? 0 : 1)];
        for (var i = arguments.Length - 1; i >= (isNew ? 1 : 0); i--)
            arguments[i] = Pop();
        return arguments;
    }

    private Origin? Call(MethodBase callee, Origin?[] arguments, int at, bool isVirtual)
    {
        var place = arguments is [{ } first, ..] ? first.Changed : null;
        var type = (callee as MethodInfo)?.ReturnType ?? typeof(void);
        AssignOut(callee, arguments);
        if (callee.DeclaringType is { IsArray: true })
        {
            if (callee.Name is "Set")
                Change(place, isAdded: false);
            return callee.Name is "Address" && place is not null
                ? new Origin(OriginKind.Address, place)
                : callee.Name is "Get" ? LoadElement(arguments[0], type) : Origin.Unknown;
        }
        if (place is not null && MutatingCalls.Find(callee) is not CallEffect.None and var effect)
        {
            if (place.Static is { } field && arguments[0]!.Kind is OriginKind.Address)
                scan.Found.Store(field);
            if (IsOfVariable(callee))
                Change(place, isAdded: effect is CallEffect.Adds);
            else
                scan.Found.Call(place, callee, effect, isWritten);
            return callee.Name is "get_Item" ? LoadElement(arguments[0], type) : Origin.Compute(arguments);
        }
        if (HostAssemblies.IsHost(callee.Module.Assembly) || MutatingCalls.IsArrayModule(callee.DeclaringType))
        {
            if (MutatingCalls.FindTarget(callee) is { } target && target < arguments.Length && arguments[target]?.Changed is { } filled)
                scan.Found.Call(filled, callee, CallEffect.Changes, isWritten);
            if (place is not null && MutatingCalls.IsView(callee))
                return new Origin(OriginKind.Reference, place);
            if (place is not null && callee is { IsStatic: false, IsSpecialName: true }
                && callee.Name.StartsWith("set_", StringComparison.Ordinal) && !StaticFields.IsOfProcess(callee.DeclaringType!))
                Change(place with { Name = $"{place.Name}.{callee.Name[4..]}" }, isAdded: false);
            return callee.Name is "get_Item" ? LoadElement(arguments[0], type) : Origin.Compute(arguments);
        }
        return CallUsers(callee, arguments, place, at, isVirtual);
    }

    // The language makes a method assign what it takes as "out".
    private void AssignOut(MethodBase callee, Origin?[] arguments)
    {
        var shift = callee.IsStatic ? 0 : 1;
        foreach (var parameter in callee.GetParameters())
        {
            if (parameter is { IsOut: true, IsIn: false, ParameterType.IsByRef: true })
                StoreAt(arguments[parameter.Position + shift], Origin.Unknown, isGiven: false);
        }
    }

    private static Place? FindEvent(MethodBase callee, Place? owner)
    {
        const BindingFlags Any = BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;
        if (!callee.IsSpecialName || !callee.Name.StartsWith("add_", StringComparison.Ordinal))
            return null;
        if (!callee.IsStatic)
            return owner is null ? null : GetPlace(owner, callee.DeclaringType, callee.Name[4..]);
        return callee.DeclaringType?.GetField(callee.Name[4..], Any) is { } field && StaticFields.IsUsers(field)
            ? new Place(StaticFields.Format(field), field)
            : null;
    }

    private Origin? CallUsers(MethodBase callee, Origin?[] arguments, Place? place, int at, bool isVirtual)
    {
        if (FindEvent(callee, place) is { } observed)
        {
            scan.Found.Call(observed, callee, CallEffect.Adds, isWritten);
            return Origin.Unknown;
        }
        // A property's accessors are as good as its field.
        if ((!isVirtual || !callee.IsVirtual || callee.IsFinal) && scan.FindAccessor(callee) is { } accessor)
        {
            var field = accessor.Field;
            switch (accessor.Sets)
            {
                case true when field.IsStatic:
                    StoreStatic(field, arguments[0], at);
                    break;
                case true:
                    StoreField(arguments[0], field, arguments[1], at);
                    break;
                case false:
                    return field.IsStatic ? LoadStatic(field, isAddress: false) : LoadField(arguments[0], field);
            }
            return Origin.Unknown;
        }
        if (isWritten && place is not null && callee is { IsStatic: false, IsSpecialName: true }
            && callee.Name.StartsWith("set_", StringComparison.Ordinal))
        {
            Change(callee.Name is "set_Item" ? place : GetPlace(place, callee.DeclaringType, callee.Name[4..]), isAdded: false);
            arguments[0] = Origin.Unknown; // not a second time inside
        }
        scan.Follow(this, callee, arguments, isVirtual);
        return Origin.Compute(arguments);
    }

    private static bool IsOfVariable(MethodBase callee) =>
        callee.DeclaringType == typeof(Interlocked) || callee.DeclaringType == typeof(Volatile);

    private void Create(MethodBase? constructor)
    {
        if (constructor is null)
        {
            _stack.Clear();
            Push(Origin.Unknown);
            return;
        }
        var arguments = PopArguments(constructor, isNew: true);
        var created = WriteScan.IsCompilers(constructor.DeclaringType) ? Origin.Fresh : Origin.Unknown;
        arguments[0] = created;
        scan.Follow(this, constructor, arguments, isVirtual: false);
        if (WriteScan.IsFSharpClosure(constructor.DeclaringType))
            scan.FollowAll(this, constructor.DeclaringType!);
        Push(created);
    }

    // A delegate's target is on top of the stack.
    private void Mention(MethodBase? callee)
    {
        if (callee is null)
            return;
        var arguments = new Origin?[callee.GetParameters().Length + (callee.IsStatic ? 0 : 1)];
        Array.Fill(arguments, Origin.Unknown);
        if (!callee.IsStatic && _stack.Count > 0)
            arguments[0] = _stack[^1];
        scan.Follow(this, callee, arguments, isVirtual: false);
    }
}
