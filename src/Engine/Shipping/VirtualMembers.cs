using System.Reflection;
using System.Runtime.CompilerServices;

namespace ActorPool.Shipping;

/// <summary>Which methods of types are called by way of interfaces and base classes.</summary>
internal static class VirtualMembers
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<Type, VirtualMember[]> s_members = [];
    private static readonly ConditionalWeakTable<Module, Type[]> s_types = [];

    /// <summary>Finds the methods of a type that others call without naming them.</summary>
    /// <param name="type">A type of the program that has objects.</param>
    public static VirtualMember[] Find(Type type) => s_members.GetValue(type, static one => [.. Read(one).Distinct()]);

    /// <summary>Finds the methods of a module that a virtual call may run.</summary>
    public static IEnumerable<MethodInfo> FindOverrides(MethodBase called)
    {
        if (called.DeclaringType is not { } owner || HostAssemblies.IsHost(owner.Assembly))
            return [];
        return s_types.GetValue(owner.Module, ReadTypes).Where(owner.IsAssignableFrom).SelectMany(Find)
            .Where(member => IsSame(member.Called, called)).Select(member => member.Method).Distinct();
    }

    /// <summary>Finds the methods that a call may name which runs this one.</summary>
    public static IEnumerable<MethodInfo> FindCalled(MethodBase method) =>
        method is { IsVirtual: true, DeclaringType: { IsInterface: false, ContainsGenericParameters: false } owner }
            ? Find(owner).Where(member => IsSame(member.Method, method)).Select(member => member.Called)
                .Where(called => !IsSame(called, method) && !HostAssemblies.IsHost(called.Module.Assembly))
            : [];

    /// <summary>Whether two methods are one.</summary>
    public static bool IsSame(MethodBase one, MethodBase other) =>
        one.MetadataToken == other.MetadataToken && one.Module == other.Module
        && StaticFields.IsSameForm(one.DeclaringType, other.DeclaringType);

    private static IEnumerable<VirtualMember> Read(Type type)
    {
        for (var level = type; level is not null && !HostAssemblies.IsHost(level.Assembly); level = level.BaseType)
        {
            foreach (var method in level.GetMethods(Own))
            {
                if (method is not { IsVirtual: true, IsAbstract: false })
                    continue;
                for (var called = method; called is not null; called = GetOverridden(called))
                    yield return new VirtualMember(called, method);
            }
        }
        foreach (var implemented in type.IsArray ? [] : type.GetInterfaces())
        {
            var map = type.GetInterfaceMap(implemented);
            for (var i = 0; i < map.InterfaceMethods.Length; i++)
            {
                if (map.TargetMethods[i] is { IsAbstract: false } method && !HostAssemblies.IsHost(method.Module.Assembly))
                    yield return new VirtualMember(map.InterfaceMethods[i], method);
            }
        }
    }

    // A call names the method of any class on the way.
    private static MethodInfo? GetOverridden(MethodInfo method)
    {
        var first = method.GetBaseDefinition();
        if (first == method)
            return null;
        for (var level = method.DeclaringType!.BaseType; level is not null; level = level.BaseType)
        {
            if (level.GetMethods(Own).FirstOrDefault(one => one.IsVirtual && one.GetBaseDefinition() == first) is { } overridden)
                return overridden;
        }
        return null;
    }

    private static Type[] ReadTypes(Module module)
    {
        try
        {
            return [.. module.GetTypes().Where(IsMade)];
        }
        catch (ReflectionTypeLoadException e)
        {
            return [.. e.Types.OfType<Type>().Where(IsMade)]; // the others need an assembly that is not here
        }
    }

    private static bool IsMade(Type type) => type is { IsInterface: false, IsAbstract: false, ContainsGenericParameters: false };
}
