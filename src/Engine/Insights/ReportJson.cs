using System.Text.Json;
using System.Text.Json.Serialization;

namespace ActorPool.Insights;

/// <summary>Reports as JSON: between pools, nodes and observers, for scripts and for the dashboard.</summary>
/// <remarks>
/// Names are in camel case, times in seconds, instants in UTC. A release may add members, as properties that may be absent, since those of
/// a constructor are required; <see cref="Version"/> changes when it takes one away or gives it another meaning. The types are fixed: what
/// is read never chooses one.
/// </remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, MaxDepth = 16,
    RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    Converters = [typeof(SecondsConverter), typeof(StateConverter<JobState>), typeof(StateConverter<ChunkState>),
        typeof(StateConverter<NodeState>), typeof(StateConverter<WorkerIsolation>)])]
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

/// <summary>Writes a state in lower case.</summary>
internal sealed class StateConverter<T>() : JsonStringEnumConverter<T>(JsonNamingPolicy.CamelCase, allowIntegerValues: false)
    where T : struct, Enum;
