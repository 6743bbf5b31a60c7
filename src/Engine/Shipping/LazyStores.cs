using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>Finds stores that make a value at its first use.</summary>
/// <remarks>Such a field has the same value wherever it is used first.</remarks>
internal static class LazyStores
{
    private const int Reach = 8;

    /// <summary>Whether a field is stored only after a test whether it is set.</summary>
    /// <remarks>A flag that is stored with it is tested as well.</remarks>
    public static bool IsLazy(MethodCode code, int store, FieldInfo field)
    {
        for (var i = 0; i < store; i++)
        {
            var instruction = code.Code[i];
            var isLoad = instruction.Code.Name is "ldfld" or "ldsfld" or "ldflda" or "ldsflda"
                ? instruction.Operand == code.Code[store].Operand || code.GetField(i) == field
                : instruction.Code.Name is "call" or "callvirt" && code.GetMethod(i) is { } callee && Accessor.Find(callee)?.Field == field;
            if ((isLoad || IsFlag(code, i)) && IsTest(code, i + 1, store))
                return true;
        }
        return false;
    }

    private static bool IsFlag(MethodCode code, int load)
    {
        if (code.Code[load].Code.Name is not ("ldfld" or "ldsfld") || code.GetField(load) is not { } flag || flag.FieldType != typeof(bool))
            return false;
        for (var i = load + 1; i < code.Code.Count; i++)
        {
            if (code.Code[i].Code.Name is "stfld" or "stsfld" && code.GetField(i) == flag)
                return true;
        }
        return false;
    }

    private static bool IsTest(MethodCode code, int from, int store)
    {
        for (var i = from; i < Math.Min(store, from + Reach); i++)
        {
            var name = code.Code[i].Code.Name!;
            if (name is "brtrue" or "brtrue.s" or "brfalse" or "brfalse.s")
                return true;
            if (name is "call" or "callvirt")
            {
                if (code.GetMethod(i)?.Name is not ("get_HasValue" or "Read" or "op_Equality" or "op_Inequality" or "get_IsDefault"))
                    return false;
            }
            else if (name is not ("dup" or "box" or "ldnull" or "ldc.i4.0" or "ceq" or "cgt.un" or "volatile.")
                && !name.StartsWith("stloc", StringComparison.Ordinal) && !name.StartsWith("ldloc", StringComparison.Ordinal))
            {
                return false;
            }
        }
        return false;
    }
}
