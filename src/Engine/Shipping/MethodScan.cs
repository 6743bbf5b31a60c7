using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Runs one method over origins in place of values.</summary>
/// <remarks>
/// A stack that two ways bring to one instruction is joined there. What is not known is <see cref="Origin.Unknown"/>, also what is taken
/// from an empty stack, as a handler's exception is.
/// </remarks>
internal sealed partial class MethodScan(WriteScan scan, MethodBase method, MethodCode code, int argumentCount, bool isWritten)
{
    private readonly Origin?[] _arguments = new Origin?[argumentCount];
    private readonly Origin?[] _locals = new Origin?[code.Locals.Count];
    private readonly Dictionary<int, (int At, Origin? Value)> _replaced = [];
    private readonly Dictionary<int, Origin?[]> _arriving = [];
    private readonly List<Origin?> _stack = [];

    public MethodBase Method => method;

    /// <summary>Whether the code stands inside the function.</summary>
    public bool IsWritten => isWritten;

    /// <summary>Whether only what the method reads and returns counts.</summary>
    public bool IsMuted { get; set; }

    /// <summary>What the method returns.</summary>
    public Origin? Returned { get; private set; }

    public void AddArguments(ReadOnlySpan<Origin?> arguments)
    {
        for (var i = 0; i < _arguments.Length; i++)
            _arguments[i] = scan.Merge(_arguments[i], i < arguments.Length ? arguments[i] : Origin.Unknown);
    }

    public void Run()
    {
        _arriving.Clear();
        _stack.Clear();
        var falls = true;
        for (var i = 0; i < code.Code.Count; i++)
        {
            if (_arriving.TryGetValue(code.Code[i].Offset, out var arriving))
                Join(arriving, falls);
            var flow = code.Code[i].Code.FlowControl;
            Step(i, code.Code[i].Code.Name!);
            foreach (var target in code.Code[i].Targets ?? [])
                Leave(target);
            falls = flow is not (FlowControl.Branch or FlowControl.Return
                or FlowControl.Throw);
            if (!falls)
                _stack.Clear();
        }
    }

    private void Join(Origin?[] arriving, bool falls)
    {
        if (!falls)
        {
            _stack.AddRange(arriving);
            return;
        }
        for (var i = 0; i < _stack.Count; i++)
            _stack[i] = i < arriving.Length && arriving.Length == _stack.Count ? scan.Join(_stack[i], arriving[i]) : Origin.Unknown;
    }

    private void Leave(int target)
    {
        Origin?[] leaving = [.. _stack];
        if (_arriving.TryGetValue(target, out var other) && other.Length == leaving.Length)
        {
            for (var i = 0; i < leaving.Length; i++)
                leaving[i] = scan.Join(leaving[i], other[i]);
        }
        _arriving[target] = leaving;
    }

    private void Push(Origin? value) => _stack.Add(value);

    private Origin? Pop()
    {
        if (_stack.Count == 0)
            return Origin.Unknown;
        var value = _stack[^1];
        _stack.RemoveAt(_stack.Count - 1);
        return value;
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
            case "ldnull":
                Push(null);
                break;
            case "castclass" or "isinst":
                break; // the same object
            case "conv.u" or "conv.i" when _stack is [.., { Kind: OriginKind.Address }]:
                break; // what is pinned
            case "unbox.any" when code.GetNamedType(at) is { IsValueType: false }:
                break;
            case "ldfld":
                Push(LoadField(Resolve(Pop()), code.GetField(at)));
                break;
            case "ldflda":
                Push(LoadFieldAddress(Resolve(Pop()), code.GetField(at)));
                break;
            case "stfld":
                var value = Pop();
                StoreField(Resolve(Pop()), code.GetField(at), value, at);
                break;
            case "ldsfld":
                Push(LoadStatic(code.GetField(at), isAddress: false));
                break;
            case "ldsflda":
                Push(LoadStatic(code.GetField(at), isAddress: true));
                break;
            case "stsfld":
                StoreStatic(code.GetField(at), Pop(), at);
                break;
            case "ldtoken":
                if (code.GetMember(at) is FieldInfo { IsStatic: true } mentioned)
                    LoadStatic(mentioned, isAddress: false);
                Push(Origin.Unknown);
                break;
            case "call" or "callvirt":
                Call(at, isVirtual: name is "callvirt");
                break;
            case "box":
                scan.Made?.Make(code.GetNamedType(at));
                StepOver(at);
                break;
            case "newobj":
                Create(code.GetMethod(at));
                break;
            case "ldftn" when code.GetMethod(at) is { } function:
                Mention(function);
                Push(scan.IsOfProgram ? new Origin(OriginKind.Function, Method: function) : Origin.Unknown);
                break;
            case "ret" when _stack.Count > 0:
                var result = Pop();
                Returned = scan.Merge(Returned, result);
                if (scan.IsFirst(this))
                    scan.Found.Escape([result]);
                break;
            default:
                if (!StepOverVariable(at, name) && !StepOverMemory(at, name))
                    StepOver(at);
                break;
        }
    }

    // What is assigned before any branch takes the place of what the method was given.
    private void Replace(int argument, int at, Origin? value)
    {
        if (_replaced.TryGetValue(argument, out var known))
            _replaced[argument] = (known.At, scan.Merge(known.Value, value));
        else if (!code.Code.Take(at).Any(before => before.Targets is not null))
            _replaced[argument] = (at, scan.Merge(null, value));
        else
            _arguments[argument] = scan.Merge(_arguments[argument], value);
    }

    private bool StepOverVariable(int at, string name)
    {
        if (name.StartsWith("starg", StringComparison.Ordinal))
        {
            Replace(code.Code[at].Operand, at, Pop());
        }
        else if (code.GetLoadedArgument(at) is { } argument)
        {
            var value = _replaced.TryGetValue(argument, out var replaced) && replaced.At < at ? replaced.Value : _arguments[argument];
            Push(name.StartsWith("ldarga", StringComparison.Ordinal) && value?.Kind is not OriginKind.Copy && !scan.IsOfProgram
                ? Origin.Unknown
                : value);
        }
        else if (code.GetStoredLocal(at) is { } stored)
        {
            _locals[stored] = scan.Merge(_locals[stored], Pop());
        }
        else if (code.GetLoadedLocal(at) is { } loaded)
        {
            Push(IsCompilersStructure(loaded) ? Origin.Fresh : _locals[loaded]);
        }
        else if (code.GetLocalAddress(at) is { } local)
        {
            if (!code.Locals[local].LocalType.IsValueType)
                _locals[local] = scan.Merge(_locals[local], Origin.Unknown); // another method may assign it
            if (IsCompilersStructure(local) && WriteScan.IsFSharpClosure(code.Locals[local].LocalType))
                scan.FollowAll(this, code.Locals[local].LocalType); // a task expression
            Push(IsCompilersStructure(local) ? Origin.Fresh
                : _locals[local] is { } known && (known.Kind is OriginKind.Copy || IsView(code.Locals[local].LocalType)) ? known
                : scan.IsOfProgram ? new Origin(OriginKind.Local, Local: local)
                : Origin.Unknown);
        }
        else
        {
            return false;
        }
        return true;
    }

    // Its methods take its address.
    private static bool IsView(Type type) => type.IsByRefLike || StaticFields.IsView(type);

    private bool IsCompilersStructure(int local) =>
        code.Locals[local].LocalType is { IsValueType: true } type && WriteScan.IsCompilers(type);

    // What a variable has whose address this is.
    private Origin? Resolve(Origin? value) => value is not { Kind: OriginKind.Local } ? value
        : (value.Variable is { } variable ? scan.GetField(variable) : _locals[value.Local]) ?? Origin.Unknown;

    private bool StepOverMemory(int at, string name)
    {
        if (name.StartsWith("stelem", StringComparison.Ordinal))
        {
            scan.Found.Escape([Pop()]);
            Pop();
            Change(Pop()?.Changed, isAdded: false);
        }
        else if (name is "ldelema")
        {
            Pop();
            Push(Pop()?.Changed is { } array ? new Origin(OriginKind.Address, array) : Origin.Unknown);
        }
        else if (name.StartsWith("ldelem", StringComparison.Ordinal))
        {
            Pop();
            Push(LoadElement(Pop(), name is "ldelem.ref" ? typeof(object) : name is "ldelem" ? code.GetNamedType(at) : typeof(int)));
        }
        else if (name.StartsWith("stind", StringComparison.Ordinal) || name is "stobj")
        {
            var value = Pop();
            StoreAt(Pop(), value, IsGiven(at));
        }
        else if (name is "initobj")
        {
            scan.Made?.Make(code.GetNamedType(at));
            StoreAt(Pop(), null, isGiven: false);
        }
        else if (name.StartsWith("ldind", StringComparison.Ordinal) || name is "ldobj")
        {
            var type = name is "ldind.ref" ? typeof(object) : name is "ldobj" ? code.GetNamedType(at) : typeof(int);
            var address = Pop();
            Push(address is { Kind: OriginKind.Address, Place: { } place } && type is not null ? Origin.ValueOf(place, type)
                : address is { Kind: OriginKind.Local } ? Resolve(address)
                : Origin.Unknown);
        }
        else
        {
            return false;
        }
        return true;
    }

    // Another instruction: what it pushes was computed from what it takes.
    private void StepOver(int at)
    {
        if (code.Code[at].Code.FlowControl is FlowControl.Meta)
            return; // a prefix
        if (code.GetStackEffect(at) is not var (pops, pushes))
        {
            if (code.Code[at].Code.FlowControl is not FlowControl.Return)
                _stack.Clear();
            return;
        }
        var taken = new Origin?[pops];
        for (var i = pops - 1; i >= 0; i--)
            taken[i] = Pop();
        for (var i = 0; i < pushes; i++)
            Push(Origin.Compute(taken));
    }
}
