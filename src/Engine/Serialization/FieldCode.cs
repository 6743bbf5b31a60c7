using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.CompilerServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Generates the code that writes and reads the fields of one type.</summary>
/// <remarks>Only the returned delegates keep the code alive.</remarks>
internal static class FieldCode
{
    public delegate void WriteFields<T>(ref MessagePackWriter writer, ref T value, PayloadContext context);
    public delegate void ReadFields<T>(ref MessagePackReader reader, ref T value, PayloadContext context);

    private static readonly MethodInfo s_setField = typeof(PayloadContext).GetMethod(nameof(PayloadContext.SetField))!;
    private static readonly Dictionary<Type, (MethodInfo Write, MethodInfo Read)> s_primitives = new()
    {
        [typeof(bool)] = FindPrimitive(typeof(bool), nameof(MessagePackReader.ReadBoolean)),
        [typeof(byte)] = FindPrimitive(typeof(byte), nameof(MessagePackReader.ReadByte)),
        [typeof(sbyte)] = FindPrimitive(typeof(sbyte), nameof(MessagePackReader.ReadSByte)),
        [typeof(short)] = FindPrimitive(typeof(short), nameof(MessagePackReader.ReadInt16)),
        [typeof(ushort)] = FindPrimitive(typeof(ushort), nameof(MessagePackReader.ReadUInt16)),
        [typeof(int)] = FindPrimitive(typeof(int), nameof(MessagePackReader.ReadInt32)),
        [typeof(uint)] = FindPrimitive(typeof(uint), nameof(MessagePackReader.ReadUInt32)),
        [typeof(long)] = FindPrimitive(typeof(long), nameof(MessagePackReader.ReadInt64)),
        [typeof(ulong)] = FindPrimitive(typeof(ulong), nameof(MessagePackReader.ReadUInt64)),
        [typeof(float)] = FindPrimitive(typeof(float), nameof(MessagePackReader.ReadSingle)),
        [typeof(double)] = FindPrimitive(typeof(double), nameof(MessagePackReader.ReadDouble)),
        [typeof(char)] = FindPrimitive(typeof(char), nameof(MessagePackReader.ReadChar)),
        [typeof(string)] = (
            typeof(PackedString).GetMethod(nameof(PackedString.Write))!, typeof(PackedString).GetMethod(nameof(PackedString.Read))!),
    };

    /// <summary>Whether the field's class has explicit layout, so that fields may share memory.</summary>
    /// <remarks>Then formatters write and read even its primitive fields.</remarks>
    public static bool IsExplicit(FieldInfo field) => field.DeclaringType!.IsExplicitLayout;

    /// <param name="formatters">One for each field; not used for primitives without explicit layout.</param>
    public static WriteFields<T> CreateWriter<T>(FieldInfo[] fields, object[] formatters)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return FieldReflection.CreateWriter<T>(fields, formatters);
        var method = CreateMethod<T>("Write", typeof(MessagePackWriter));
        var code = method.GetILGenerator();
        for (var i = 0; i < fields.Length; i++)
        {
            var type = fields[i].FieldType;
            if (s_primitives.TryGetValue(type, out var primitive) && !IsExplicit(fields[i]))
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

    public static ReadFields<T> CreateReader<T>(FieldInfo[] fields, object[] formatters)
    {
        if (!RuntimeFeature.IsDynamicCodeSupported)
            return FieldReflection.CreateReader<T>(fields, formatters);
        var method = CreateMethod<T>("Read", typeof(MessagePackReader));
        var code = method.GetILGenerator();
        for (var i = 0; i < fields.Length; i++)
        {
            var type = fields[i].FieldType;
            if (s_primitives.TryGetValue(type, out var primitive) && !IsExplicit(fields[i]))
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

    private static DynamicMethod CreateMethod<T>(string verb, Type packed) => new(
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

    // Also tells the context which field comes next, for messages. By construction the formatter has the field's type: no cast is needed.
    private static void LoadFormatter(ILGenerator code, int index)
    {
        code.Emit(OpCodes.Ldarg_3);
        code.Emit(OpCodes.Ldc_I4, index);
        code.Emit(OpCodes.Call, s_setField);
        code.Emit(OpCodes.Ldarg_0);
        code.Emit(OpCodes.Ldc_I4, index);
        code.Emit(OpCodes.Ldelem_Ref);
    }

    private static (MethodInfo Write, MethodInfo Read) FindPrimitive(Type type, string read) => (
        typeof(MessagePackWriter).GetMethod(nameof(MessagePackWriter.Write), [type])!,
        typeof(MessagePackReader).GetMethod(read, Type.EmptyTypes)!);
}
