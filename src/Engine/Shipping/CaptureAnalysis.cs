using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;

namespace ActorPool.Shipping;

/// <summary>Which captured fields a function reads, found in its instructions.</summary>
/// <remarks>
/// The compiler makes one class for all variables of a scope that any lambda captures: what one lambda captures, the others drag along. So what travels is decided
/// by what the function's code reads, with the lambdas, local functions, async and iterator bodies that it reaches inside its declaring type. The result errs on the side of
/// reading: it knows fields, not paths to them. Of the object that stands behind a captured <c>this</c>, single fields travel as long as
/// all that happens to it is access to its fields, and calls of its own methods that cannot be overridden and that do no more; otherwise it is used whole.
/// </remarks>
internal sealed class CaptureAnalysis
{
    private static readonly ConditionalWeakTable<MethodInfo, CaptureAnalysis> s_known = [];

    private readonly HashSet<(Module Module, int Token)> _read = [];
    private readonly Dictionary<Type, FieldInfo[]> _fields = [];

    private CaptureAnalysis(MethodInfo method)
    {
        TargetIsClosure = CompilerNames.IsClosure(method.DeclaringType);
        TargetIsThis = !TargetIsClosure && !method.IsStatic && CompilerNames.IsLambda(method);
        Name = CompilerNames.FunctionOf(method);
        if (TargetIsClosure || TargetIsThis)
            new Scan(this).Run(method);
    }

    /// <summary>The function in its author's words.</summary>
    public string Name { get; }

    /// <summary>The delegate's target is a class that the compiler made for captured variables.</summary>
    public bool TargetIsClosure { get; }

    /// <summary>The delegate is a lambda that captures nothing but <c>this</c>, and the compiler made it a method of that object.</summary>
    public bool TargetIsThis { get; }

    /// <summary>The object behind a captured <c>this</c> is used for more than its fields.</summary>
    public bool UsesThisWhole { get; private set; }

    public static CaptureAnalysis Of(MethodInfo method) => s_known.GetValue(method, static m => new CaptureAnalysis(m));

    /// <summary>The fields of this type, and of its base types, that the function reads.</summary>
    public FieldInfo[] FieldsOf(Type type)
    {
        lock (_fields)
        {
            if (_fields.TryGetValue(type, out var known))
                return known;
            var fields = new List<FieldInfo>();
            for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
                fields.AddRange(level.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                    .Where(f => _read.Contains((f.Module, f.MetadataToken))));
            return _fields[type] = [.. fields];
        }
    }

    private sealed class Scan(CaptureAnalysis result)
    {
        private readonly HashSet<(Module, int)> _visited = [];
        private readonly Queue<MethodBase> _pending = new();

        public void Run(MethodBase method)
        {
            Visit(method);
            while (_pending.TryDequeue(out var next))
                ScanBody(next);
        }

        private void Visit(MethodBase method)
        {
            if (_visited.Add((method.Module, method.MetadataToken)))
                _pending.Enqueue(method);
        }

        private void ScanBody(MethodBase method)
        {
            if (method.GetCustomAttribute<StateMachineAttribute>(inherit: false)?.StateMachineType.GetMethod(
                "MoveNext", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is { } moveNext)
                Visit(moveNext);
            if (method.GetMethodBody()?.GetILAsByteArray() is not { } il)
                return;
            var body = new Body(method, IlReader.Read(il));
            for (var i = 0; i < body.Code.Count; i++)
            {
                var (code, operand) = body.Code[i];
                if (code.OperandType is OperandType.InlineField && code.Value != OpCodes.Stfld.Value)
                {
                    if (body.FieldAt(i) is { IsStatic: false } field)
                        result._read.Add((field.Module, field.MetadataToken));
                }
                else if (code.OperandType is OperandType.InlineMethod && body.MethodAt(i) is { } callee && callee.Module == method.Module
                    && (CompilerNames.IsLambda(callee) || CompilerNames.IsClosure(callee.DeclaringType)))
                {
                    Visit(callee);
                }
            }
            FollowThis(body);
        }

        // Each place where the user's own object comes onto the stack, and what takes it from there.
        private void FollowThis(Body body)
        {
            var locals = new HashSet<int>();
            int before;
            do
            {
                before = locals.Count;
                for (var i = 0; i < body.Code.Count && !result.UsesThisWhole; i++)
                {
                    if (body.LocalAddressAt(i) is { } address && locals.Contains(address))
                        result.UsesThisWhole = true;
                    else if (body.IsThisAt(i, locals) && !IsFieldUse(body, i, locals))
                        result.UsesThisWhole = true;
                }
            }
            while (locals.Count != before && !result.UsesThisWhole);
        }

        private bool IsFieldUse(Body body, int source, HashSet<int> locals)
        {
            var (at, argument) = body.ConsumerOf(source);
            if (at < 0)
                return false;
            var code = body.Code[at].Code;
            if (code.Value == OpCodes.Ldfld.Value || code.Value == OpCodes.Ldflda.Value)
                return true;
            if (code.Value == OpCodes.Stfld.Value)
                return argument == 0 || (body.FieldAt(at) is { } field && CompilerNames.IsThis(field)); // a write, or the next closure's link
            if (code.Value == OpCodes.Pop.Value)
                return true;
            if (body.StoredLocalAt(at) is { } local)
            {
                locals.Add(local);
                return true;
            }
            if (code.Value == OpCodes.Newobj.Value && argument == 0 && body.Code[at - 1].Code.Value == OpCodes.Ldftn.Value)
                return Follows(body.MethodAt(at - 1));
            if ((code.Value == OpCodes.Call.Value || code.Value == OpCodes.Callvirt.Value) && argument == 0 && body.MethodAt(at) is { IsStatic: false } callee
                && (code.Value == OpCodes.Call.Value || !callee.IsVirtual || callee.IsFinal))
                return Follows(callee);
            return false;

            bool Follows(MethodBase? method)
            {
                if (method is null || method.IsStatic || method.DeclaringType is not { IsInterface: false } owner || HostAssemblies.IsHost(owner.Assembly)
                    || method.GetMethodBody() is null)
                    return false;
                Visit(method);
                return true;
            }
        }
    }

    private sealed class Body
    {
        private readonly MethodBase _method;
        private readonly Type[]? _typeArguments;
        private readonly Type[]? _methodArguments;
        private readonly bool _hasUserThis;

        public Body(MethodBase method, List<IlInstruction> code)
        {
            (_method, Code) = (method, code);
            _typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
            _methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
            _hasUserThis = !method.IsStatic && !CompilerNames.IsClosure(method.DeclaringType);
        }

        public List<IlInstruction> Code { get; }

        public FieldInfo? FieldAt(int index) => Resolve(index, static (m, token, t, a) => m.ResolveField(token, t, a));

        public MethodBase? MethodAt(int index) => Resolve(index, static (m, token, t, a) => m.ResolveMethod(token, t, a));

        public bool IsThisAt(int index, HashSet<int> locals)
        {
            var code = Code[index].Code;
            if (_hasUserThis && IsArgument(index, 0))
                return true;
            if (code.Value == OpCodes.Ldfld.Value && FieldAt(index) is { } field)
                return CompilerNames.IsThis(field) && !CompilerNames.IsClosure(field.FieldType);
            return LoadedLocalAt(index) is { } local && locals.Contains(local);
        }

        /// <summary>The instruction that takes the value which the one at this index leaves, and as which of its arguments; (-1, 0) when that depends on a branch.</summary>
        public (int Index, int Argument) ConsumerOf(int index)
        {
            var above = 0;
            for (var i = index + 1; i < Code.Count; i++)
            {
                var code = Code[i].Code;
                if (code.FlowControl is FlowControl.Branch or FlowControl.Cond_Branch or FlowControl.Return or FlowControl.Throw || code.Value == OpCodes.Dup.Value && above == 0)
                    return (-1, 0);
                if (Effect(i) is not var (pops, pushes))
                    return (-1, 0);
                if (pops > above)
                    return (i, pops - above - 1);
                above += pushes - pops;
            }
            return (-1, 0);
        }

        public int? StoredLocalAt(int index)
        {
            var value = Code[index].Code.Value;
            if (value >= OpCodes.Stloc_0.Value && value <= OpCodes.Stloc_3.Value)
                return value - OpCodes.Stloc_0.Value;
            return value == OpCodes.Stloc_S.Value || value == OpCodes.Stloc.Value ? Code[index].Operand : null;
        }

        public int? LocalAddressAt(int index) =>
            Code[index].Code.Value is var value && (value == OpCodes.Ldloca_S.Value || value == OpCodes.Ldloca.Value) ? Code[index].Operand : null;

        private int? LoadedLocalAt(int index)
        {
            var value = Code[index].Code.Value;
            if (value >= OpCodes.Ldloc_0.Value && value <= OpCodes.Ldloc_3.Value)
                return value - OpCodes.Ldloc_0.Value;
            return value == OpCodes.Ldloc_S.Value || value == OpCodes.Ldloc.Value ? Code[index].Operand : null;
        }

        private bool IsArgument(int index, int argument)
        {
            var (code, operand) = Code[index];
            var value = code.Value;
            return value == OpCodes.Ldarg_0.Value && argument == 0
                || (value == OpCodes.Ldarg_S.Value || value == OpCodes.Ldarg.Value || value == OpCodes.Ldarga_S.Value || value == OpCodes.Ldarga.Value) && operand == argument;
        }

        // What an instruction takes from the stack and leaves on it; null when that cannot be told.
        private (int Pops, int Pushes)? Effect(int index)
        {
            var code = Code[index].Code;
            if (code.OperandType is OperandType.InlineMethod && code.FlowControl is FlowControl.Call)
            {
                if (MethodAt(index) is not { } method)
                    return null;
                var isNew = code.Value == OpCodes.Newobj.Value;
                var pops = method.GetParameters().Length + (method.IsStatic || isNew ? 0 : 1);
                return (pops, isNew || method is MethodInfo { ReturnType: var type } && type != typeof(void) ? 1 : 0);
            }
            if (Pops(code.StackBehaviourPop) is not { } taken || Pushes(code.StackBehaviourPush) is not { } left)
                return null;
            return (taken, left);
        }

        private static int? Pops(StackBehaviour behaviour) => behaviour switch
        {
            StackBehaviour.Pop0 => 0,
            StackBehaviour.Pop1 or StackBehaviour.Popi or StackBehaviour.Popref => 1,
            StackBehaviour.Pop1_pop1 or StackBehaviour.Popi_pop1 or StackBehaviour.Popi_popi or StackBehaviour.Popi_popi8 or StackBehaviour.Popi_popr4
                or StackBehaviour.Popi_popr8 or StackBehaviour.Popref_pop1 or StackBehaviour.Popref_popi => 2,
            StackBehaviour.Popi_popi_popi or StackBehaviour.Popref_popi_popi or StackBehaviour.Popref_popi_popi8 or StackBehaviour.Popref_popi_popr4
                or StackBehaviour.Popref_popi_popr8 or StackBehaviour.Popref_popi_popref or StackBehaviour.Popref_popi_pop1 => 3,
            _ => null,
        };

        private static int? Pushes(StackBehaviour behaviour) => behaviour switch
        {
            StackBehaviour.Push0 => 0,
            StackBehaviour.Push1_push1 => 2,
            StackBehaviour.Varpush => null,
            _ => 1,
        };

        // A token that does not resolve names something outside of what is here: its assembly is missing, and no closure is in it.
        private T? Resolve<T>(int index, Func<Module, int, Type[]?, Type[]?, T?> resolve) where T : MemberInfo
        {
            try
            {
                return resolve(_method.Module, Code[index].Operand, _typeArguments, _methodArguments);
            }
            catch (Exception e) when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException)
            {
                return null;
            }
        }
    }
}
