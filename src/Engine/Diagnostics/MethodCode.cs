using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace ActorPool.Diagnostics;

/// <summary>The instructions of one method, and the members that they name.</summary>
internal sealed class MethodCode
{
    private readonly MethodBase _method;
    private readonly Type[]? _typeArguments;
    private readonly Type[]? _methodArguments;
    private readonly Dictionary<int, MemberInfo?> _members = [];

    private MethodCode(MethodBase method, MethodBody body, byte[] il)
    {
        (_method, Code, Locals) = (method, IlReader.Read(il), body.LocalVariables);
        _typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        _methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        HasUserThis = !method.IsStatic && !CompilerNames.IsClosure(method.DeclaringType);
    }

    public List<IlInstruction> Code { get; }

    public IList<LocalVariableInfo> Locals { get; }

    /// <summary>Whether the first argument is an object of a class that the user wrote.</summary>
    public bool HasUserThis { get; }

    /// <summary>Reads a method's body; null when it has none.</summary>
    public static MethodCode? Read(MethodBase method) =>
        method.GetMethodBody() is { } body && body.GetILAsByteArray() is { } il ? new MethodCode(method, body, il) : null;

    /// <summary>Finds the class that the compiler made of an async method or an iterator.</summary>
    public static Type? FindStateMachine(MethodBase method) =>
        method.GetCustomAttribute<StateMachineAttribute>(inherit: false)?.StateMachineType;

    public FieldInfo? GetField(int index) => Resolve(index, static (m, token, t, a) => m.ResolveField(token, t, a));

    public MemberInfo? GetMember(int index) => Resolve(index, static (m, token, t, a) => m.ResolveMember(token, t, a));

    public MethodBase? GetMethod(int index) => Resolve(index, static (m, token, t, a) => m.ResolveMethod(token, t, a));

    public Type? GetNamedType(int index) => Resolve(index, static (m, token, t, a) => m.ResolveType(token, t, a));

    /// <summary>Finds the instruction that takes the value which the one at this index pushes.</summary>
    /// <returns>
    /// That instruction's index and the position of the value among its arguments; (-1, 0) when that cannot be determined.
    /// </returns>
    public (int Index, int Argument) FindConsumer(int index)
    {
        var above = 0;
        for (var i = index + 1; i < Code.Count; i++)
        {
            var code = Code[i].Code;
            if (code.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return or FlowControl.Throw
                || code.Value == OpCodes.Dup.Value && above == 0)
                return (-1, 0);
            if (GetStackEffect(i) is not var (pops, pushes))
                return (-1, 0);
            if (pops > above)
                return (i, pops - above - 1);
            above += pushes - pops;
        }
        return (-1, 0);
    }

    public int? GetStoredLocal(int index)
    {
        var value = Code[index].Code.Value;
        if (value >= OpCodes.Stloc_0.Value && value <= OpCodes.Stloc_3.Value)
            return value - OpCodes.Stloc_0.Value;
        return value == OpCodes.Stloc_S.Value || value == OpCodes.Stloc.Value ? Code[index].Operand : null;
    }

    public int? GetLocalAddress(int index) =>
        Code[index].Code.Value is var value && (value == OpCodes.Ldloca_S.Value || value == OpCodes.Ldloca.Value)
            ? Code[index].Operand
            : null;

    public int? GetLoadedLocal(int index)
    {
        var value = Code[index].Code.Value;
        if (value >= OpCodes.Ldloc_0.Value && value <= OpCodes.Ldloc_3.Value)
            return value - OpCodes.Ldloc_0.Value;
        return value == OpCodes.Ldloc_S.Value || value == OpCodes.Ldloc.Value ? Code[index].Operand : null;
    }

    public int? GetLoadedArgument(int index)
    {
        var value = Code[index].Code.Value;
        if (value >= OpCodes.Ldarg_0.Value && value <= OpCodes.Ldarg_3.Value)
            return value - OpCodes.Ldarg_0.Value;
        return value == OpCodes.Ldarg_S.Value || value == OpCodes.Ldarg.Value || value == OpCodes.Ldarga_S.Value
            || value == OpCodes.Ldarga.Value ? Code[index].Operand : null;
    }

    /// <summary>How many values an instruction takes from the stack and pushes on it.</summary>
    /// <returns>Null when that cannot be determined.</returns>
    public (int Pops, int Pushes)? GetStackEffect(int index)
    {
        var code = Code[index].Code;
        if (code.OperandType is OperandType.InlineMethod && code.FlowControl is FlowControl.Call)
        {
            if (GetMethod(index) is not { } method)
                return null;
            var isNew = code.Value == OpCodes.Newobj.Value;
            var pops = method.GetParameters().Length + (method.IsStatic || isNew ? 0 : 1);
            return (pops, isNew || method is MethodInfo { ReturnType: var type } && type != typeof(void) ? 1 : 0);
        }
        if (CountPops(code.StackBehaviourPop) is not { } popped || CountPushes(code.StackBehaviourPush) is not { } pushed)
            return null;
        return (popped, pushed);
    }

    private static int? CountPops(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Pop0 => 0,
        StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
        StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8
            or StackBehaviour.Popi_popr4 or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
        StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8
            or StackBehaviour.Popref_popi_popr4 or StackBehaviour.Popref_popi_popr8
            or StackBehaviour.Popref_popi_popref or StackBehaviour.Popref_popi_pop1 => 3,
        _ => null,
    };

    private static int? CountPushes(StackBehaviour behaviour) => behaviour switch
    {
        StackBehaviour.Push0 => 0,
        StackBehaviour.Push1_push1 => 2,
        StackBehaviour.Varpush => null,
        _ => 1,
    };

    private T? Resolve<T>(int index, Func<Module, int, Type[]?, Type[]?, T?> resolve) where T : MemberInfo
    {
        if (!_members.TryGetValue(index, out var member))
            _members[index] = member = TryResolve(index, resolve);
        return (T?)member;
    }

    // A token that does not resolve names a member of a missing assembly, which contains no closure of this function.
    private T? TryResolve<T>(int index, Func<Module, int, Type[]?, Type[]?, T?> resolve) where T : MemberInfo
    {
        try
        {
            return resolve(_method.Module, Code[index].Operand, _typeArguments, _methodArguments);
        }
        catch (Exception e)
            when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException)
        {
            return null;
        }
    }
}
