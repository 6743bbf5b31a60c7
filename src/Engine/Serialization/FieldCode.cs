using System.Reflection;
using System.Reflection.Emit;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Generates the code that writes and reads the fields of one type; the delegates that it returns are all that keeps the code.</summary>
internal static class FieldCode
{
    public delegate void WriteFields<T>(ref MessagePackWriter writer, ref T value, PayloadContext context);
    public delegate void ReadFields<T>(ref MessagePackReader reader, ref T value, PayloadContext context);

    private static readonly MethodInfo At = typeof(PayloadContext).GetMethod(nameof(PayloadContext.At))!;
    private static readonly Dictionary<Type, (MethodInfo Write, MethodInfo Read)> Primitives = new()
    {
        [typeof(bool)] = Primitive(typeof(bool), nameof(MessagePackReader.ReadBoolean)),
        [typeof(byte)] = Primitive(typeof(byte), nameof(MessagePackReader.ReadByte)),
        [typeof(sbyte)] = Primitive(typeof(sbyte), nameof(MessagePackReader.ReadSByte)),
        [typeof(short)] = Primitive(typeof(short), nameof(MessagePackReader.ReadInt16)),
        [typeof(ushort)] = Primitive(typeof(ushort), nameof(MessagePackReader.ReadUInt16)),
        [typeof(int)] = Primitive(typeof(int), nameof(MessagePackReader.ReadInt32)),
        [typeof(uint)] = Primitive(typeof(uint), nameof(MessagePackReader.ReadUInt32)),
        [typeof(long)] = Primitive(typeof(long), nameof(MessagePackReader.ReadInt64)),
        [typeof(ulong)] = Primitive(typeof(ulong), nameof(MessagePackReader.ReadUInt64)),
        [typeof(float)] = Primitive(typeof(float), nameof(MessagePackReader.ReadSingle)),
        [typeof(double)] = Primitive(typeof(double), nameof(MessagePackReader.ReadDouble)),
        [typeof(char)] = Primitive(typeof(char), nameof(MessagePackReader.ReadChar)),
        [typeof(string)] = (typeof(PackedString).GetMethod(nameof(PackedString.Write))!, typeof(PackedString).GetMethod(nameof(PackedString.Read))!),
    };

    /// <param name="formatters">One for each field; those of primitives are not used.</param>
    public static WriteFields<T> Writer<T>(FieldInfo[] fields, object[] formatters)
    {
        var method = Method<T>("Write", typeof(MessagePackWriter));
        var code = method.GetILGenerator();
        for (var i = 0; i < fields.Length; i++)
        {
            var type = fields[i].FieldType;
            if (Primitives.TryGetValue(type, out var primitive))
            {
                code.Emit(OpCodes.Ldarg_1);
                LoadInstance<T>(code);
                code.Emit(OpCodes.Ldfld, fields[i]);
                code.Emit(OpCodes.Call, primitive.Write);
                continue;
            }
            LoadFormatter(code, i);
            code.Emit(OpCodes.Ldarg_1);
            LoadInstance<T>(code);
            code.Emit(OpCodes.Ldfld, fields[i]);
            code.Emit(OpCodes.Ldarg_3);
            code.Emit(OpCodes.Callvirt, typeof(IMessagePackFormatter<>).MakeGenericType(type).GetMethod("Serialize")!);
        }
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<WriteFields<T>>(formatters);
    }

    public static ReadFields<T> Reader<T>(FieldInfo[] fields, object[] formatters)
    {
        var method = Method<T>("Read", typeof(MessagePackReader));
        var code = method.GetILGenerator();
        for (var i = 0; i < fields.Length; i++)
        {
            var type = fields[i].FieldType;
            if (Primitives.TryGetValue(type, out var primitive))
            {
                LoadInstance<T>(code);
                code.Emit(OpCodes.Ldarg_1);
                code.Emit(OpCodes.Call, primitive.Read);
                code.Emit(OpCodes.Stfld, fields[i]);
                continue;
            }
            var value = code.DeclareLocal(type);
            LoadFormatter(code, i);
            code.Emit(OpCodes.Ldarg_1);
            code.Emit(OpCodes.Ldarg_3);
            code.Emit(OpCodes.Callvirt, typeof(IMessagePackFormatter<>).MakeGenericType(type).GetMethod("Deserialize")!);
            code.Emit(OpCodes.Stloc, value);
            LoadInstance<T>(code);
            code.Emit(OpCodes.Ldloc, value);
            code.Emit(OpCodes.Stfld, fields[i]);
        }
        code.Emit(OpCodes.Ret);
        return method.CreateDelegate<ReadFields<T>>(formatters);
    }

    private static DynamicMethod Method<T>(string verb, Type packed) => new(
        $"{verb} {typeof(T).Name}",
        typeof(void),
        [typeof(object[]), packed.MakeByRefType(), typeof(T).MakeByRefType(), typeof(PayloadContext)],
        typeof(T).Module,
        skipVisibility: true);

    private static void LoadInstance<T>(ILGenerator code)
    {
        code.Emit(OpCodes.Ldarg_2);
        if (!typeof(T).IsValueType)
            code.Emit(OpCodes.Ldind_Ref);
    }

    // Tells the context where it is as well, for messages. The formatter is of the field's type by construction, so nothing is cast.
    private static void LoadFormatter(ILGenerator code, int index)
    {
        code.Emit(OpCodes.Ldarg_3);
        code.Emit(OpCodes.Ldc_I4, index);
        code.Emit(OpCodes.Call, At);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, index);
        code.Emit(OpCodes.Ldelem_Ref);
    }

    private static (MethodInfo Write, MethodInfo Read) Primitive(Type type, string read) =>
        (typeof(MessagePackWriter).GetMethod(nameof(MessagePackWriter.Write), [type])!, typeof(MessagePackReader).GetMethod(read, Type.EmptyTypes)!);
}
