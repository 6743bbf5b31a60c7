using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>What the initializer of a static field makes of it.</summary>
/// <param name="Kind">Why the value differs from process to process; null if it does not by itself.</param>
/// <param name="Sources">The static fields that it is made of.</param>
/// <param name="Made">The types of objects that it makes.</param>
internal sealed record StaticStart(LostWriteKind? Kind, IReadOnlyCollection<FieldInfo> Sources, IReadOnlyCollection<Type> Made);

/// <summary>Tells static fields whose initializers give them another value in each process.</summary>
/// <remarks>
/// An initializer is what stands in the class's initializer between the assignments of two of its fields, with the methods that it calls
/// or mentions. A file, an environment or a clock differs, too, and is meant to; a generator of random numbers is random anyway, and of a
/// function only what it reads counts.
/// </remarks>
internal static class StaticStarts
{
    private const int MaxDepth = 4;
    private const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private static readonly ConditionalWeakTable<FieldInfo, StaticStart> s_known = [];
    private static readonly StaticStart s_same = new(null, [], []);

    public static StaticStart Find(FieldInfo field) => s_known.GetValue(field, Read);

    private static StaticStart Read(FieldInfo field)
    {
        if (field.FieldType == typeof(Random) || typeof(RandomNumberGenerator).IsAssignableFrom(field.FieldType)
            || field.DeclaringType?.TypeInitializer is not { } initializer || MethodCode.Read(initializer) is not { } code)
            return s_same;
        var start = 0;
        for (var i = 0; i < code.Code.Count; i++)
        {
            if (code.Code[i].Code != OpCodes.Stsfld || code.GetField(i) is not { } set || !IsOf(set, field.DeclaringType!))
                continue;
            if (set.MetadataToken == field.MetadataToken)
            {
                var parts = new Parts([], [], [initializer]);
                var kind = Find(code, start, i, field.DeclaringType!, parts, MaxDepth);
                return new StaticStart(IsFunction(field.FieldType) ? null : kind, parts.Sources, parts.Made);
            }
            start = i + 1;
        }
        return s_same;
    }

    private static LostWriteKind? Find(MethodCode code, int start, int end, Type type, Parts parts, int depth)
    {
        LostWriteKind? found = null;
        for (var i = start; i < end; i++)
        {
            // A counter that several classes share, or each form of a generic one.
            if (IsCounted(code, i) && code.GetField(i) is { } counter && !IsOf(counter, type) && StaticFields.IsUsers(counter))
                found ??= LostWriteKind.ReadsOrder;
            if (code.Code[i].Code == OpCodes.Ldsfld && code.GetField(i) is { } source && StaticFields.IsUsers(source))
                parts.Sources.Add(source);
            if (code.Code[i].Code == OpCodes.Ldtoken && code.GetMember(i) is FieldInfo token && StaticFields.IsUsers(token))
                parts.Sources.Add(token); // of an expression
            foreach (var called in FindClosure(code, i)?.GetMethods(Own) ?? [])
            {
                if (depth > 0 && parts.Visited.Add(called) && MethodCode.Read(called) is { } body)
                    found = Find(body, 0, body.Code.Count, type, parts, depth - 1) ?? found;
            }
            if (code.Code[i].Code.OperandType is not OperandType.InlineMethod || code.GetMethod(i) is not { } callee)
                continue;
            if (code.Code[i].Code == OpCodes.Newobj && !HostAssemblies.IsHost(callee.Module.Assembly))
                parts.Made.Add(callee.DeclaringType!);
            if (IsRandom(callee) && (i == 0 || code.Code[i - 1].Code != OpCodes.Constrained))
                return LostWriteKind.ReadsRandom;
            if (depth > 0 && !HostAssemblies.IsHost(callee.Module.Assembly) && parts.Visited.Add(callee)
                && MethodCode.Read(callee) is { } inner)
                found = Find(inner, 0, inner.Code.Count, type, parts, depth - 1) ?? found;
        }
        return found;
    }

    // F# makes a function an object of a class of its own; one that captures nothing stands in a static field of that class.
    private static Type? FindClosure(MethodCode code, int at)
    {
        var type = code.Code[at].Code == OpCodes.Newobj ? code.GetMethod(at)?.DeclaringType
            : code.Code[at].Code == OpCodes.Ldsfld ? code.GetField(at)?.DeclaringType
            : null;
        return WriteScan.IsFSharpClosure(type) ? type : null;
    }

    private static bool IsFunction(Type type) => typeof(Delegate).IsAssignableFrom(type)
        || type.FullName?.StartsWith("Microsoft.FSharp.Core.FSharpFunc`2", StringComparison.Ordinal) is true;

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
            || type == typeof(HashCode)
            || callee.Name is nameof(GetHashCode) && (type == typeof(object) || type == typeof(string) || type == typeof(StringComparer)));

    private sealed record Parts(HashSet<FieldInfo> Sources, HashSet<Type> Made, HashSet<MethodBase> Visited);
}
