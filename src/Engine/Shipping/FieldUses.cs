using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Finds the instructions of a module that use a field or call a method.</summary>
internal static class FieldUses
{
    private const BindingFlags All = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
        | BindingFlags.DeclaredOnly;

    /// <summary>Finds the methods that call a method, or mention it.</summary>
    public static IEnumerable<MethodBase> FindCalls(Module module, MethodBase callee) =>
        Find(module, callee, OpCodes.Call, OpCodes.Callvirt).Concat(Find(module, callee, OpCodes.Ldftn, OpCodes.Ldvirtftn))
            .Select(use => use.Method).Distinct();

    /// <summary>Finds the places where a member is used by one of two instructions.</summary>
    public static IEnumerable<(MethodBase Method, MethodCode Code, int At)> Find(Module module, MemberInfo member, OpCode one, OpCode other)
    {
        var owner = member.DeclaringType;
        var isGeneric = owner is { IsGenericType: true };
        foreach (var method in FindMethods(module, member, isGeneric, out var tokens))
        {
            if (MethodCode.Read(method) is not { } code)
                continue;
            for (var i = 0; i < code.Code.Count; i++)
            {
                if (code.Code[i].Code != one && code.Code[i].Code != other)
                    continue;
                if (isGeneric ? IsNamed(code.GetMember(i), member) : tokens.Contains(code.Code[i].Operand))
                    yield return (method, code, i);
            }
        }
    }

    // Inside a generic class its members depend on its type parameters, so that no token says which they are.
    private static IEnumerable<MethodBase> FindMethods(
        Module module, MemberInfo member, bool isGeneric, out IReadOnlyCollection<int> tokens)
    {
        var methods = MemberUses.For(module).Find(member, out tokens);
        return isGeneric && member.DeclaringType is { } owner && owner.Module == module
            ? methods.Concat(GetMethods(owner.GetGenericTypeDefinition())).DistinctBy(method => method.MetadataToken)
            : methods;
    }

    private static IEnumerable<MethodBase> GetMethods(Type type) =>
        type.GetMethods(All).Concat<MethodBase>(type.GetConstructors(All)).Concat(type.GetNestedTypes(All).SelectMany(GetMethods));

    private static bool IsNamed(MemberInfo? used, MemberInfo member) =>
        used is not null && used.MetadataToken == member.MetadataToken && used.Module == member.Module
        && StaticFields.IsSameForm(used.DeclaringType, member.DeclaringType);
}
