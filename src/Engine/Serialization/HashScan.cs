using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Runs one method over what its values follow from.</summary>
/// <remarks>
/// Instructions are read in their order, again while a branch back brings something new. What is not known follows from nothing, also what
/// is taken from an empty stack, as a handler's exception is. Comparisons do not count: a branch may depend on a hash code.
/// </remarks>
internal sealed partial class HashScan(HashFlow flow, MethodBase method, MethodCode code)
{
    private const int MaxPasses = 6;

    private readonly Dictionary<HashCell, HashContent> _contents = [];
    private readonly Dictionary<(MethodBase, int), HashContent> _passed = [];
    private readonly Dictionary<int, State> _arriving = [];
    private readonly HashValue[] _ever = NewLocals(code.Locals.Count);
    private readonly List<HashValue> _stack = [];
    private readonly HashValue[] _arguments = GetArguments(method);
    private HashValue[] _locals = NewLocals(code.Locals.Count);
    private HashValue? _result;
    private bool _isNew;

    public HashSummary Run()
    {
        var pass = 0;
        do
        {
            _isNew = false;
            RunOnce();
        }
        while (_isNew && ++pass < MaxPasses);
        return new HashSummary(
            FormResult(), _contents.Where(pair => pair.Key.Kind is HashCellKind.Field or HashCellKind.Argument).ToDictionary(),
            _passed, _invoked, _attached);
    }

    private HashValue FormResult() => _result is not { } result
        ? HashValue.Unknown
        : result with { Within = Array.FindAll(result.Within, cell => cell.Kind is not (HashCellKind.Local or HashCellKind.Made)) };

    private void RunOnce()
    {
        _stack.Clear();
        _locals = NewLocals(_locals.Length);
        var falls = true;
        for (var i = 0; i < code.Code.Count; i++)
        {
            if (_arriving.TryGetValue(code.Code[i].Offset, out var arriving))
                Enter(arriving, falls);
            else if (!falls)
                _locals = [.. _ever]; // a handler
            Step(i, code.Code[i].Code.Name!);
            foreach (var target in code.Code[i].Targets ?? [])
                Leave(target);
            falls = code.Code[i].Code.FlowControl is not (FlowControl.Branch or FlowControl.Return or FlowControl.Throw);
            if (!falls)
                _stack.Clear();
        }
    }

    private void Enter(State arriving, bool falls)
    {
        var joined = falls ? Join(new State([.. _stack], _locals), arriving) : arriving;
        _stack.Clear();
        _stack.AddRange(joined.Stack);
        _locals = [.. joined.Locals];
    }

    private void Leave(int target)
    {
        var leaving = new State([.. _stack], [.. _locals]);
        if (_arriving.TryGetValue(target, out var other))
        {
            leaving = Join(other, leaving);
            _isNew |= !IsSame(leaving.Stack, other.Stack) || !IsSame(leaving.Locals, other.Locals);
        }
        else
        {
            _isNew = true;
        }
        _arriving[target] = leaving;
    }

    private static bool IsSame(HashValue[] values, HashValue[] others)
    {
        for (var i = 0; i < values.Length; i++)
        {
            if (!values[i].IsSame(others[i]))
                return false;
        }
        return true;
    }

    private static State Join(State one, State other) => new(
        one.Stack.Length == other.Stack.Length ? Join(one.Stack, other.Stack) : one.Stack, Join(one.Locals, other.Locals));

    private static HashValue[] Join(HashValue[] values, HashValue[] others) =>
        [.. values.Zip(others, (value, other) => value.Join(other))];

    private static HashValue[] NewLocals(int count)
    {
        var locals = new HashValue[count];
        Array.Fill(locals, HashValue.Unknown);
        return locals;
    }

    private static HashValue[] GetArguments(MethodBase method)
    {
        var types = method.GetParameters().Select(parameter => parameter.ParameterType);
        if (!method.IsStatic)
            types = types.Prepend(method.DeclaringType!);
        return [.. types.Select((type, i) =>
            HashValue.In(new HashCell(HashCellKind.Argument, null, i), type) with
            {
                Taint = HashTaint.ForArgument(i),
                Reference = i == 0 && !method.IsStatic && type.IsValueType ? HashReference.Place : HashValue.GetReference(type),
            })];
    }

    private void Step(int at, string name)
    {
        switch (name)
        {
            case "dup":
                var top = Pop();
                Push(top);
                Push(top);
                break;
            case "castclass" or "isinst" or "box" or "unbox.any":
                var boxed = Pop();
                Push((code.GetNamedType(at) is { } named ? boxed.As(named) : boxed) with { Type = code.GetNamedType(at) });
                break;
            case "unbox":
                Push(Pop() with { Type = code.GetNamedType(at), Reference = HashReference.Place });
                break;
            case "ldfld" or "ldsfld":
                Push(LoadField(name is "ldfld" ? Pop() : HashValue.Unknown, code.GetField(at)));
                break;
            case "ldflda" or "ldsflda":
                Push(LoadField(name is "ldflda" ? Pop() : HashValue.Unknown, code.GetField(at)) with { Reference = HashReference.Place });
                break;
            case "stfld":
                var value = Pop();
                StoreField(Pop(), code.GetField(at), value);
                break;
            case "stsfld":
                StoreField(HashValue.Unknown, code.GetField(at), Pop());
                break;
            case "call" or "callvirt":
                Call(at);
                break;
            case "newobj":
                Create(at);
                break;
            case "ldftn":
                Push(LoadFunction(code.GetMethod(at)) with { Reference = HashReference.Pointer });
                break;
            case "ldvirtftn":
                Pop();
                Push(LoadFunction(code.GetMethod(at)) with { Reference = HashReference.Pointer });
                break;
            case "localloc":
                Pop();
                Push(HashValue.In(new HashCell(HashCellKind.Made, null, at), null) with { Reference = HashReference.Pointer });
                break;
            case "newarr":
                Pop();
                Push(HashValue.In(new HashCell(HashCellKind.Made, null, at), null));
                break;
            case "ret":
                if (method is MethodInfo { ReturnType: var type } && type != typeof(void))
                    Return(Pop().As(type));
                break;
            default:
                if (!StepOverVariable(at, name) && !StepOverMemory(name))
                    StepOver(at, name);
                break;
        }
    }

    private bool StepOverVariable(int at, string name)
    {
        if (name.StartsWith("starg", StringComparison.Ordinal))
        {
            var set = code.Code[at].Operand;
            _arguments[set] = _arguments[set].Join(_arguments[set].Type is { } declared ? Pop().As(declared) : Pop());
        }
        else if (code.GetLoadedArgument(at) is { } argument)
        {
            var isAddress = name.StartsWith("ldarga", StringComparison.Ordinal);
            Push(isAddress ? _arguments[argument] with { Reference = HashReference.Place } : _arguments[argument]);
        }
        else if (code.GetStoredLocal(at) is { } stored)
        {
            var type = code.Locals[stored].LocalType;
            _locals[stored] = Pop().As(type) is var value && value.Type is null ? value with { Type = type } : value;
            _ever[stored] = _ever[stored].Join(_locals[stored]);
        }
        else if (code.GetLoadedLocal(at) is { } loaded)
        {
            Push(Load(loaded));
        }
        else if (code.GetLocalAddress(at) is { } address)
        {
            var local = Load(address);
            Push(local with { Within = HashValue.Join([LocalCell(address)], local.Within), Reference = HashReference.Place });
        }
        else
        {
            return false;
        }
        return true;
    }

    // A struct in a local may have been filled by its address.
    private HashValue Load(int local)
    {
        var value = _locals[local];
        var type = value.Type ?? code.Locals[local].LocalType;
        if (value.Reference is HashReference.None)
            value = value with { Reference = HashValue.GetReference(code.Locals[local].LocalType) };
        return !_contents.TryGetValue(LocalCell(local), out var content)
            ? value with { Type = type }
            : value with { Taint = value.Taint | content.Items, Place = value.Place | content.Places, Type = type };
    }

    private bool StepOverMemory(string name)
    {
        if (name.StartsWith("ldelem", StringComparison.Ordinal))
        {
            var index = Pop();
            var array = Pop();
            Push(array with
            {
                Taint = GetItems(array),
                Place = array.Place | GetWhole(index).Items,
                Type = GetItemType(array.Type),
                Reference = name is "ldelema" ? HashReference.Place : HashValue.GetReference(GetItemType(array.Type)),
            });
        }
        else if (name.StartsWith("stelem", StringComparison.Ordinal))
        {
            var value = Pop();
            var index = Pop();
            var array = Pop();
            Put(array, new HashContent(GetWhole(value).Items, array.Place | GetWhole(index).Items));
        }
        else if (name.StartsWith("stind", StringComparison.Ordinal) || name is "stobj")
        {
            var value = Pop();
            Write(Pop(), value);
        }
        else if (name is "initobj")
        {
            Pop();
        }
        else if (name.StartsWith("ldind", StringComparison.Ordinal) || name is "ldobj")
        {
            Push(Pop().Read());
        }
        else
        {
            return false;
        }
        return true;
    }

    // Arithmetic, conversions and shifts carry; comparisons do not.
    private void StepOver(int at, string name)
    {
        if (_stack.Count > 0 && HashAddresses.Convert(name, _stack[^1]) is { } converted)
        {
            _stack[^1] = converted;
            return;
        }
        if (_stack.Count > 1 && HashAddresses.Move(name, _stack[^2], _stack[^1]) is { } moved)
        {
            Pop();
            _stack[^1] = moved;
            return;
        }
        if (code.GetStackEffect(at) is not var (pops, pushes))
        {
            _stack.Clear();
            return;
        }
        var taint = default(HashTaint);
        for (var i = 0; i < pops; i++)
            taint |= GetWhole(Pop()).Items;
        var isComparison = name is "ceq" or "cgt" or "cgt.un" or "clt" or "clt.un" or "ldlen" or "sizeof";
        for (var i = 0; i < pushes; i++)
            Push(isComparison ? HashValue.Unknown : HashValue.Unknown with { Taint = taint });
    }

    private void Push(HashValue value) => _stack.Add(value);

    private HashValue Pop()
    {
        if (_stack.Count == 0)
            return HashValue.Unknown;
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
    }

    private void Return(HashValue value)
    {
        var whole = GetWhole(value);
        value = value with { Taint = whole.Items, Place = value.Place | whole.Places };
        _result = _result is { } known ? known.Join(value) : value;
    }

    private static HashCell LocalCell(int local) => new(HashCellKind.Local, null, local);

    private static Type? GetItemType(Type? array) => array is { IsArray: true } ? array.GetElementType() : null;

    private sealed record State(HashValue[] Stack, HashValue[] Locals);
}
