using System.Text.Json.Nodes;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>The types of which a <see cref="JsonValue"/> may have been made, by their numbers.</summary>
/// <remarks>
/// A <see cref="JsonValue"/> of a number gives it as its own type only. The numbers are part of the format, so entries are only added, at
/// the end.
/// </remarks>
internal static class JsonPrimitives
{
    private static readonly JsonPrimitive[] s_all =
    [
        new JsonPrimitive<bool>(new RawFormatter<bool>(), false, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<string>(PackedString.Instance!, "", (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<char>(new RawFormatter<char>(), 'a', (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<byte>(new RawFormatter<byte>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<sbyte>(new RawFormatter<sbyte>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<short>(new RawFormatter<short>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<ushort>(new RawFormatter<ushort>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<int>(new RawFormatter<int>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<uint>(new RawFormatter<uint>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<long>(new RawFormatter<long>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<ulong>(new RawFormatter<ulong>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<float>(new RawFormatter<float>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<double>(new RawFormatter<double>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<decimal>(new RawFormatter<decimal>(), 0, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<DateTime>(new RawFormatter<DateTime>(), default, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<DateTimeOffset>(
            new RawFormatter<DateTimeOffset>(), default, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<Guid>(new RawFormatter<Guid>(), default, (value, options) => JsonValue.Create(value, options)),
        new JsonPrimitive<TimeSpan>(new RawFormatter<TimeSpan>(), default, (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<DateOnly>(new RawFormatter<DateOnly>(), default, (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<TimeOnly>(new RawFormatter<TimeOnly>(), default, (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<Half>(new RawFormatter<Half>(), default, (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<Int128>(new RawFormatter<Int128>(), default, (value, options) => JsonValue.Create(value, options)!),
        new JsonPrimitive<UInt128>(new RawFormatter<UInt128>(), default, (value, options) => JsonValue.Create(value, options)!),
    ];

    // .NET's classes of values tell apart what was made of a number, and what a program's own contract writes.
    private static readonly Dictionary<Type, int> s_numbers =
        s_all.Select((one, number) => KeyValuePair.Create(one.Class, number)).ToDictionary();

    /// <summary>Finds the number of a value's type; null for a value of any other type.</summary>
    public static int? FindNumber(JsonValue value) => s_numbers.TryGetValue(value.GetType(), out var number) ? number : null;

    /// <summary>Finds the type of a number; null if there is none.</summary>
    public static JsonPrimitive? Find(int number) => number >= 0 && number < s_all.Length ? s_all[number] : null;
}

/// <summary>Writes and reads values of one type.</summary>
internal abstract class JsonPrimitive
{
    /// <summary>.NET's class of such values.</summary>
    public abstract Type Class { get; }

    public abstract void Write(ref MessagePackWriter writer, JsonValue value, PayloadContext context);
    public abstract JsonValue Read(ref MessagePackReader reader, JsonNodeOptions? options, PayloadContext context);
}

/// <summary>Writes and reads values of a type.</summary>
internal sealed class JsonPrimitive<T>(IMessagePackFormatter<T> formatter, T sample, Func<T, JsonNodeOptions?, JsonValue> create)
    : JsonPrimitive
{
    public override Type Class { get; } = create(sample, null).GetType();

    public override void Write(ref MessagePackWriter writer, JsonValue value, PayloadContext context) =>
        formatter.Serialize(ref writer, value.GetValue<T>(), context);

    public override JsonValue Read(ref MessagePackReader reader, JsonNodeOptions? options, PayloadContext context) =>
        formatter.Deserialize(ref reader, context) is { } value
            ? create(value, options)
            : throw new MessagePackSerializationException("A text of JSON is nil.");
}
