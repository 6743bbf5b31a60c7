using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Finds out whether a program sets a static field after the field's initializer.</summary>
/// <remarks>The field's module, the function's and the program's are searched (<see cref="MemberUses"/>).</remarks>
internal static class StaticWriters
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    private const int MaxInitializerDepth = 8;

    /// <summary>Whether other code than the field's initializer and the function sets the field.</summary>
    /// <remarks>Who fills what a read-only field holds sets it, too.</remarks>
    /// <param name="field">A static field of the program.</param>
    /// <param name="program">The function's module.</param>
    /// <param name="isOfFunction">Whether the function reaches a method.</param>
    public static bool IsSet(FieldInfo field, Module program, Func<MethodBase, bool> isOfFunction)
    {
        var initializers = GetInitializers(field.DeclaringType!);
        HashSet<Module> modules = [field.Module, program, .. GetEntry()];
        return modules.Any(module => !field.IsInitOnly && IsAssignedIn(module) || IsFilledIn(module))
            || FindEvent() is { } add && FindCalls(add).Any(Counts);

        bool IsAssignedIn(Module module) => FindUses(module, field, OpCodes.Stsfld, OpCodes.Stsfld).Any(use =>
            Counts(use.Method) && !LazyStores.IsLazy(use.Code, use.At, field)
            && (Accessor.Find(use.Method) is null || FindCalls(use.Method).Any(Counts)));

        bool IsFilledIn(Module module)
        {
            // What holds no object is changed by its address alone.
            var load = StaticFields.MayChange(field.FieldType) ? OpCodes.Ldsfld : OpCodes.Ldsflda;
            var users = FindUses(module, field, load, OpCodes.Ldsflda).Select(use => use.Method).ToHashSet();
            if (users.Any(user => user is MethodInfo { ReturnType.IsByRef: true } && FindCalls(user).Any(IsStoring)))
                return true;
            foreach (var getter in users.Where(user => Accessor.Find(user) is not null).ToArray())
                users.UnionWith(FindCalls(getter));
            return users.Any(user => Counts(user) && WriteScan.ForProgram(user, field, isOfFunction).Found.ChangesContent(field));
        }

        // A method that returns a reference to a place lets its callers set it.
        bool IsStoring(MethodBase caller) => Counts(caller) && MethodCode.Read(caller) is { } code && code.Code.Exists(
            i => i.Code.Name!.StartsWith("stind", StringComparison.Ordinal) || i.Code == OpCodes.Stobj || i.Code == OpCodes.Initobj);

        bool Counts(MethodBase method) =>
            !isOfFunction(method) && !initializers.Contains(method.MetadataToken) && !IsInitializer(method);

        IEnumerable<MethodBase> FindCalls(MethodBase accessor) => modules
            .SelectMany(module => FindUses(module, accessor, OpCodes.Call, OpCodes.Callvirt)).Select(use => use.Method);

        MethodInfo? FindEvent() => field.DeclaringType!.GetEvent(field.Name, All)?.GetAddMethod(nonPublic: true);
    }

    private static IEnumerable<Module> GetEntry() =>
        Assembly.GetEntryAssembly() is { } entry && !HostAssemblies.IsHost(entry) ? [entry.ManifestModule] : [];

    // What runs when the module or the class is first used runs on a node, too.
    private static bool IsInitializer(MethodBase method) =>
        method is ConstructorInfo { IsStatic: true } || method.IsDefined(typeof(ModuleInitializerAttribute), inherit: false);

    private static HashSet<int> GetInitializers(Type type)
    {
        var found = new HashSet<int>();
        if (type.TypeInitializer is { } initializer)
            Add(initializer, MaxInitializerDepth);
        return found;

        void Add(MethodBase method, int depth)
        {
            if (!found.Add(method.MetadataToken) || depth == 0 || MethodCode.Read(method) is not { } code)
                return;
            for (var i = 0; i < code.Code.Count; i++)
            {
                if (code.Code[i].Code.OperandType is OperandType.InlineMethod
                    && code.GetMethod(i) is { } callee && callee.Module == type.Module)
                    Add(callee, depth - 1);
            }
        }
    }

    private static IEnumerable<(MethodBase Method, MethodCode Code, int At)> FindUses(
        Module module, MemberInfo member, OpCode one, OpCode other)
    {
        foreach (var method in MemberUses.For(module).Find(member, out var tokens))
        {
            if (MethodCode.Read(method) is not { } code)
                continue;
            for (var i = 0; i < code.Code.Count; i++)
            {
                if ((code.Code[i].Code == one || code.Code[i].Code == other) && tokens.Contains(code.Code[i].Operand))
                    yield return (method, code, i);
            }
        }
    }
}
