namespace ActorPool.Serialization;

/// <summary>Tells types whose values may change while a collection holds them.</summary>
internal static class ChangingTypes
{
    private const int MaxDepth = 16;

    /// <summary>Whether values of the type may change.</summary>
    /// <remarks>Those of .NET's simple types may not, nor those of sealed types whose read-only fields hold such.</remarks>
    public static bool Contains(Type type) => Contains(type, MaxDepth);

    /// <summary>Whether items of the type, or the keys of pairs, may change.</summary>
    public static bool ContainsKey(Type item) =>
        Contains(item.IsGenericType && item.GetGenericTypeDefinition() == typeof(KeyValuePair<,>) ? item.GetGenericArguments()[0] : item);

    private static bool Contains(Type type, int depth)
    {
        if (type.IsPrimitive || type.IsEnum || type == typeof(string)
            || type == typeof(Type) || type == typeof(Version) || type == typeof(Uri))
            return false;
        if (depth == 0)
            return true;
        if (FrameworkAssemblies.Contains(type.Assembly))
            return !type.IsValueType || Array.Exists(type.GetGenericArguments(), part => Contains(part, depth - 1));
        return !type.IsSealed || TypeFields.Get(type)
            .Any(field => !type.IsValueType && !field.IsInitOnly || Contains(field.FieldType, depth - 1));
    }
}
