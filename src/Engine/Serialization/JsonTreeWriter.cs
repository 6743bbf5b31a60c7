using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes a JSON tree as the sequence of its parts.</summary>
/// <remarks>
/// An end follows the members of an object and the items of an array. The values that were parsed come first, as one text: on arrival they
/// are in one document again.
/// </remarks>
internal static class JsonTreeWriter
{
    /// <summary>How deep objects and arrays may be inside each other.</summary>
    /// <remarks>.NET looks for the options and the path of a node by recursion, and writes no text that is deeper.</remarks>
    public const int MaxDepth = 1000;

    private static readonly SearchValues<char> s_letters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <exception cref="PayloadException">A value is of a type that does not travel, or the tree is too deep.</exception>
    public static void Write(ref MessagePackWriter writer, JsonNode root, PayloadContext context)
    {
        PackedString.Write(ref writer, JoinElements(root, context));
        foreach (var (name, node, isEnd) in Walk(root, context))
        {
            if (isEnd)
            {
                writer.Write((int)JsonPart.End);
                continue;
            }
            var part = FindPart(node, context);
            writer.Write((int)(part | FindOptions(node)));
            if (name is not null)
                PackedString.Write(ref writer, name);
            if (part == JsonPart.Read)
                PackedString.Write(ref writer, node!.AsValue().GetValue<JsonElement>().GetRawText());
            else if (part >= JsonPart.Primitive)
                JsonPrimitives.Find(part - JsonPart.Primitive)!.Write(ref writer, node!.AsValue(), context);
        }
    }

    /// <summary>Formats the path to a node.</summary>
    /// <returns>Three points for a node so deep that .NET's recursion might end the stack.</returns>
    public static string FormatPath(JsonNode node)
    {
        var depth = 0;
        for (var holder = node.Parent; holder is not null; holder = holder.Parent)
        {
            if (++depth > MaxDepth)
                return "...";
        }
        return node.GetPath();
    }

    // Empty for none: a nil would stand for the whole tree.
    private static string JoinElements(JsonNode root, PayloadContext context)
    {
        StringBuilder? text = null;
        foreach (var (_, node, isEnd) in Walk(root, context))
        {
            if (isEnd || node is not JsonValue value || FindPart(node, context) != JsonPart.Element)
                continue;
            text = text is null ? new StringBuilder("[") : text.Append(',');
            text.Append(value.GetValue<JsonElement>().GetRawText());
        }
        return text?.Append(']').ToString() ?? "";
    }

    private static IEnumerable<(string? Name, JsonNode? Node, bool IsEnd)> Walk(JsonNode root, PayloadContext context)
    {
        yield return (null, root, false);
        var open = new Stack<IEnumerator<(string? Name, JsonNode? Node)>>();
        Open(root);
        while (open.TryPeek(out var children))
        {
            if (!children.MoveNext())
            {
                open.Pop();
                yield return (null, null, true);
                continue;
            }
            var (name, node) = children.Current;
            yield return (name, node, false);
            Open(node);
        }

        void Open(JsonNode? node)
        {
            if (node is JsonObject or JsonArray && open.Count == MaxDepth)
            {
                throw context.CreateError(
                    $"A [{TypeText.Format(root.GetType())}] is more than [{MaxDepth}] objects and arrays deep.",
                    "Send its parts one by one, or as a class.");
            }
            if (node is JsonArray array)
                open.Push(array.Select(item => ((string?)null, item)).GetEnumerator());
            else if (node is JsonObject one)
                open.Push(GetMembers(one, context).Select(member => ((string?)member.Key, member.Value)).GetEnumerator());
        }
    }

    // An object that was parsed finds out only now whether a name occurs twice in its text.
    private static JsonObject GetMembers(JsonObject node, PayloadContext context)
    {
        try
        {
            _ = node.Count;
            return node;
        }
        catch (ArgumentException e)
        {
            throw context.CreateError(
                $"The [JsonObject] at [{node.GetPath()}] cannot be used: {e.Message}", "Send its text, or a JsonElement.");
        }
    }

    private static JsonPart FindPart(JsonNode? node, PayloadContext context)
    {
        if (node is not JsonValue value)
            return node is null ? JsonPart.Null : node is JsonObject ? JsonPart.Object : JsonPart.Array;
        if (JsonPrimitives.FindNumber(value) is { } number)
            return JsonPart.Primitive + number;
        if (value.TryGetValue<JsonElement>(out _))
            return value.TryGetValue<object>(out _) ? JsonPart.Element : JsonPart.Read;
        var type = value.GetType() is { IsGenericType: true } made ? made.GetGenericArguments()[0] : value.GetType();
        throw context.CreateError(
            $"The [JsonValue] at [{value.GetPath()}] was made of a [{TypeText.Format(type)}], and could not give it there.",
            "Make it with JsonSerializer.SerializeToNode(value), or of a text or a number.");
    }

    // What is in a tree has the options of what contains it, unless it has others. Names are told by the options at the first of them.
    private static JsonPart FindOptions(JsonNode? node)
    {
        if (node?.Options is not { } options || node is JsonValue && node.Parent?.Options.Equals(options) is true)
            return default;
        if (!options.PropertyNameCaseInsensitive)
            return JsonPart.IsSensitive;
        return node is JsonObject { Count: > 0 } one && !FindsOtherCase(one) ? default : JsonPart.IsInsensitive;
    }

    private static bool FindsOtherCase(JsonObject node)
    {
        foreach (var (name, _) in node)
        {
            var at = name.AsSpan().IndexOfAny(s_letters);
            if (at < 0)
                continue;
            var other = string.Concat(name.AsSpan(0, at), $"{(char)(name[at] ^ 0x20)}", name.AsSpan(at + 1));
            return node.IndexOf(other) == node.IndexOf(name);
        }
        return true;
    }
}
