using System.Reflection;
using System.Reflection.Emit;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Finds fields that hold what follows from hash codes.</summary>
/// <remarks>Hash codes of strings and of most objects differ from process to process, so such fields mean nothing in another one.</remarks>
internal static class HashCodes
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Whether a type's <c>GetHashCode</c> keeps its result in this field.</summary>
    /// <remarks>It reads the field and writes it, so that it computes the result again if the field is empty.</remarks>
    public static bool IsCache(FieldInfo field)
    {
        if (!MayHoldHash(field) || field.DeclaringType is not { } type || FrameworkAssemblies.Contains(type.Assembly))
            return false;
        var uses = GetHashMethods(type).SelectMany(method => GetUses(method, field)).ToArray();
        return uses.Contains(FieldUse.Read) && uses.Contains(FieldUse.Write);
    }

    /// <summary>Finds a field in which a constructor stored a hash code.</summary>
    public static FieldInfo? FindStored(Type type)
    {
        for (var level = type; level is not null && !FrameworkAssemblies.Contains(level.Assembly); level = level.BaseType)
        {
            var constructors = level.GetConstructors(Own).Where(CallsHash).ToArray();
            if (constructors.Length == 0)
                continue;
            foreach (var field in level.GetFields(Own))
            {
                if (Travels(field) && MayHoldHash(field) && field.FieldType != typeof(bool) && !IsCache(field)
                    && constructors.Any(constructor => GetUses(constructor, field).Contains(FieldUse.Write))
                    && GetHashMethods(level).Any(method => GetUses(method, field).Contains(FieldUse.Read)))
                    return field;
            }
        }
        return null;
    }

    /// <summary>Finds an array in which a type places its items by their hash codes.</summary>
    public static FieldInfo? FindBuckets(Type type)
    {
        for (var level = type; level is not null && !FrameworkAssemblies.Contains(level.Assembly); level = level.BaseType)
        {
            if (level.IsGenericType && IsStable(level.GetGenericArguments()[0]))
                continue;
            var arrays = Array.FindAll(level.GetFields(Own), f => f.FieldType.IsArray && Travels(f));
            if (arrays.Length == 0)
                continue;
            // One method may compute the place that others use.
            if (!level.GetMethods(Own).Any(method => !IsOverride(method) && CallsHash(method)))
                continue;
            var methods = level.GetMethods(Own).Cast<MethodBase>().Where(IndexesArray).ToArray();
            if (Array.Find(arrays, field => methods.Any(method => GetUses(method, field).Length > 0)) is { } found)
                return found;
        }
        return null;
    }

    private static bool Travels(FieldInfo field) => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    private static bool MayHoldHash(FieldInfo field) =>
        field.FieldType == typeof(int) || field.FieldType == typeof(uint) || field.FieldType == typeof(long)
        || field.FieldType == typeof(int?) || field.FieldType == typeof(bool);

    // GetHashCode, and methods of the type that it calls to compute the hash code. A property called Hash is data like any other.
    private static IEnumerable<MethodBase> GetHashMethods(Type type)
    {
        if (Array.Find(type.GetMethods(Own), IsOverride) is not { } method)
            return [];
        return GetCallees(method)
            .Where(callee => callee.DeclaringType == type && !callee.IsSpecialName && !callee.IsAbstract
                && callee.Name.Contains("Hash", StringComparison.Ordinal))
            .Append(method);
    }

    private static bool IsOverride(MethodBase method) => method.Name is nameof(GetHashCode) && method.GetParameters().Length == 0;

    // The hash codes of integers are the integers themselves.
    private static bool IsStable(Type type) => type.IsEnum || (type.IsPrimitive && type != typeof(double) && type != typeof(float));

    private static bool CallsHash(MethodBase method) => GetCallees(method).Any(
        callee => callee.Name is nameof(GetHashCode) && callee.DeclaringType is { } owner && !IsStable(owner)
            || callee.DeclaringType == typeof(HashCode));

    private static IEnumerable<MethodBase> GetCallees(MethodBase method) => Read(method)
        .Where(i => i.Code.OperandType == OperandType.InlineMethod)
        .Select(i => Resolve(method, i.Operand, static (m, token, t, a) => m.ResolveMethod(token, t, a)))
        .OfType<MethodBase>();

    private static bool IndexesArray(MethodBase method) =>
        Read(method).Any(i => i.Code.Name is { } name
            && (name.StartsWith("ldelem", StringComparison.Ordinal) || name.StartsWith("stelem", StringComparison.Ordinal)));

    private static FieldUse[] GetUses(MethodBase method, FieldInfo field) =>
    [
        .. Read(method)
            .Where(i => i.Code.OperandType == OperandType.InlineField
                && Resolve(method, i.Operand, static (m, token, t, a) => m.ResolveField(token, t, a)) is { } used
                && used.MetadataToken == field.MetadataToken && used.Module == field.Module)
            .Select(i => i.Code.Value == OpCodes.Stfld.Value ? FieldUse.Write : FieldUse.Read),
    ];

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

    private enum FieldUse
    {
        Read,
        Write,
    }
}
