using System.Text.Json;
using ActorPool.Serialization;
using MemoryPack;
using MessagePack;
using MessagePack.Resolvers;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace ActorPool.Benchmarks.Serializers;

/// <summary>Encoded items: size, bytes in one piece, and an action that returns their buffers.</summary>
internal sealed record Encoded(long Size, Func<byte[]> Bytes, Action Done);

/// <summary>A serializer with its own defaults.</summary>
internal sealed record Contender<T>(string Name, Func<T[], Encoded> Encode, Func<byte[], int, T[]> Decode)
{
    private static readonly PayloadSerializer s_serializer = new(new PayloadLimits(), LoadedModules.Instance);
    private static readonly FormatterCatalog s_catalog = new(Conversions.None);
    private static readonly MessagePackSerializerOptions s_contractless = ContractlessStandardResolver.Options;
    private static readonly JsonSerializerOptions s_json = new() { IncludeFields = true };

    private static readonly Lazy<Serializer> s_orleans =
        new(() => new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>());

    public static IReadOnlyList<Contender<T>> All { get; } =
    [
        new(
            Names.ActorPool,
            items => Write(s_serializer.GetCodec<T>(), items),
            (bytes, count) => Read(s_serializer.GetCodec<T>(), bytes, count))
        {
            KeepsReferences = true,
        },
        new(
            "MessagePack contractless",
            items => CreateEncoded(MessagePackSerializer.Serialize(items, s_contractless)),
            (bytes, _) => MessagePackSerializer.Deserialize<T[]>(bytes, s_contractless)),
        new(
            "MemoryPack (attributes)",
            items => CreateEncoded(MemoryPackSerializer.Serialize(items)),
            (bytes, _) => MemoryPackSerializer.Deserialize<T[]>(bytes)!),
        new(
            "Orleans (attributes)",
            items => CreateEncoded(s_orleans.Value.SerializeToArray(items)),
            (bytes, _) => s_orleans.Value.Deserialize<T[]>(bytes)!)
        {
            KeepsReferences = true,
        },
        new(
            "System.Text.Json",
            items => CreateEncoded(JsonSerializer.SerializeToUtf8Bytes(items, s_json)),
            (bytes, _) => JsonSerializer.Deserialize<T[]>(bytes, s_json)!),
    ];

    /// <summary>ActorPool in a program without dynamic code, as <c>dotnet run file.cs</c> has none.</summary>
    public static Contender<T> WithoutDynamicCode
    {
        get
        {
            var fields = TypeFields.Get(typeof(T));
            var formatters = fields.Select(one => s_catalog.For(one.FieldType)).ToArray();
            var formatter = new ObjectFormatter<T>();
            formatter.Complete(
                new ObjectShape(typeof(T), [.. fields.Select(one => one.Name)]),
                FieldReflection.CreateWriter<T>(fields, formatters), FieldReflection.CreateReader<T>(fields, formatters));
            var codec = new PackedCodec<T>(s_serializer, formatter, new PayloadLimits());
            return new($"{Names.ActorPool}, dotnet run file.cs", items => Write(codec, items), (bytes, count) => Read(codec, bytes, count));
        }
    }

    /// <summary>Whether an object that occurs twice stays one.</summary>
    public bool KeepsReferences { get; init; }

    private static Encoded Write(PayloadCodec<T> codec, T[] items)
    {
        var writer = new PayloadWriter();
        codec.Write(writer, items, 0);
        return new Encoded(writer.Length, writer.ToArray, writer.Dispose);
    }

    private static T[] Read(PayloadCodec<T> codec, byte[] bytes, int count)
    {
        var items = new T[count];
        var reading = codec.ReadAsync(new MemoryPayloadReader(bytes), items, CancellationToken.None);
        reading.AsTask().GetAwaiter().GetResult(); // it is complete: the bytes are in memory
        return items;
    }

    private static Encoded CreateEncoded(byte[] bytes) => new(bytes.Length, () => bytes, static () => { });
}
