using System.Runtime.InteropServices;
using ActorPool.Serialization;
using MessagePack;

namespace ActorPool.Tests.Serialization;

public sealed class FieldReflectionTests
{
    private static readonly FormatterCatalog s_catalog = new(Conversions.None);

    [Fact]
    public void The_bytes_are_those_of_the_generated_code_and_are_read_again()
    {
        Check(new Order(7, "a", 2.5m) { Tags = { "x" }, When = new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc), Maybe = 3 });
        Check(new Order(7, null, 0));
        Check(new Point { X = 1, Name = "p", Inner = (true, 'c') });
    }

    private static void Check<T>(T value)
    {
        var fields = TypeFields.Get(typeof(T));
        var formatters = Array.ConvertAll(fields, field => s_catalog.For(field.FieldType));
        var shape = new ObjectShape(typeof(T), Array.ConvertAll(fields, field => field.Name));
        var generated = Write(FieldCode.CreateWriter<T>(fields, formatters), value, shape);
        var reflected = Write(FieldReflection.CreateWriter<T>(fields, formatters), value, shape);
        Assert.Equal(generated, reflected);

        var reader = new MessagePackReader(reflected);
        var copy = typeof(T).IsValueType ? default! : (T)Blank.Create(typeof(T));
        var context = CreateContext(shape);
        FieldReflection.CreateReader<T>(fields, formatters)(ref reader, ref copy, context);
        Assert.True(reader.End);
        Assert.Equal(generated, Write(FieldCode.CreateWriter<T>(fields, formatters), copy, shape));
    }

    private static byte[] Write<T>(FieldCode.WriteFields<T> write, T value, ObjectShape shape)
    {
        using var bytes = new PayloadWriter();
        var writer = new MessagePackWriter(bytes);
        write(ref writer, ref value, CreateContext(shape));
        writer.Flush();
        return bytes.ToArray();
    }

    private static PayloadContext CreateContext(ObjectShape shape)
    {
        var context = Payloads.New().CreateContext(isGraph: false);
        context.Enter(shape);
        return context;
    }

    private sealed record Order(int Id, string? Name, decimal Price)
    {
        public List<string> Tags { get; } = [];
        public DateTime When { get; init; }
        public int? Maybe { get; init; }
    }

    [StructLayout(LayoutKind.Auto)]
    private struct Point
    {
        public int X;
        public string Name;
        public (bool, char) Inner;
    }
}
