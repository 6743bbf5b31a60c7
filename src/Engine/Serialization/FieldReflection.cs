using System.Reflection;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes and reads the fields of one type by reflection.</summary>
/// <remarks>
/// <see cref="FieldCode"/> does it by generated code. This is for programs without dynamic code, such as those that
/// <c>dotnet run file.cs</c> starts. The bytes are the same; it takes several times as long.
/// </remarks>
internal static class FieldReflection
{
    public static FieldCode.WriteFields<T> CreateWriter<T>(FieldInfo[] fields, object[] formatters)
    {
        var boxed = Box(fields, formatters);
        return (ref MessagePackWriter writer, ref T value, PayloadContext context) =>
        {
            object instance = value!;
            for (var i = 0; i < fields.Length; i++)
            {
                context.SetField(i);
                boxed[i].Write(ref writer, fields[i].GetValue(instance)!, context);
            }
        };
    }

    public static FieldCode.ReadFields<T> CreateReader<T>(FieldInfo[] fields, object[] formatters)
    {
        var boxed = Box(fields, formatters);
        return (ref MessagePackReader reader, ref T value, PayloadContext context) =>
        {
            object instance = value!; // of a struct, a copy that gets the fields
            for (var i = 0; i < fields.Length; i++)
            {
                context.SetField(i);
                fields[i].SetValue(instance, boxed[i].Read(ref reader, context));
            }
            value = (T)instance;
        };
    }

    private static IBoxedFormatter[] Box(FieldInfo[] fields, object[] formatters) =>
    [
        .. fields.Zip(formatters, (field, formatter) =>
            (IBoxedFormatter)Activator.CreateInstance(typeof(BoxedFormatter<>).MakeGenericType(field.FieldType), formatter)!),
    ];
}
