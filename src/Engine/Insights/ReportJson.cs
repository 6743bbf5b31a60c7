using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace ActorPool.Insights;

/// <summary>Reports as JSON: between pools, nodes and observers, for scripts and for the dashboard.</summary>
/// <remarks>
/// Names are in camel case, times in seconds, instants in UTC. A release may add members, as properties that may be absent, since those of
/// a constructor are required; <see cref="Version"/> changes when it takes one away or gives it another meaning. The types are fixed: what
/// is read never chooses one. Elements of lists are never null: a type whose list is in a report has its <see cref="ListConverter{T}"/>.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, MaxDepth = 16,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [
        typeof(SecondsConverter), typeof(StateConverter<JobState>), typeof(StateConverter<ChunkState>), typeof(StateConverter<NodeState>),
        typeof(StateConverter<WorkerIsolation>), typeof(StateConverter<ProblemSubject>), typeof(SizeReasonConverter),
        typeof(ListConverter<string>),
        typeof(ListConverter<ChunkInsight>), typeof(ListConverter<ChunkSizeStep>), typeof(ListConverter<FailureGroup>),
        typeof(ListConverter<HolderInsight>), typeof(ListConverter<ItemInput>), typeof(ListConverter<JobSummary>),
        typeof(ListConverter<LogLineReport>), typeof(ListConverter<NodeReport>), typeof(ListConverter<PoolReport>),
        typeof(ListConverter<ProblemReport>),
        typeof(ListConverter<RunReport>), typeof(ListConverter<SlowChunk>),
    ])]
[JsonSerializable(typeof(AgentReport))]
[JsonSerializable(typeof(ClusterReport))]
[JsonSerializable(typeof(CommandReport))]
[JsonSerializable(typeof(JobReport))]
[JsonSerializable(typeof(LogReport))]
[JsonSerializable(typeof(PoolReport))]
internal sealed partial class ReportJson : JsonSerializerContext
{
    /// <summary>The version of the format.</summary>
    public const int Version = 1;

    /// <summary>Most bytes of a report between processes.</summary>
    public const int MaxBytes = 4 << 20;
}

/// <summary>Reads lists, and refuses null in them.</summary>
/// <remarks>A peer may send anything. The serializer itself looks for null only where it reads properties.</remarks>
internal sealed class ListConverter<T> : JsonConverter<IReadOnlyList<T>>
    where T : class
{
    public override IReadOnlyList<T> Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
            throw new JsonException("A list is none.");
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        var list = new List<T>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            list.Add(JsonSerializer.Deserialize(ref reader, type) ?? throw new JsonException("An element of a list is null."));
        return list;
    }

    public override void Write(Utf8JsonWriter writer, IReadOnlyList<T> value, JsonSerializerOptions options)
    {
        var type = (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
        writer.WriteStartArray();
        foreach (var element in value)
            JsonSerializer.Serialize(writer, element, type);
        writer.WriteEndArray();
    }
}

/// <summary>Writes times as seconds.</summary>
internal sealed class SecondsConverter : JsonConverter<TimeSpan>
{
    // A peer may send any number.
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetDouble() is var seconds && Math.Abs(seconds) < TimeSpan.MaxValue.TotalSeconds
            ? TimeSpan.FromSeconds(seconds)
            : throw new JsonException("A time is out of range.");

    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) =>
        writer.WriteNumberValue(Math.Round(value.TotalSeconds, 6));
}

/// <summary>Writes why a chunk has its size; a later release may have further reasons.</summary>
internal sealed class SizeReasonConverter : JsonConverter<ChunkSizeReason>
{
    private static readonly Dictionary<string, ChunkSizeReason> s_reasons = Enum.GetValues<ChunkSizeReason>()
        .ToDictionary(reason => JsonNamingPolicy.CamelCase.ConvertName(reason.ToString()), StringComparer.Ordinal);

    private static readonly Dictionary<ChunkSizeReason, string> s_names = s_reasons.ToDictionary(one => one.Value, one => one.Key);

    public override ChunkSizeReason Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
            ? s_reasons.GetValueOrDefault(reader.GetString()!)
            : throw new JsonException("A reason is no text.");

    public override void Write(Utf8JsonWriter writer, ChunkSizeReason value, JsonSerializerOptions options) =>
        writer.WriteStringValue(s_names[value]);
}

/// <summary>Writes a state in lower case.</summary>
internal sealed class StateConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
