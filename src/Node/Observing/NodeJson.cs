using System.Text.Json;
using System.Text.Json.Serialization;
using ActorPool.Insights;
using ActorPool.Node.Doctor;

namespace ActorPool.Node.Observing;

/// <summary>What commands report of this machine, as JSON for scripts.</summary>
/// <remarks>The rules of <see cref="ReportJson"/> apply: a release may add members, and the version changes with anything else.</remarks>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    Converters = [typeof(StateConverter<SettingLayer>), typeof(StateConverter<FindingLevel>)])]
[JsonSerializable(typeof(SettingsReport))]
[JsonSerializable(typeof(DoctorReport))]
internal sealed partial class NodeJson : JsonSerializerContext;

/// <summary>All settings in effect.</summary>
/// <param name="Version">The version of the format.</param>
/// <param name="Settings">In the order of <c>reference.conf</c>, then others of Akka.</param>
internal sealed record SettingsReport(int Version, IReadOnlyList<LayeredSetting> Settings)
{
    /// <summary>What is wrong with them; empty if they are right.</summary>
    public IReadOnlyList<string> Problems { get; init; } = [];
}
