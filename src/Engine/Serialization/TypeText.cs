using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Writes types and members as their source does, for messages.</summary>
internal static class TypeText
{
    private const int Longest = 300;

    public static string Of(Type type)
    {
        var text = Name(type, depth: 0);
        return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), "...");
    }

    /// <summary>The name that the source gives to what a field holds: a property's for its backing field.</summary>
    public static string Of(FieldInfo field)
    {
        var name = field.Name;
        return name.StartsWith('<') && name.IndexOf('>', StringComparison.Ordinal) is > 1 and var end ? name[1..end] : name;
    }

    private static string Name(Type type, int depth)
    {
        if (depth > 8)
            return "...";
        if (type.IsArray)
            return $"{Name(type.GetElementType()!, depth + 1)}[{new string(',', type.GetArrayRank() - 1)}]";
        if (type.IsPointer || type.IsByRef)
            return $"{Name(type.GetElementType()!, depth + 1)}{(type.IsPointer ? '*' : '&')}";
        if (Nullable.GetUnderlyingType(type) is { } value)
            return $"{Name(value, depth + 1)}?";
        if (Keyword(type) is { } keyword)
            return keyword;
        var outer = type.DeclaringType is { } declaring && !type.IsGenericParameter ? $"{Bare(declaring.Name)}." : "";
        if (!type.IsGenericType)
            return outer + type.Name;
        var arguments = string.Join(", ", type.GetGenericArguments().Select(a => Name(a, depth + 1)));
        return type.FullName?.StartsWith("System.ValueTuple`", StringComparison.Ordinal) == true ? $"({arguments})" : $"{outer}{Bare(type.Name)}<{arguments}>";
    }

    private static string Bare(string name) => name.IndexOf('`', StringComparison.Ordinal) is > 0 and var mark ? name[..mark] : name;

    private static string? Keyword(Type type)
    {
        if (type == typeof(object))
            return "object";
        if (type.IsEnum)
            return null;
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
