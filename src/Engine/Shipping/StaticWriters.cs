using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Finds out whether a program sets a static field after the field's initializer.</summary>
/// <remarks>The field's module, the function's and the program's are searched (<see cref="FieldUses"/>).</remarks>
internal static class StaticWriters
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    private const int MaxInitializerDepth = 8;

    /// <summary>Whether other code than the field's initializer and the function sets the field.</summary>
    /// <remarks>Who fills what a field holds sets it, too.</remarks>
    /// <param name="field">A static field of the program.</param>
    /// <param name="program">The function's module.</param>
    /// <param name="function">The scan of the function.</param>
    /// <param name="isMadeAtFirstUse">Whether the function makes its value at its first use, as others may.</param>
    public static bool IsSet(FieldInfo field, Module program, WriteScan function, bool isMadeAtFirstUse)
    {
        var initializers = GetInitializers(field.DeclaringType!);
        HashSet<Module> modules = [field.Module, program, .. GetEntry()];
        return !field.IsInitOnly && modules.Any(IsAssignedIn)
            || new StaticFills(field, function, modules, IsOwn, Counts).Find()
            || FindEvent() is { } add && FindCalls(add).Any(Counts);

        bool IsAssignedIn(Module module) => FieldUses.Find(module, field, OpCodes.Stsfld, OpCodes.Stsfld).Any(use =>
            Counts(use.Method) && !(isMadeAtFirstUse && IsAnyFirstUse(use.Code, use.At))
            && (!IsSetter(use.Method) || FindCalls(use.Method).Any(Counts)));

        // One that is emptied is made again.
        bool IsAnyFirstUse(MethodCode code, int store) =>
            LazyStores.IsLazy(code, store, field) || store > 0 && code.Code[store - 1].Code == OpCodes.Ldnull;

        // What a package does with its own objects is its own affair.
        bool IsOwn(Module module) => module == program || GetEntry().Contains(module)
            || ProgramAssemblies.IsEmpty || ProgramAssemblies.Contains(module.Assembly);

        bool Counts(MethodBase method) =>
            !function.Reaches(method) && !initializers.Contains(method.MetadataToken) && !IsInitializer(method);

        IEnumerable<MethodBase> FindCalls(MethodBase accessor) => modules.SelectMany(module => FieldUses.FindCalls(module, accessor));

        MethodInfo? FindEvent() => field.DeclaringType!.GetEvent(field.Name, All)?.GetAddMethod(nonPublic: true);
    }

    // A property that may be set need not be.
    private static bool IsSetter(MethodBase method) =>
        method is { IsStatic: true, IsSpecialName: true } && method.Name.StartsWith("set_", StringComparison.Ordinal);

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
}
