using System.Reflection;
using ActorPool.Diagnostics;

namespace ActorPool.Shipping;

/// <summary>A property's accessor that only gets or sets a field.</summary>
internal sealed record Accessor(FieldInfo Field, bool Sets)
{
    private const int MaxLength = 16;

    /// <summary>Returns null for all other methods.</summary>
    public static Accessor? Find(MethodBase method)
    {
        if (!method.IsSpecialName || method.GetMethodBody()?.GetILAsByteArray() is not { Length: <= MaxLength }
            || MethodCode.Read(method) is not { } code)
            return null;
        Accessor? found = null;
        for (var i = 0; i < code.Code.Count; i++)
        {
            var name = code.Code[i].Code.Name;
            if (name is "ldfld" or "ldsfld" or "stfld" or "stsfld" && found is null && code.GetField(i) is { } field)
                found = new Accessor(field, name is "stfld" or "stsfld");
            else if (name is not ("nop" or "ret" or "ldarg.0" or "ldarg.1" or "volatile."))
                return null;
        }
        return found;
    }
}
