using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Which captured fields a function reads, found in its instructions.</summary>
/// <remarks>
/// The compiler makes one class for all variables of a scope that any lambda captures, so each lambda of the scope holds what the others
/// capture. Therefore only the fields that the function's code reads are sent. That code includes the lambdas, local functions, async and
/// iterator bodies that the function reaches in its module. The result may contain too many fields, because the analysis knows fields, not
/// paths to them. From the object behind a captured <c>this</c>, single fields are sent if the code only accesses its fields and calls
/// methods of it that cannot be overridden and that do the same. Otherwise the whole object is sent.
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
        Name = CompilerNames.FormatFunction(method);
        if (TargetIsClosure || TargetIsThis)
            new Scan(this).Run(method);
    }

    /// <summary>The function's name as its author knows it.</summary>
    public string Name { get; }

    /// <summary>The delegate's target is a class that the compiler made for captured variables.</summary>
    public bool TargetIsClosure { get; }

    /// <summary>The delegate is a lambda that captures only <c>this</c>.</summary>
    /// <remarks>The compiler made it a method of that object.</remarks>
    public bool TargetIsThis { get; }

    /// <summary>The function uses the object behind a captured <c>this</c> for more than its fields.</summary>
    public bool UsesWholeThis { get; private set; }

    public static CaptureAnalysis For(MethodInfo method) => s_known.GetValue(method, static m => new CaptureAnalysis(m));

    /// <summary>The fields of this type, and of its base types, that the function reads.</summary>
    public FieldInfo[] GetFields(Type type)
    {
        lock (_fields)
        {
            if (_fields.TryGetValue(type, out var known))
                return known;
            var fields = new List<FieldInfo>();
            for (var level = type; level is not null && level != typeof(object); level = level.BaseType)
                fields.AddRange(level
                    .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
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
            if (MethodCode.FindStateMachine(method)?.GetMethod(
                "MoveNext", BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic) is { } moveNext)
                Visit(moveNext);
            if (MethodCode.Read(method) is not { } body)
                return;
            for (var i = 0; i < body.Code.Count; i++)
            {
                var code = body.Code[i].Code;
                switch (code.OperandType)
                {
                    case OperandType.InlineField when code.Value != OpCodes.Stfld.Value:
                        Read(body.GetField(i));
                        break;
                    case OperandType.InlineMethod:
                        Reach(body.GetMethod(i), method);
                        break;
                    case OperandType.InlineTok:
                        Mention(body.GetMember(i), method);
                        break;
                }
            }
            FollowThis(body);
        }

        private void Read(FieldInfo? field)
        {
            if (field is { IsStatic: false })
                result._read.Add((field.Module, field.MetadataToken));
        }

        private void Reach(MethodBase? callee, MethodBase from)
        {
            if (callee is not null && callee.Module == from.Module
                && (CompilerNames.IsLambda(callee) || CompilerNames.IsClosure(callee.DeclaringType)))
                Visit(callee);
        }

        // An expression tree names members and uses them only when it runs: it may read each field and call each method.
        private void Mention(MemberInfo? member, MethodBase from)
        {
            if (member is FieldInfo field)
            {
                Read(field);
                // No instruction shows what the tree does with the object behind the field.
                result.UsesWholeThis |= CompilerNames.IsThis(field) && !CompilerNames.IsClosure(field.FieldType);
            }
            else
            {
                Reach(member as MethodBase, from);
            }
        }

        // Checks each place where the user's object is put on the stack, and the instruction that takes it from there.
        private void FollowThis(MethodCode body)
        {
            var locals = new HashSet<int>();
            int before;
            do
            {
                before = locals.Count;
                for (var i = 0; i < body.Code.Count && !result.UsesWholeThis; i++)
                {
                    if (body.GetLocalAddress(i) is { } address && locals.Contains(address))
                        result.UsesWholeThis = true;
                    else if (IsThis(body, i, locals) && !IsFieldUse(body, i, locals))
                        result.UsesWholeThis = true;
                }
            }
            while (locals.Count != before && !result.UsesWholeThis);
        }

        private static bool IsThis(MethodCode body, int index, HashSet<int> locals)
        {
            if (body.HasUserThis && body.GetLoadedArgument(index) is 0)
                return true;
            if (body.Code[index].Code.Value == OpCodes.Ldfld.Value && body.GetField(index) is { } field)
                return CompilerNames.IsThis(field) && !CompilerNames.IsClosure(field.FieldType);
            return body.GetLoadedLocal(index) is { } local && locals.Contains(local);
        }

        private bool IsFieldUse(MethodCode body, int source, HashSet<int> locals)
        {
            var (at, argument) = body.FindConsumer(source);
            if (at < 0)
                return false;
            var code = body.Code[at].Code;
            if (code.Value == OpCodes.Ldfld.Value || code.Value == OpCodes.Ldflda.Value)
                return true;
            if (code.Value == OpCodes.Stfld.Value)
            {
                // A write to one of its fields, or the link that the next closure gets.
                return argument == 0 || (body.GetField(at) is { } field && CompilerNames.IsThis(field));
            }
            if (code.Value == OpCodes.Pop.Value)
                return true;
            if (body.GetStoredLocal(at) is { } local)
            {
                locals.Add(local);
                return true;
            }
            if (code.Value == OpCodes.Newobj.Value && argument == 0 && body.Code[at - 1].Code.Value == OpCodes.Ldftn.Value)
                return TryFollow(body.GetMethod(at - 1));
            if ((code.Value == OpCodes.Call.Value || code.Value == OpCodes.Callvirt.Value)
                && argument == 0 && body.GetMethod(at) is { IsStatic: false } callee
                && (code.Value == OpCodes.Call.Value || !callee.IsVirtual || callee.IsFinal))
                return TryFollow(callee);
            return false;

            bool TryFollow(MethodBase? method)
            {
                if (method is null || method.IsStatic || method.DeclaringType is not { IsInterface: false } owner
                    || HostAssemblies.IsHost(owner.Assembly) || method.GetMethodBody() is null)
                    return false;
                Visit(method);
                return true;
            }
        }
    }
}
