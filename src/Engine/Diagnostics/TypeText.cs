namespace ActorPool.Diagnostics;

/// <summary>Formats types as C# writes them, for messages.</summary>
internal static class TypeText
{
    private const int MaxLength = 300;

    public static string Format(Type type)
    {
        var text = FormatName(type, depth: 0);
        return text.Length <= MaxLength ? text : string.Concat(text.AsSpan(0, MaxLength), "...");
    }

    private static string FormatName(Type type, int depth)
    {
        if (depth > 8)
            return "...";
        if (type.IsArray)
        {
            var commas = new string(',', type.GetArrayRank() - 1);
            return $"{FormatName(type.GetElementType()!, depth + 1)}[{(type.IsVariableBoundArray && commas.Length == 0 ? "*" : commas)}]";
        }
        if (type.IsPointer || type.IsByRef)
            return $"{FormatName(type.GetElementType()!, depth + 1)}{(type.IsPointer ? '*' : '&')}";
        if (type.IsFunctionPointer)
        {
            var parts = type.GetFunctionPointerParameterTypes().Append(type.GetFunctionPointerReturnType());
            return $"delegate*<{string.Join(", ", parts.Select(part => FormatName(part, depth + 1)))}>";
        }
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{FormatName(value, depth + 1)}?";
        if (FindKeyword(type) is { } keyword)
            return keyword;
        var outer = type.DeclaringType is { } declaring && !type.IsGenericParameter ? $"{RemoveArity(declaring.Name)}." : "";
        if (!type.IsGenericType)
            return outer + type.Name;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(a => FormatName(a, depth + 1)));
        return type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true
            ? $"({arguments})"
            : $"{outer}{RemoveArity(type.Name)}<{arguments}>";
    }

    private static string RemoveArity(string name) => name.IndexOf('`', StringComparison.Ordinal) is > 0 and var mark ? name[..mark] : name;

    private static string? FindKeyword(Type type)
    {
        if (type == typeof(object))
            return "object";
        if (type.IsEnum)
            return null;
        if (type == typeof(void))
            return "void";
        return Type.GetTypeCode(type) switch
        {
            TypeCode.Boolean => "bool",
            TypeCode.Byte => "byte",
            TypeCode.SByte => "sbyte",
            TypeCode.Int16 => "short",
            TypeCode.UInt16 => "ushort",
            TypeCode.Int32 => "int",
            TypeCode.UInt32 => "uint",
            TypeCode.Int64 => "long",
            TypeCode.UInt64 => "ulong",
            TypeCode.Single => "float",
            TypeCode.Double => "double",
            TypeCode.Decimal => "decimal",
            TypeCode.Char => "char",
            TypeCode.String => "string",
            _ => null,
        };
    }
}
