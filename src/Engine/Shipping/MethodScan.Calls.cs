using System.Reflection;
using System.Reflection.Emit;

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
        scan.Made?.Call(callee);
        if (callee is { IsConstructor: true, DeclaringType.IsValueType: true })
            scan.Made?.Make(callee.DeclaringType);
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
        var type = (callee as MethodInfo)?.ReturnType ?? typeof(void);
        arguments = AssignOut(callee, arguments);
        var place = arguments is [{ } first, ..] ? first.Changed : null;
        if (scan.IsOfProgram && callee is { Name: "Invoke" } && typeof(Delegate).IsAssignableFrom(callee.DeclaringType))
            return Invoke(callee, arguments);
        if (callee.DeclaringType is { IsArray: true })
        {
            if (callee.Name is "Set")
                Change(place, isAdded: false);
            return callee.Name is "Address" && place is not null
                ? new Origin(OriginKind.Address, place)
                : callee.Name is "Get" ? LoadElement(arguments[0], type) : Origin.Unknown;
        }
        if (place is not null && MutatingCalls.IsInlineArray(callee))
            return new Origin(type.IsByRef ? OriginKind.Address : OriginKind.Reference, place);
        if (place is not null && MutatingCalls.IsEntry(callee) && IsDropped(at - 1))
        {
            Fill(place, callee, CallEffect.Changes, at); // a cache asks whether the entry is new
            return new Origin(OriginKind.Address, place);
        }
        if (place is not null && MutatingCalls.Find(callee) is not CallEffect.None and var effect)
        {
            if (place.Static is { } field && arguments[0]!.Kind is OriginKind.Address)
                scan.Found.Store(field, isFirstUse: false);
            if (IsOfVariable(callee))
                Change(place, isAdded: effect is CallEffect.Adds);
            else
                Fill(place, callee, effect, at);
            return GetResult(callee, arguments, type);
        }
        if (HostAssemblies.IsHost(callee.Module.Assembly) || MutatingCalls.IsArrayModule(callee.DeclaringType))
        {
            if (MutatingCalls.FindTarget(callee) is { } target && target < arguments.Length && arguments[target]?.Changed is { } filled)
                Fill(filled, callee, CallEffect.Changes, at);
            if (!callee.IsConstructor || callee.DeclaringType != typeof(object))
                scan.Found.Escape(arguments);
            InvokeGiven(callee, arguments);
            if (place is not null && MutatingCalls.IsView(callee))
                return new Origin(OriginKind.Reference, place);
            if (place is not null && callee is { IsStatic: false, IsSpecialName: true }
                && callee.Name.StartsWith("set_", StringComparison.Ordinal) && !StaticFields.IsOfProcess(callee.DeclaringType!))
                Change(place with { Name = $"{place.Name}.{callee.Name[4..]}" }, isAdded: false);
            // Its headers, its columns.
            if (scan.IsOfProgram && place is not null && callee is { IsStatic: false, IsSpecialName: true } && StaticFields.MayChange(type)
                && callee.Name.StartsWith("get_", StringComparison.Ordinal) && callee.Name is not "get_Item")
                return FindHeld(callee, arguments, type)
                    ?? new Origin(OriginKind.Reference, GetPlace(place, callee.DeclaringType, callee.Name[4..]));
            return GetResult(callee, arguments, type);
        }
        return CallUsers(callee, arguments, place, at, isVirtual);
    }

    // The language makes a method assign what it takes as "out".
    private Origin?[] AssignOut(MethodBase callee, Origin?[] arguments)
    {
        var shift = callee.IsStatic ? 0 : 1;
        Origin?[] values = scan.IsOfProgram ? [.. arguments.Select(Resolve)] : arguments;
        foreach (var parameter in callee.GetParameters())
        {
            if (parameter is { IsOut: true, IsIn: false, ParameterType.IsByRef: true })
            {
                var given = FindHeld(callee, values, parameter.ParameterType.GetElementType()!) ?? Origin.Unknown;
                StoreAt(arguments[parameter.Position + shift], given, isGiven: false);
            }
        }
        return values;
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
            Fill(observed, callee, CallEffect.Adds, at);
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
        if ((isWritten || scan.IsOfProgram && isVirtual) && place is not null && callee is { IsStatic: false, IsSpecialName: true }
            && callee.Name.StartsWith("set_", StringComparison.Ordinal))
        {
            Change(callee.Name is "set_Item" ? place : GetPlace(place, callee.DeclaringType, callee.Name[4..]), isAdded: false);
            arguments[0] = Origin.Unknown; // not a second time inside
        }
        return FindKnownResult(callee, arguments) ?? scan.Follow(this, callee, arguments, isVirtual) ?? Origin.Compute(arguments);
    }

    private void Fill(Place place, MethodBase callee, CallEffect effect, int at)
    {
        var isDropped = scan.IsOfProgram && at + 1 < code.Code.Count && code.Code[at + 1].Code == OpCodes.Pop;
        if (!IsMuted)
            scan.Found.Call(place, callee, effect, isWritten, isDropped);
        else if (!scan.IsOfProgram)
            scan.Found.Reuse(place);
    }

    // Nobody reads the variable that takes what the method says besides.
    private bool IsDropped(int at) =>
        code.GetLocalAddress(at) is { } local && !Enumerable.Range(0, code.Code.Count).Any(i => code.GetLoadedLocal(i) == local);

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
        scan.Made?.Call(constructor);
        scan.Made?.Make(constructor.DeclaringType);
        var arguments = PopArguments(constructor, isNew: true);
        var isFollowed = scan.IsOfProgram && !HostAssemblies.IsHost(constructor.Module.Assembly);
        var created = isFollowed || WriteScan.IsCompilers(constructor.DeclaringType) ? Origin.Fresh : Origin.Unknown;
        arguments[0] = created;
        if (typeof(Delegate).IsAssignableFrom(constructor.DeclaringType) && arguments is [_, _, { Kind: OriginKind.Function } function])
        {
            Push(function);
            return;
        }
        scan.Follow(this, constructor, arguments, isVirtual: false);
        if (WriteScan.IsFSharpClosure(constructor.DeclaringType))
            scan.FollowAll(this, constructor.DeclaringType!);
        Push(created);
    }

    // A delegate's target is on top of the stack.
    private void Mention(MethodBase callee)
    {
        scan.Made?.Call(callee);
        var arguments = new Origin?[callee.GetParameters().Length + (callee.IsStatic ? 0 : 1)];
        Array.Fill(arguments, Origin.Unknown);
        if (!callee.IsStatic && _stack.Count > 0)
            arguments[0] = _stack[^1];
        scan.Follow(this, callee, arguments, isVirtual: false);
    }
}
