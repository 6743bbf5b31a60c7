using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

public sealed class JsonTreeTests
{
    private static readonly JsonNodeOptions s_insensitive = new() { PropertyNameCaseInsensitive = true };

    [Fact]
    public async Task Options_travel_with_each_node()
    {
        var node = JsonNode.Parse("""{"Name":1,"_in":{"B":[{"C":2}]}}""", s_insensitive)!;
        var copy = await TripOneAsync(node);
        Assert.Equal(1, (int)copy["name"]!);
        Assert.Equal(2, (int)copy["_IN"]!["b"]![0]!["c"]!);
        Assert.True(copy["name"]!.Options!.Value.PropertyNameCaseInsensitive);
        copy["_in"]!["x"] = new JsonObject();
        Assert.True(copy["_in"]!["X"]!.Options!.Value.PropertyNameCaseInsensitive);
        Assert.Null((await TripOneAsync(JsonNode.Parse("""{"Name":1}""")!))["name"]);
        Assert.Null((await TripOneAsync(new JsonObject()))!.Options);
        Assert.False((await TripOneAsync(new JsonObject(new JsonNodeOptions()))).Options!.Value.PropertyNameCaseInsensitive);
        Assert.True((await TripOneAsync(new JsonArray(s_insensitive))).Options!.Value.PropertyNameCaseInsensitive);
        // Its names were told by case before it came into a document that does not.
        var late = new JsonObject(s_insensitive) { ["in"] = new JsonObject { ["a"] = 1, ["A"] = 2 } };
        Assert.Equal(2, (int)(await TripOneAsync(late))["IN"]!["A"]!);
        late = new JsonObject(s_insensitive) { ["in"] = new JsonObject { ["_a"] = 1 } };
        Assert.Null((await TripOneAsync(late))["in"]!["_A"]);
    }

    [Fact]
    public async Task Values_are_of_the_types_that_they_were_made_of()
    {
        var local = new DateTime(2026, 1, 2, 3, 4, 5, DateTimeKind.Local);
        JsonValue[] values =
        [
            JsonValue.Create(true), JsonValue.Create("a\uD800"), JsonValue.Create('c'), JsonValue.Create((byte)1),
            JsonValue.Create((sbyte)1), JsonValue.Create((short)1), JsonValue.Create((ushort)1), JsonValue.Create(1), JsonValue.Create(1u),
            JsonValue.Create(1L), JsonValue.Create(1ul), JsonValue.Create(float.NaN), JsonValue.Create(double.NegativeInfinity),
            JsonValue.Create(1.50m), JsonValue.Create(local), JsonValue.Create(new DateTimeOffset(local)), JsonValue.Create(Guid.NewGuid()),
            JsonValue.Create(TimeSpan.FromTicks(1))!, JsonValue.Create(DateOnly.MaxValue)!, JsonValue.Create(TimeOnly.MaxValue)!,
            JsonValue.Create(Half.MaxValue)!, JsonValue.Create(Int128.MaxValue)!, JsonValue.Create(UInt128.MaxValue)!,
        ];
        foreach (var (one, copy) in values.Zip(await TripAsync(values)))
        {
            Assert.Equal(one.GetValue<object>(), copy.GetValue<object>());
            Assert.Equal(one.GetType(), copy.GetType());
        }
        Assert.Equal("1.50", ((decimal)(await TripOneAsync(values[13]))).ToString(CultureInfo.InvariantCulture));
        var copied = await TripOneAsync(new JsonObject { ["n"] = 3, ["nil"] = null, ["a"] = new JsonArray(1.5, null, "x") });
        Assert.Throws<InvalidOperationException>(() => copied["n"]!.GetValue<long>());
        Assert.Equal("""{"n":3,"nil":null,"a":[1.5,null,"x"]}""", copied.ToJsonString());
    }

    [Fact]
    public async Task Parsed_values_convert_to_any_number()
    {
        var copy = await TripOneAsync(JsonNode.Parse("""[1,2.50,"x",true,null,{"a":"ä"}]""")!);
        Assert.Equal(1L, copy[0]!.GetValue<long>());
        Assert.Equal((byte)1, copy[0]!.GetValue<byte>());
        Assert.Equal("""[1,2.50,"x",true,null,{"a":"\u00E4"}]""", copy.ToJsonString(), ignoreCase: true);
        foreach (var text in new[] { "12", "true", "\"x\"" })
        {
            var read = JsonSerializer.Deserialize<JsonNode>(text)!;
            Assert.Equal(read.GetType(), (await TripOneAsync(read)).GetType());
            Assert.Equal(text, (await TripOneAsync(read)).ToJsonString());
        }
    }

    [Fact]
    public void Other_values_are_refused_with_a_way()
    {
        AssertRefused(
            new JsonObject { ["a"] = new JsonArray(JsonValue.Create(new Custom(1))) }, "at [$.a[0]] was made of a [JsonTreeTests.Custom]");
        AssertRefused(JsonValue.Create(DayOfWeek.Friday)!, "at [$] was made of a [DayOfWeek]");
        AssertRefused(JsonNode.Parse("""{"x":{"a":1,"a":2}}""")!, "at [$.x] cannot be used");

        static void AssertRefused(JsonNode node, string what)
        {
            var refusal = Assert.Throws<PayloadException>(() => Bytes<JsonNode>(new[] { node }));
            Assert.Contains(what, refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_deep_tree_travels_and_one_that_is_too_deep_is_refused()
    {
        var depth = 0;
        for (JsonNode? node = await TripOneAsync(Nest(499)); node is JsonObject; node = node["a"]![0])
            depth++;
        Assert.Equal(499, depth);
        var refusal = Assert.Throws<PayloadException>(() => Bytes<JsonNode>(new[] { Nest(20_000) }));
        Assert.Contains("more than [1000] objects and arrays deep", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Documents_travel_that_only_special_options_can_parse()
    {
        var deep = new string('[', 2000) + new string(']', 2000);
        var options = new JsonDocumentOptions { MaxDepth = 3000, AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip };
        using var document = JsonDocument.Parse($"[{deep},/*c*/]", options);
        Assert.Equal(JsonValueKind.Array, (await TripOneAsync(document.RootElement))[0].ValueKind);
        using var copy = await TripOneAsync(document);
        Assert.Equal(1, copy.RootElement.GetArrayLength());
    }

    [Fact]
    public async Task Parts_that_are_no_tree_are_refused()
    {
        byte[][] hostile =
        [
            [0xA0, 0], [0xA0, 1], [0xA0, 2], [0xA0, 4], [0xA0, 6], [0xA0, 63], [0xA0, 0xFF], [0xA0, 3, 0, 0], [0xA0, 2, 1, 0xC0, 0],
            [0xC0, 3, 0],
            [0xA0, 2, 1, 0xA1, (byte)'a', 1, 0xA1, (byte)'a', 0], [0xA2, (byte)'[', (byte)'x', 4], [0xA1, (byte)'1', 4],
            [0xA4, .. "[[]]"u8, 4], [0xA0, 5, 0xA2, .. "[]"u8], [0xA0, 5, 0xC0], [0xA0, 0xCC, 0xC2, 0], [0xA0, 9, 0xC0],
            [0xA0, 15, 0xC4, 1, 0],
        ];
        Assert.Empty((await ReadAsync<JsonArray>(HostilePayloadTests.Block([0xA0, 3, 0]), 1))[0]);
        foreach (var bytes in hostile)
            await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<JsonArray>(HostilePayloadTests.Block(bytes), 1));
        byte[] deep = [0xA0, .. Enumerable.Repeat((byte)3, 1001), .. new byte[1001]];
        var block = HostilePayloadTests.Block(deep);
        BitConverter.TryWriteBytes(block.AsSpan(1 + sizeof(int)), deep.Length);
        var refusal = await Assert.ThrowsAsync<PayloadException>(() => ReadAsync<JsonArray>(block, 1));
        Assert.Contains("JSON is more than [1000] deep", refusal.Message, StringComparison.Ordinal);
    }

    private static JsonNode Nest(int depth)
    {
        JsonNode tree = new JsonArray();
        for (var i = 0; i < depth; i++)
            tree = new JsonObject { ["a"] = new JsonArray(tree) };
        return tree;
    }

    private sealed record Custom(int Number);
}
