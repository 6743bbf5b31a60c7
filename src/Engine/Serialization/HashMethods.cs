using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>How a method uses a field.</summary>
/// <param name="Access">What it does with the field.</param>
/// <param name="Constant">The number that it writes, if the code says so; null is written as 0.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldUse(FieldAccess Access, long? Constant)
{
    public bool IsRead => Access is not FieldAccess.Write;
    public bool IsWrite => Access is not FieldAccess.Read;
}

internal enum FieldAccess
{
    Read,
    Write,

    /// <summary>Its address is taken: it may be read and written.</summary>
    Address,
}

/// <summary>Reads from the code of methods what they do with fields and hash codes.</summary>
internal static class HashMethods
{
    private const int MaxCallDepth = 4;

    private static readonly ConditionalWeakTable<MethodBase, object> s_callsHash = [];

    /// <summary>Finds how a method uses the fields of types, in the order of its code.</summary>
    public static List<((Module, int) Field, FieldUse Use)> GetUses(MethodBase method, IReadOnlyCollection<Type> types)
    {
        var uses = new List<((Module, int), FieldUse)>();
        if (MethodCode.Read(method) is not { } code)
            return uses;
        for (var i = 0; i < code.Code.Count; i++)
        {
            var operation = code.Code[i].Code;
            if (operation.OperandType != OperandType.InlineField || code.GetField(i) is not { DeclaringType: { } owner } used
                || !types.Any(type => owner.MetadataToken == type.MetadataToken && owner.Module == type.Module))
                continue;
            uses.Add((
                (used.Module, used.MetadataToken),
                operation == OpCodes.Stfld ? new FieldUse(FieldAccess.Write, FindConstant(code, i))
                : operation != OpCodes.Ldflda ? new FieldUse(FieldAccess.Read, null)
                : code.Code[i + 1].Code == OpCodes.Initobj ? new FieldUse(FieldAccess.Write, 0)
                : new FieldUse(FieldAccess.Address, null)));
        }
        return uses;
    }

    /// <summary>Whether a method computes a hash code that differs from process to process.</summary>
    /// <remarks>Methods that return such a number to it count as it does, and so do the lambdas that it makes.</remarks>
    public static bool CallsHash(MethodBase method) =>
        (bool)s_callsHash.GetValue(method, static one => CallsHash(one, MaxCallDepth, []));

    /// <summary>Whether a method, or one of its class that it calls, may fill a field.</summary>
    public static bool MayKeep(MethodBase method)
    {
        if (MethodCode.Read(method) is not { } code)
            return false;
        for (var i = 0; i < code.Code.Count; i++)
        {
            var operation = code.Code[i].Code;
            if (operation == OpCodes.Stfld || operation == OpCodes.Ldflda
                || operation.OperandType is OperandType.InlineMethod && code.GetMethod(i) is { Name: not "get_EqualityContract" } callee
                    && callee.DeclaringType == method.DeclaringType)
                return true;
        }
        return false;
    }

    /// <summary>The methods that a method calls or makes delegates of.</summary>
    public static IEnumerable<MethodBase> GetCallees(MethodBase method) => GetCalls(method).Select(call => call.Callee);

    /// <summary>Whether the hash codes of a type's values are the same in every process.</summary>
    public static bool IsStable(Type type) =>
        type.IsEnum || type.IsPrimitive
        || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTime) || type == typeof(DateTimeOffset)
        || type == typeof(DateOnly) || type == typeof(TimeOnly) || type == typeof(TimeSpan)
        || Nullable.GetUnderlyingType(type) is { } inner && IsStable(inner);

    /// <summary>Whether such a field may hold a hash code, or say whether one is there.</summary>
    public static bool MayHoldHash(Type type)
    {
        if (type.IsArray)
            return MayHoldHash(type.GetElementType()!);
        if (type == typeof(object))
            return true;
        if (type.IsGenericType && type.IsValueType && type.Name.StartsWith("ValueTuple`", StringComparison.Ordinal))
            return type.GetGenericArguments().Any(MayHoldHash);
        var number = Nullable.GetUnderlyingType(type)
            ?? (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>) ? type.GetGenericArguments()[0] : type);
        return number == typeof(int) || number == typeof(uint) || number == typeof(long) || number == typeof(ulong)
            || number == typeof(nint) || number == typeof(short) || number == typeof(ushort) || number == typeof(byte)
            || number == typeof(sbyte) || number == typeof(bool);
    }

    private static bool CallsHash(MethodBase method, int depth, HashSet<MethodBase> visited)
    {
        if (!visited.Add(method))
            return false;
        foreach (var (callee, constrained) in GetCalls(method))
        {
            if (IsHash(callee, constrained))
                return true;
            if (depth > 0 && callee is MethodInfo { ReturnType: var result } && IsNumber(result)
                && !FrameworkAssemblies.Contains(callee.Module.Assembly) && CallsHash(callee, depth - 1, visited))
                return true;
        }
        return false;
    }

    private static bool IsHash(MethodBase callee, Type? constrained) =>
        callee.DeclaringType == typeof(HashCode)
        || callee.DeclaringType?.FullName?.StartsWith("Microsoft.FSharp.Core.", StringComparison.Ordinal) is true
            && callee.Name.Contains("Hash", StringComparison.Ordinal) // F#'s hash function
        || callee.Name is nameof(GetHashCode) && (constrained ?? callee.DeclaringType) is { } owner && !IsStable(owner);

    private static bool IsNumber(Type type) => MayHoldHash(type) && type != typeof(bool) && type != typeof(object) && !type.IsArray;

    // The number that an instruction stores, if the code says so.
    private static long? FindConstant(MethodCode code, int at) =>
        FindSource(code, at) is var source and >= 0 ? GetConstant(code.Code[source]) : null;

    // The instruction that gave the value which the one at a place stores; -1 if that cannot be told.
    private static int FindSource(MethodCode code, int at)
    {
        var before = at - 1;
        // The result of an assignment is kept beside it, and a number is widened or made nullable.
        while (before > 0 && (code.Code[before].Code == OpCodes.Dup || IsWidening(code, before)
            || code.GetStoredLocal(before) is not null && code.Code[before - 1].Code == OpCodes.Dup))
            before--;
        if (before < 0)
            return -1;
        var (first, last) = (code.Code[before].Offset, code.Code[at].Offset);
        if (code.Code.Exists(i => i.Targets is { } targets && Array.Exists(targets, t => t > first && t <= last)))
            return -1;
        if (code.GetLoadedLocal(before) is not { } local)
            return before;
        var store = before;
        while (store > 0 && code.GetStoredLocal(store) != local)
            store--;
        return store <= 0 ? -1 : FindSource(code, store);
    }

    private static bool IsWidening(MethodCode code, int at) =>
        code.Code[at].Code.Name!.StartsWith("conv.", StringComparison.Ordinal)
        || code.Code[at].Code == OpCodes.Newobj && code.GetMethod(at) is { DeclaringType: { } type }
            && Nullable.GetUnderlyingType(type) is not null;

    private static long? GetConstant(IlInstruction instruction)
    {
        var code = instruction.Code;
        if (code == OpCodes.Ldc_I4 || code == OpCodes.Ldc_I4_S)
            return instruction.Operand;
        if (code == OpCodes.Ldnull)
            return 0;
        // ldc.i4.m1, ldc.i4.0 to ldc.i4.8
        return code.Value >= OpCodes.Ldc_I4_M1.Value && code.Value <= OpCodes.Ldc_I4_8.Value ? code.Value - OpCodes.Ldc_I4_0.Value : null;
    }

    private static IEnumerable<(MethodBase Callee, Type? Constrained)> GetCalls(MethodBase method)
    {
        if (MethodCode.Read(method) is not { } code)
            yield break;
        for (var i = 0; i < code.Code.Count; i++)
        {
            if (code.Code[i].Code.OperandType == OperandType.InlineMethod && code.GetMethod(i) is { } callee)
                yield return (callee, i > 0 && code.Code[i - 1].Code == OpCodes.Constrained ? code.GetNamedType(i - 1) : null);
        }
    }
}
