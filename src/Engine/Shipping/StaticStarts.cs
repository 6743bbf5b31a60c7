using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Tells static fields whose initializers give them another value in each process.</summary>
/// <remarks>
/// An initializer is what stands in the class's initializer between the assignments of two of its fields, with the methods that it calls.
/// A file, an environment or a clock differs, too, and is meant to; a generator of random numbers is random anyway.
/// </remarks>
internal static class StaticStarts
{
    private const int MaxDepth = 4;

    private static readonly ConditionalWeakTable<FieldInfo, object> s_known = [];

    /// <summary>Finds why a field's value differs.</summary>
    /// <returns>Null if it does not.</returns>
    public static LostWriteKind? Find(FieldInfo field) => (LostWriteKind?)(s_known.GetValue(field, static one => Read(one) ?? (object)false)
        as LostWriteKind?);

    private static LostWriteKind? Read(FieldInfo field)
    {
        if (field.FieldType == typeof(Random) || typeof(RandomNumberGenerator).IsAssignableFrom(field.FieldType)
            || field.DeclaringType?.TypeInitializer is not { } initializer || MethodCode.Read(initializer) is not { } code)
            return null;
        var start = 0;
        for (var i = 0; i < code.Code.Count; i++)
        {
            if (code.Code[i].Code != OpCodes.Stsfld || code.GetField(i) is not { } set || !IsOf(set, field.DeclaringType!))
                continue;
            if (set.MetadataToken == field.MetadataToken)
                return Find(code, start, i, field.DeclaringType!, [initializer], MaxDepth);
            start = i + 1;
        }
        return null;
    }

    private static LostWriteKind? Find(
        MethodCode code, int start, int end, Type type, HashSet<MethodBase> visited, int depth)
    {
        LostWriteKind? found = null;
        for (var i = start; i < end; i++)
        {
            // A counter that several classes share, or each form of a generic one.
            if (IsCounted(code, i) && code.GetField(i) is { } counter && !IsOf(counter, type) && StaticFields.IsUsers(counter))
                found ??= LostWriteKind.ReadsOrder;
            if (code.Code[i].Code.OperandType is not OperandType.InlineMethod || code.GetMethod(i) is not { } callee)
                continue;
            if (IsRandom(callee))
                return LostWriteKind.ReadsRandom;
            if (depth > 0 && !HostAssemblies.IsHost(callee.Module.Assembly) && visited.Add(callee) && MethodCode.Read(callee) is { } inner)
                found = Find(inner, 0, inner.Code.Count, type, visited, depth - 1) ?? found;
        }
        return found;
    }

    private static bool IsOf(FieldInfo field, Type type) =>
        field.DeclaringType is { } owner && owner.MetadataToken == type.MetadataToken && owner.Module == type.Module;

    private static bool IsCounted(MethodCode code, int at)
    {
        if (code.Code[at].Code == OpCodes.Stsfld)
            return at > 0 && code.Code[at - 1].Code.Name!.StartsWith("add", StringComparison.Ordinal);
        if (code.Code[at].Code != OpCodes.Ldsflda)
            return false;
        for (var i = at + 1; i < code.Code.Count && i <= at + 2; i++)
        {
            if (code.Code[i].Code.OperandType is OperandType.InlineMethod && code.GetMethod(i)?.DeclaringType == typeof(Interlocked))
                return true;
        }
        return false;
    }

    private static bool IsRandom(MethodBase callee) => callee.DeclaringType is { } type
        && (type == typeof(Random) && (callee.Name is "get_Shared" || callee.IsConstructor && callee.GetParameters().Length == 0)
            || type == typeof(RandomNumberGenerator)
            || type == typeof(Guid) && callee.Name is nameof(Guid.NewGuid) or nameof(Guid.CreateVersion7)
            || type == typeof(Path) && callee.Name is nameof(Path.GetRandomFileName) or nameof(Path.GetTempFileName)
            || type == typeof(HashCode) || type == typeof(string) && callee.Name is nameof(GetHashCode));
}
