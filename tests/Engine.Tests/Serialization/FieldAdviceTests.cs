using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.Serialization;
using ActorPool.Diagnostics;
using ActorPool.Values.Kinds;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>What a refusal advises depends on where the refused type stands.</summary>
public sealed class FieldAdviceTests
{
    [Fact]
    public void Only_fields_of_the_programs_types_can_be_marked()
    {
        AssertMark(Refusal<Stream>(), null);
        AssertMark(Refusal<List<Stream>>(), null);
        AssertMark(Refusal<(int, Stream)>(), null);
        AssertMark(Refusal<KeyValuePair<int, Stream>>(), null);
        AssertMark(Refusal<InTuple>(), null);
        AssertMark(Refusal<Captures>(), null);
        AssertMark(RefuseAnonymous(new { Stream = Stream.Null }), null);
        AssertMark(Refusal<InField>(), "mark the field [NonSerialized]");
        AssertMark(Refusal<InArray>(), "mark the property [field: NonSerialized]");
        AssertMark(Refusal<InRecord[]>(), "mark the property [field: NonSerialized]");
        AssertMark(RefuseValue(new Open { Value = Stream.Null }), "mark the property [field: NonSerialized]");
        AssertMark(RefuseValue(new Open { Value = new List<object> { Stream.Null } }), "mark the property [field: NonSerialized]");
        AssertMark(RefuseValue(new Open { Value = (1, Stream.Null) }), null);
        AssertMark(RefuseValue<object>(Stream.Null), null);

        static void AssertMark(PayloadException refusal, string? mark)
        {
            if (mark is null)
            {
                Assert.DoesNotContain("NonSerialized", refusal.Message, StringComparison.Ordinal);
                return;
            }
            Assert.Contains($"Or {mark}, and it arrives empty", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("[OnDeserialized] can make its value anew", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_marked_field_can_be_made_anew_as_the_advice_says()
    {
        var cache = new Cache();
        cache.Add("a", 1);
        cache.Add("b", 2);
        var copy = await TripOneAsync(cache);
        Assert.Equal(2, copy.Get("b"));
        Assert.Contains("[OnDeserialized]", Refusal<Dictionary<string, Cache.Unmarked>>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Items_and_function_pointers_have_readable_names()
    {
        Assert.Contains(
            "An item of [Expression<Func<int, bool>>[]] is a [Expression<Func<int, bool>>], which belongs",
            Refusal<Expression<Func<int, bool>>[]>().Message, StringComparison.Ordinal);
        Assert.Contains(
            "[FieldAdviceTests.InField._stream], inside a [List<FieldAdviceTests.InField[]>], is a [Stream], which",
            Refusal<List<InField[]>>().Message, StringComparison.Ordinal);
        var pointer = typeof(ObjectKinds.Operation).GetField("_function", BindingFlags.Instance | BindingFlags.NonPublic)!.FieldType;
        Assert.Equal("delegate*<int, string, void>", TypeText.Format(pointer));
        Assert.Equal("delegate*<int, string, void>[]", TypeText.Format(pointer.MakeArrayType()));
        Assert.Contains("[delegate*<int, string, void>]", Refusal<ObjectKinds.Operation>().Message, StringComparison.Ordinal);
    }

    private static PayloadException RefuseValue<T>(T value) => Assert.Throws<PayloadException>(() => Bytes<T>(new[] { value }));

    private static PayloadException RefuseAnonymous<T>(T like) => RefuseValue(like);

    private sealed class InField
    {
        private readonly Stream? _stream = Stream.Null;

        public bool IsOpen => _stream is not null;
    }

    private sealed class InArray
    {
        public Stream[] Streams { get; init; } = [];
    }

    private sealed record InRecord(Stream Stream);

    private sealed class InTuple
    {
        public (int, Stream) Pair { get; init; }
    }

    private sealed class Captures(Stream stream)
    {
        public bool IsOpen => stream.CanRead;
    }

    private sealed class Open
    {
        public object? Value { get; init; }
    }

    private sealed class Cache
    {
        private readonly List<KeyValuePair<string, int>> _items = [];

        [NonSerialized]
        private Dictionary<string, LinkedListNode<int>> _nodes = [];

        public void Add(string key, int value)
        {
            _items.Add(KeyValuePair.Create(key, value));
            _nodes[key] = new LinkedListNode<int>(value);
        }

        public int Get(string key) => _nodes[key].Value;

        [OnDeserialized]
        private void Restore(StreamingContext context) =>
            _nodes = _items.ToDictionary(item => item.Key, item => new LinkedListNode<int>(item.Value), StringComparer.Ordinal);

        public sealed class Unmarked
        {
            public Dictionary<string, LinkedListNode<int>> Nodes { get; init; } = [];
        }
    }
}
