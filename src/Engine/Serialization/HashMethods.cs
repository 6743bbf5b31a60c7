using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>How a method uses a field.</summary>
/// <param name="Access">What it does with the field.</param>
/// <param name="Constant">The number that it writes, if the code says so; null is written as 0.</param>
/// <param name="Origin">Where a written value comes from.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FieldUse(FieldAccess Access, long? Constant, FieldOrigin Origin)
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

/// <summary>Where the value that a method writes into a field comes from.</summary>
internal enum FieldOrigin
{
    /// <summary>The code before does not say so at a glance.</summary>
    Unknown,

    /// <summary>A number in the code.</summary>
    Constant,

    /// <summary>A parameter of the method.</summary>
    Parameter,

    /// <summary>A call that returns a hash code which differs from process to process.</summary>
    Hash,
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
        var code = Read(method);
        for (var i = 0; i < code.Count; i++)
        {
            if (code[i].Code.OperandType != OperandType.InlineField
                || Resolve(method, code[i].Operand, static (m, token, t, a) => m.ResolveField(token, t, a)) is not { } used
                || used.DeclaringType is not { } owner
                || !types.Any(type => owner.MetadataToken == type.MetadataToken && owner.Module == type.Module))
                continue;
            uses.Add((
                (used.Module, used.MetadataToken),
                code[i].Code == OpCodes.Stfld ? GetWrite(method, code, i)
                : code[i].Code != OpCodes.Ldflda ? new FieldUse(FieldAccess.Read, null, default)
                : code[i + 1].Code == OpCodes.Initobj ? new FieldUse(FieldAccess.Write, 0, FieldOrigin.Constant)
                : new FieldUse(FieldAccess.Address, null, FieldOrigin.Unknown)));
        }
        return uses;
    }

    /// <summary>Whether a method computes a hash code that differs from process to process.</summary>
    /// <remarks>Methods that return such a number to it count as it does, and so do the lambdas that it makes.</remarks>
    public static bool CallsHash(MethodBase method) =>
        (bool)s_callsHash.GetValue(method, static one => CallsHash(one, MaxCallDepth, []));

    /// <summary>The methods that a method calls or makes delegates of.</summary>
    public static IEnumerable<MethodBase> GetCallees(MethodBase method) => GetCalls(method).Select(call => call.Callee);

    /// <summary>Whether a method indexes an array for the first time after a hash code.</summary>
    /// <remarks>One that computes the hash code of an array's items indexes the array first.</remarks>
    public static bool IndexesByHash(MethodBase method)
    {
        var hasHash = false;
        var code = Read(method);
        for (var i = 0; i < code.Count; i++)
        {
            var name = code[i].Code.Name!;
            if (name.StartsWith("ldelem", StringComparison.Ordinal) || name.StartsWith("stelem", StringComparison.Ordinal))
                return hasHash;
            hasHash |= IsNumberFromHash(method, code, i);
        }
        return false;
    }

    /// <summary>Whether the hash codes of a type's values are the same in every process.</summary>
    public static bool IsStable(Type type) =>
        type.IsEnum || type.IsPrimitive
        || type == typeof(decimal) || type == typeof(Guid) || type == typeof(DateTime) || type == typeof(TimeSpan);

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

    private static FieldUse GetWrite(MethodBase method, List<IlInstruction> code, int at)
    {
        var before = FindSource(method, code, at);
        if (before < 0)
            return new FieldUse(FieldAccess.Write, null, FieldOrigin.Unknown);
        if (GetConstant(code[before]) is { } constant)
            return new FieldUse(FieldAccess.Write, constant, FieldOrigin.Constant);
        if (code[before].Code.Name!.StartsWith("ldarg", StringComparison.Ordinal))
            return new FieldUse(FieldAccess.Write, null, FieldOrigin.Parameter);
        var isHash = IsNumberFromHash(method, code, before);
        return new FieldUse(FieldAccess.Write, null, isHash ? FieldOrigin.Hash : FieldOrigin.Unknown);
    }

    private static bool IsNumber(Type type) => MayHoldHash(type) && type != typeof(bool) && type != typeof(object) && !type.IsArray;

    // A call that returns a number which a hash code gave.
    private static bool IsNumberFromHash(MethodBase method, List<IlInstruction> code, int at) =>
        code[at].Code.OperandType == OperandType.InlineMethod
        && Resolve(method, code[at].Operand, static (m, token, t, a) => m.ResolveMethod(token, t, a)) is MethodInfo callee
        && IsNumber(callee.ReturnType)
        && (IsHash(callee, at > 0 ? GetConstrained(method, code[at - 1]) : null)
            || !FrameworkAssemblies.Contains(callee.Module.Assembly) && CallsHash(callee));

    // The instruction that gave the value which the one at a place stores; -1 if that cannot be told.
    private static int FindSource(MethodBase method, List<IlInstruction> code, int at)
    {
        var before = at - 1;
        // The result of an assignment is kept beside it, and a number is widened or made nullable.
        while (before > 0 && (code[before].Code == OpCodes.Dup || IsWidening(method, code[before])
            || GetLocal(code[before], "stloc") is not null && code[before - 1].Code == OpCodes.Dup))
            before--;
        if (before < 0)
            return -1;
        var (first, last) = (code[before].Offset, code[at].Offset);
        if (code.Exists(i => i.Targets is { } targets && Array.Exists(targets, t => t > first && t <= last)))
            return -1;
        if (GetLocal(code[before], "ldloc") is not { } local)
            return before;
        var store = code.FindLastIndex(before, i => GetLocal(i, "stloc") == local);
        return store <= 0 ? -1 : FindSource(method, code, store);
    }

    private static int? GetLocal(IlInstruction instruction, string name) =>
        instruction.Code.Name is { } code && code.StartsWith(name, StringComparison.Ordinal)
            && !code.StartsWith("ldloca", StringComparison.Ordinal)
            ? instruction.Code.OperandType is OperandType.InlineNone ? code[^1] - '0' : instruction.Operand
            : null;

    private static bool IsWidening(MethodBase method, IlInstruction instruction) =>
        instruction.Code.Name!.StartsWith("conv.", StringComparison.Ordinal)
        || instruction.Code == OpCodes.Newobj
            && Resolve(method, instruction.Operand, static (m, token, t, a) => m.ResolveMethod(token, t, a)) is { DeclaringType: { } type }
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
        Type? constrained = null;
        foreach (var instruction in Read(method))
        {
            if (instruction.Code.OperandType == OperandType.InlineMethod
                && Resolve(method, instruction.Operand, static (m, token, t, a) => m.ResolveMethod(token, t, a)) is { } callee)
                yield return (callee, constrained);
            constrained = GetConstrained(method, instruction);
        }
    }

    private static Type? GetConstrained(MethodBase method, IlInstruction instruction) =>
        instruction.Code == OpCodes.Constrained
            ? Resolve<Type>(method, instruction.Operand, static (m, token, t, a) => m.ResolveType(token, t, a))
            : null;

    private static List<IlInstruction> Read(MethodBase method) =>
        method.GetMethodBody()?.GetILAsByteArray() is { } il ? IlReader.Read(il) : [];

    // A token that does not resolve names a member of a missing assembly, which is no member of this type.
    private static T? Resolve<T>(MethodBase method, int token, Func<Module, int, Type[]?, Type[]?, T?> resolve) where T : MemberInfo
    {
        var typeArguments = method.DeclaringType is { IsGenericType: true } type ? type.GetGenericArguments() : null;
        var methodArguments = method.IsGenericMethod ? method.GetGenericArguments() : null;
        try
        {
            return resolve(method.Module, token, typeArguments, methodArguments);
        }
        catch (Exception e)
            when (e is ArgumentException or TypeLoadException or IOException or BadImageFormatException or MissingMemberException)
        {
            return null;
        }
    }
}
