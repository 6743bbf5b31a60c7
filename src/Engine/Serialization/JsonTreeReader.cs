using System.Text.Json;
using System.Text.Json.Nodes;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Makes a JSON tree from the sequence of its parts.</summary>
/// <remarks>
/// What is complete is added to what contains it: to add to a tree that grows downwards, .NET would walk up to its root each time.
/// </remarks>
internal static class JsonTreeReader
{
    private static readonly JsonSerializerOptions s_insensitive = new() { PropertyNameCaseInsensitive = true };

    /// <exception cref="MessagePackSerializationException">The parts are not those of a tree.</exception>
    public static JsonNode Read(ref MessagePackReader reader, PayloadContext context)
    {
        try
        {
            var text = ReadText(ref reader);
            var elements = text.Length == 0 ? default : JsonElement.Parse(text).EnumerateArray();
            return ReadTree(ref reader, ref elements, context);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or InvalidOperationException)
        {
            throw new MessagePackSerializationException($"The parts are not those of a JSON tree: {e.Message}", e);
        }
    }

    private static JsonNode ReadTree(ref MessagePackReader reader, ref JsonElement.ArrayEnumerator elements, PayloadContext context)
    {
        var open = new Stack<(JsonNode Node, string? Name)>();
        while (true)
        {
            var bits = (JsonPart)reader.ReadInt32();
            var part = bits & JsonPart.Kinds;
            var options = GetOptions(bits & ~JsonPart.Kinds);
            var name = part != JsonPart.End && open.TryPeek(out var holder) && holder.Node is JsonObject ? ReadText(ref reader) : null;
            JsonNode? node;
            switch (part)
            {
                case JsonPart.Object or JsonPart.Array:
                    if (open.Count == JsonTreeWriter.MaxDepth)
                        throw new MessagePackSerializationException($"JSON is more than [{JsonTreeWriter.MaxDepth}] deep.");
                    open.Push((part == JsonPart.Object ? new JsonObject(options) : new JsonArray(options), name));
                    continue;
                case JsonPart.End:
                    (node, name) = open.TryPop(out var ended)
                        ? ended
                        : throw new MessagePackSerializationException("JSON ends before it begins.");
                    break;
                default:
                    node = ReadLeaf(ref reader, part, options, ref elements, context);
                    break;
            }
            if (!open.TryPeek(out var container))
                return node ?? throw new MessagePackSerializationException("The root of a JSON tree is null.");
            if (container.Node is JsonObject one)
                one.Add(name!, node);
            else
                ((JsonArray)container.Node).Add(node);
        }
    }

    private static JsonValue? ReadLeaf(
        ref MessagePackReader reader, JsonPart part, JsonNodeOptions? options, ref JsonElement.ArrayEnumerator elements,
        PayloadContext context)
    {
        switch (part)
        {
            case JsonPart.Null:
                return null;
            case JsonPart.Element:
                return elements.MoveNext()
                    ? JsonValue.Create(elements.Current, options)
                    : throw new MessagePackSerializationException("JSON has more parsed values than its text.");
            case JsonPart.Read:
                return JsonSerializer.Deserialize<JsonValue>(
                    ReadText(ref reader), options is { PropertyNameCaseInsensitive: true } ? s_insensitive : null);
            default:
                return JsonPrimitives.Find(part - JsonPart.Primitive) is { } primitive
                    ? primitive.Read(ref reader, options, context)
                    : throw new MessagePackSerializationException($"JSON has no part [{(int)part}].");
        }
    }

    private static JsonNodeOptions? GetOptions(JsonPart bits) => bits switch
    {
        default(JsonPart) => null,
        JsonPart.IsSensitive => new JsonNodeOptions(),
        JsonPart.IsInsensitive => new JsonNodeOptions { PropertyNameCaseInsensitive = true },
        _ => throw new MessagePackSerializationException($"A node of JSON has the options [{(int)bits}]."),
    };

    private static string ReadText(ref MessagePackReader reader) =>
        PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("A text of JSON is nil.");
}
