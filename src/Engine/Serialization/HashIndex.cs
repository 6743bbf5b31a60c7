using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Finds methods of a module by the members that their code names.</summary>
/// <remarks>
/// Members are compared by name where a generic type stands between, so more may be found than asked for. Nothing is loaded for it.
/// </remarks>
internal sealed class HashIndex
{
    private readonly Module _module;
    private readonly HashUses _uses;

    private HashIndex(Module module, HashUses uses) => (_module, _uses) = (module, uses);

    /// <summary>Whether the code of the module could be read.</summary>
    public bool IsComplete => _uses.IsComplete;

    public static HashIndex Create(Module module)
    {
        try
        {
            return new HashIndex(module, HashUses.Read(module));
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return new HashIndex(module, new HashUses()); // another tool's format; the methods of a class are read in any case
        }
    }

    /// <summary>Whether an exception says that code cannot be read or an assembly is missing.</summary>
    public static bool IsUnreadable(Exception e) =>
        e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException
            or NotSupportedException or InvalidOperationException or IndexOutOfRangeException or UnauthorizedAccessException;

    /// <summary>Finds the methods that ask for a hash code.</summary>
    public IEnumerable<MethodBase> FindSources() => Resolve(_uses.Sources);

    /// <summary>Finds the methods of a class that call other assemblies but .NET.</summary>
    public IEnumerable<MethodBase> FindCallersOfOthers(Type level) =>
        level.Module == _module ? Resolve(_uses.CallersOfOthers.GetValueOrDefault(level.MetadataToken, [])) : [];

    /// <summary>Finds the methods that may call a method.</summary>
    public IEnumerable<MethodBase> FindCallers(MethodBase method) =>
        method.Module == _module ? Resolve(_uses.Find(method.MetadataToken, method.Name)) : [];

    /// <summary>Finds the methods that may read a field.</summary>
    public IEnumerable<MethodBase> FindReaders(HashCell cell) =>
        cell.Module == _module ? Resolve(_uses.Find(cell.Number, _module.ResolveField(cell.Number)?.Name)) : [];

    /// <summary>Finds the methods that make the iterator which returns what a field holds.</summary>
    public IEnumerable<MethodBase> FindMakers(HashCell cell) =>
        cell.Module == _module && _module.ResolveField(cell.Number) is { Name: "<>2__current" or "current", DeclaringType: { } iterator }
            ? FindMakers(iterator)
            : [];

    /// <summary>Finds the methods that make objects of a class.</summary>
    public IEnumerable<MethodBase> FindMakers(Type type) => type
        .GetConstructors(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).SelectMany(FindCallers);

    /// <summary>Finds the methods of interfaces and base classes that a method stands for.</summary>
    public static IEnumerable<MethodBase> FindDeclarations(MethodBase method)
    {
        if (method is not MethodInfo one || method.DeclaringType is not { } type || !(one.IsVirtual || one.IsStatic && !type.IsInterface))
            return [];
        var name = one.Name[(one.Name.LastIndexOf('.') + 1)..]; // explicit ones have the interface's name in front
        var count = one.GetParameters().Length;
        var declared = type.GetInterfaces().Where(face => !HashRules.IsLibrary(face))
            .Select(face => face.IsGenericType ? face.GetGenericTypeDefinition() : face)
            .SelectMany(face => face.GetMethods())
            .Where(other => string.Equals(other.Name, name, StringComparison.Ordinal) && other.GetParameters().Length == count
                && other.IsStatic == one.IsStatic);
        var root = one.GetBaseDefinition();
        return root != one && !HashRules.IsLibrary(root.DeclaringType) ? declared.Append(root) : declared;
    }

    private MethodBase[] Resolve(IEnumerable<int> tokens) => [.. tokens.Select(Resolve).OfType<MethodBase>()];

    private MethodBase? Resolve(int token)
    {
        try
        {
            return _module.ResolveMethod(token);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return null;
        }
    }
}
