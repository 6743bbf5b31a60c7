using System.Reflection;
using System.Reflection.Emit;
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
            if ((isLoad || IsFlag(code, i)) && FindTest(code, i + 1, store) is { } test && IsOfOneWay(code, test, store))
                return true;
        }
        return false;
    }

    private static bool IsFlag(MethodCode code, int load)
    {
        if (code.Code[load].Code.Name is not ("ldfld" or "ldsfld") || code.GetField(load) is not { } flag
            || flag.FieldType != typeof(bool) && flag.DeclaringType?.Name is not "StaticLocalInitFlag") // of Visual Basic
            return false;
        for (var i = load + 1; i < code.Code.Count; i++)
        {
            if (code.Code[i].Code.Name is "stfld" or "stsfld" && code.GetField(i) == flag)
                return true;
        }
        return false;
    }

    // What stands where both ways from the test meet again is stored each time.
    private static bool IsOfOneWay(MethodCode code, int test, int store)
    {
        if (code.Code[test].Targets is not [var target] || target > code.Code[store].Offset)
            return true;
        for (var i = test + 1; i < store; i++)
        {
            if (i + 1 < code.Code.Count && code.Code[i + 1].Offset == target)
                return code.Code[i] is { Targets: [var meeting] } ? meeting > code.Code[store].Offset
                    : code.Code[i].Code.FlowControl is FlowControl.Return or FlowControl.Throw;
        }
        return true;
    }

    private static int? FindTest(MethodCode code, int from, int store)
    {
        for (var i = from; i < Math.Min(store, from + Reach); i++)
        {
            var name = code.Code[i].Code.Name!;
            if (name is "brtrue" or "brtrue.s" or "brfalse" or "brfalse.s")
                return i;
            if (name is "call" or "callvirt")
            {
                if (code.GetMethod(i)?.Name is not ("get_HasValue" or "Read" or "op_Equality" or "op_Inequality" or "get_IsDefault"))
                    return null;
            }
            else if (name is not ("dup" or "box" or "ldnull" or "ldc.i4.0" or "ceq" or "cgt.un" or "volatile.")
                && !name.StartsWith("stloc", StringComparison.Ordinal) && !name.StartsWith("ldloc", StringComparison.Ordinal))
            {
                return null;
            }
        }
        return null;
    }
}
