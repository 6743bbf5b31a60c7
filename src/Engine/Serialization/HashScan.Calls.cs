using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

internal sealed partial class HashScan
{
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private HashValue LoadField(HashValue owner, FieldInfo? field)
    {
        if (field is null)
            return HashValue.Unknown;
        if (HashRules.IsLibrary(field.DeclaringType)) // a part of a tuple, a box
        {
            return owner with
            {
                Taint = GetItems(owner),
                Type = field.FieldType,
                Reference = HashValue.GetReference(field.FieldType),
            };
        }
        if (FixedBuffers.IsItem(field))
            return owner with { Type = field.FieldType };
        var kinds = flow.Load(field, method);
        return HashValue.In(HashCell.ForField(field), field.FieldType) with
        {
            Taint = new HashTaint(kinds, 0),
            Reference = HashValue.GetReference(field.FieldType),
        };
    }

    private void StoreField(HashValue owner, FieldInfo? field, HashValue value)
    {
        if (field is null)
            return;
        value = value.As(field.FieldType);
        if (HashRules.IsLibrary(field.DeclaringType))
        {
            Put(owner, GetWhole(value));
            Attach(owner.Within, value);
        }
        else
        {
            Add(HashCell.ForField(field), GetWhole(value));
            Attach([HashCell.ForField(field)], value);
        }
    }

    private HashValue LoadFunction(MethodBase? callee) => callee is null
        ? HashValue.Unknown
        : HashValue.Unknown with
        {
            Taint = HashRules.FindSource(callee, null) is { } kinds ? new HashTaint(kinds, 0)
                : HashRules.IsLibrary(callee.DeclaringType) ? default
                : new HashTaint(HashRules.Close(flow.Get(callee, method).Result.Taint.Kinds, callee), 0),
            Within = HashRules.IsLibrary(callee.DeclaringType) ? [] : [HashCell.ForFunction(callee)],
        };

    private void Create(int at)
    {
        if (code.GetMethod(at) is not { DeclaringType: { } type } constructor)
        {
            _stack.Clear();
            return;
        }
        var made = HashValue.In(new HashCell(HashCellKind.Made, null, at), type);
        var arguments = PopArguments(constructor, 0);
        if (HashRules.IsLibrary(type) || typeof(Delegate).IsAssignableFrom(type))
        {
            Push(Fill(made, constructor, arguments));
            return;
        }
        CallOwn(constructor, [made, .. arguments]);
        Push(made with { Taint = GetTaint(type) });
    }

    // A view is of what it is given; a delegate is the method.
    private HashValue Fill(HashValue made, MethodBase constructor, ReadOnlySpan<HashValue> arguments)
    {
        var type = constructor.DeclaringType!;
        if (typeof(Delegate).IsAssignableFrom(type))
            return arguments[^1] with { Taint = GetItems(arguments[^1]), Type = type, Reference = HashReference.None };
        foreach (var argument in arguments)
        {
            if (HashRules.IsCarried(constructor, type))
                Put(made, GetWhole(argument));
            Attach(made.Within, argument);
            if (HashRules.IsView(type))
                made = made with { Within = HashValue.Join(made.Within, argument.Within), Place = made.Place | argument.Place };
        }
        return made with { Taint = GetItems(made) };
    }

    // What an object of a compiler's class stands for: an iterator for what it returns, a function of F# for its method.
    private HashTaint GetTaint(Type type)
    {
        var current = CompilerNames.IsClosure(type) || type.BaseType?.Name is "GeneratedSequenceBase`1"
            ? type.GetField("<>2__current", Own) ?? type.GetField("current", Own)
            : null;
        if (current is not null)
            return new HashTaint(flow.Load(current, method), 0);
        var invoke = HashFlow.IsFunctionOfFSharp(type)
            ? Array.Find(type.GetMethods(), own => own.Name is "Invoke" && own.DeclaringType == type)
            : null;
        return LoadFunction(invoke).Taint;
    }

    private void Call(int at)
    {
        if (code.GetMethod(at) is not { } callee)
        {
            _stack.Clear();
            return;
        }
        var arguments = PopArguments(callee, callee.IsStatic ? 0 : 1);
        var constrained = at > 0 && code.Code[at - 1].Code == OpCodes.Constrained ? code.GetNamedType(at - 1) : null;
        var result = at + 1 < code.Code.Count && HashAddresses.IsCount(callee, code.Code[at + 1].Code)
            ? HashValue.Unknown
            : GetResult(callee, arguments, constrained);
        if (callee is MethodInfo { ReturnType: var type } && type != typeof(void))
        {
            var known = result.Type is null || result.Type.IsGenericParameter ? result with { Type = type } : result;
            Push(known with { Reference = HashValue.GetReference(type) });
        }
    }

    private HashValue GetResult(MethodBase callee, HashValue[] arguments, Type? constrained)
    {
        if (IsInvoke(callee))
            Invoke(arguments);
        if (callee.IsConstructor && HashRules.IsLibrary(callee.DeclaringType) && arguments[0].Reference is HashReference.Place)
        {
            Write(arguments[0], Fill(HashValue.Of(callee.DeclaringType), callee, arguments.AsSpan(1)));
            return HashValue.Unknown;
        }
        var receiver = constrained ?? (callee.IsStatic || arguments.Length == 0 ? null : arguments[0].Type);
        if (callee.Name is nameof(GetHashCode) && callee.GetParameters().Length == 0 && HashRules.FindOwn(receiver) is { } own)
            return CallOwn(own, arguments);
        if (HashRules.FindSource(callee, receiver) is { } kinds)
        {
            var taint = new HashTaint(kinds, 0);
            foreach (var argument in arguments) // a number that follows from a hash code has such a one, too
                taint |= GetWhole(argument).Items;
            return HashValue.Unknown with { Taint = taint };
        }
        if (HashRules.IsLibrary(callee.DeclaringType))
            return CallLibrary(callee, arguments);
        if (arguments.Length > 0 && !callee.IsStatic && !arguments[0].Place.IsNone && HashRules.IsStore(callee.Name))
            Put(arguments[0], new HashContent(default, arguments[0].Place));
        return CallOwn(callee, arguments);
    }

    // What a method of a program does is known by its code.
    private HashValue CallOwn(MethodBase callee, HashValue[] arguments)
    {
        var summary = flow.Get(callee, method);
        for (var i = 0; i < arguments.Length; i++)
        {
            if (GetWhole(arguments[i]) is { IsNone: false } given)
                _passed[(callee, i)] = _passed.GetValueOrDefault((callee, i)) | given;
        }
        foreach (var (cell, content) in summary.Contents)
        {
            if (cell.Kind is HashCellKind.Argument && cell.Number < arguments.Length)
                Put(arguments[cell.Number], new HashContent(Apply(content.Items), Apply(content.Places)));
        }
        CallFunctions(summary, arguments, Apply);
        HashCell[] within = [];
        foreach (var cell in summary.Result.Within)
            within = HashValue.Join(within, GetWithin(cell, arguments));
        return new HashValue(Apply(summary.Result.Taint), Apply(summary.Result.Place), within, null);

        HashTaint Apply(HashTaint taint)
        {
            var applied = new HashTaint(HashRules.Close(taint.Kinds, callee), 0);
            for (var i = 0; i < arguments.Length && i < 64; i++)
            {
                if ((taint.Arguments & 1ul << i) != 0)
                    applied |= GetWhole(arguments[i]).Items;
            }
            return applied;
        }
    }

    private HashValue CallLibrary(MethodBase callee, HashValue[] arguments)
    {
        if (arguments.Length == 0)
            return HashValue.Unknown;
        var others = default(HashTaint);
        foreach (var argument in arguments.AsSpan(1))
            others |= GetWhole(argument).Items;
        var first = arguments[0];
        foreach (var argument in arguments.AsSpan(1))
            PassItems(argument, GetItems(first));
        if (callee.DeclaringType == typeof(Delegate) && callee.Name is nameof(Delegate.Combine))
            return arguments.Aggregate((joined, one) => joined.Join(one));
        if (HashRules.IsStore(callee.Name))
        {
            Attach(first.Within, arguments.AsSpan(1));
            Put(first, HashRules.IsIndexed(callee)
                ? new HashContent(GetItems(arguments[^1]), first.Place | others)
                : new HashContent(others, first.Place));
        }
        if (HashRules.IsCopy(callee))
        {
            foreach (var argument in arguments.AsSpan(1))
                Put(argument, GetWhole(first));
        }
        var isSelection = HashRules.IsSelection(callee);
        var result = new HashValue(
            GetItems(first) | (isSelection || HashRules.IsOrder(callee) ? default : others),
            first.Place | (isSelection ? others : default), first.Within, null);
        var parameters = callee.GetParameters();
        for (var i = 0; i < parameters.Length; i++)
        {
            // An item that is found, or a place that is written, such as by Interlocked.
            if (parameters[i] is not { ParameterType.IsByRef: true, IsIn: false } || !parameters[i].IsOut && !callee.IsStatic)
                continue;
            if (HashAddresses.IsSource(callee, i))
                Write(arguments[i + (callee.IsStatic ? 0 : 1)], HashValue.Unknown.ToNumber());
            else if (callee.IsStatic && i == 0)
            {
                Write(first, HashValue.Unknown with { Taint = others });
                Attach(first.Within, arguments.AsSpan(1));
            }
            else
                Write(arguments[i + (callee.IsStatic ? 0 : 1)], result);
        }
        return callee is MethodInfo { ReturnType: var type } && !HashRules.IsCarried(callee, type) ? HashValue.Unknown : result;
    }

    private HashValue[] PopArguments(MethodBase callee, int first)
    {
        var values = new HashValue[callee.GetParameters().Length + first];
        for (var i = values.Length - 1; i >= 0; i--)
            values[i] = Pop();
        HashAddresses.Give(values.AsSpan(first), callee);
        return values;
    }

    // Writes through an address: of a local, of a field, of an item.
    private void Write(HashValue address, HashValue value)
    {
        var whole = GetWhole(value);
        Attach(address.Within, value);
        foreach (var cell in address.Within)
        {
            if (cell.Kind is HashCellKind.Local)
                _locals[cell.Number] = _locals[cell.Number].Join(value) with { Type = code.Locals[cell.Number].LocalType };
            Add(cell, new HashContent(whole.Items, whole.Places | address.Place));
        }
    }

    private void Put(HashValue holder, HashContent content)
    {
        foreach (var cell in holder.Within)
            Add(cell, content);
    }

    private void Add(HashCell cell, HashContent content)
    {
        var before = _contents.GetValueOrDefault(cell);
        var after = before | content;
        if (after == before)
            return;
        _contents[cell] = after;
        _isNew = true;
    }

    // What follows if the whole value is kept: a list of hash codes is made of them.
    private HashContent GetWhole(HashValue value)
    {
        var whole = new HashContent(value.Taint, default);
        foreach (var cell in value.Within)
        {
            if (cell.Kind is HashCellKind.Local or HashCellKind.Made && _contents.TryGetValue(cell, out var content))
                whole |= content;
        }
        return whole;
    }

    private HashTaint GetItems(HashValue value) => GetWhole(value).Items;
}
