using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Finds out whether a program sets a static field after the field's initializer.</summary>
/// <remarks>Reads all methods of the field's module and the function's, so it is asked only for fields that a function reads.</remarks>
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
        var tokens = GetTokens(module, member);
        if (tokens.Count == 0)
            yield break;
        foreach (var type in GetTypes(module))
        {
            foreach (var method in type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)))
            {
                // Most methods are sorted out without reading their instructions.
                if (method.GetMethodBody()?.GetILAsByteArray() is not { } il || !tokens.Exists(token => Has(il, token))
                    || MethodCode.Read(method) is not { } code)
                    continue;
                for (var i = 0; i < code.Code.Count; i++)
                {
                    if ((code.Code[i].Code == one || code.Code[i].Code == other) && tokens.Contains(code.Code[i].Operand))
                        yield return (method, code, i);
                }
            }
        }
    }

    private static bool Has(byte[] il, int token)
    {
        Span<byte> bytes = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, token);
        return il.AsSpan().IndexOf(bytes) >= 0;
    }

    // A member of another module, or of a generic class, has tokens of its own in each module that uses it.
    private static List<int> GetTokens(Module module, MemberInfo member)
    {
        const int MemberReferences = 0x0A000000;
        var tokens = new List<int>();
        if (member.Module == module)
            tokens.Add(member.MetadataToken);
        if (member.Module == module && member.DeclaringType is not { IsGenericType: true })
            return tokens;
        for (var token = MemberReferences + 1; ; token++)
        {
            try
            {
                if (module.ResolveMember(token) is { } found
                    && found.MetadataToken == member.MetadataToken && found.Module == member.Module)
                    tokens.Add(token);
            }
            catch (ArgumentOutOfRangeException)
            {
                return tokens; // the end of the table
            }
            catch (Exception e)
                when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException)
            {
                // A member of a missing assembly, or one that depends on type parameters: not the field.
            }
        }
    }

    private static IEnumerable<Type> GetTypes(Module module)
    {
        try
        {
            return module.GetTypes();
        }
        catch (ReflectionTypeLoadException e)
        {
            return e.Types.OfType<Type>(); // the others derive from types of missing assemblies
        }
    }
}
