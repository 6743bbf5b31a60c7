using System.Collections;
using System.Runtime.Serialization;
using System.Text.Json.Serialization;
using System.Xml;
using System.Xml.Schema;
using System.Xml.Serialization;
using static ActorPool.Values.Answer;

namespace ActorPool.Values.Kinds;

/// <summary>Types with a contract of serialization, which is carried or refused.</summary>
public sealed class ContractKinds : IKindSource
{
    public IEnumerable<Kind> Create() =>
    [
        Kind.Of("OnDeserialized", () => new Indexed("a", "b"), v => Of(v.Find("b"))),
        Kind.Of("OnDeserializing", () => new Defaulted("a"), v => Of(v.Text, v.Extra)),
        Kind.Of("OnSerializing", () => new Preparing(5), v => Of(v.Value)),
        Kind.Of("OnSerialized", () => new Afterwards(5), v => Of(v.Value, v.IsLocked)),
        Kind.Of("OnDeserialized of a base class", () => new IndexedMore("a", "b"), v => Of(v.Find("b"), v.More)),
        Kind.Of("OnDeserialized in a struct", () => new StructIndexed(3), v => Of(v.Double)),
        Kind.Of("OnDeserialized: list", () => new List<Indexed> { new("a"), new("b", "c") }, v => Of(v[0].Find("a"), v[1].Find("c"))),
        Kind.Of("OnDeserialized: inside another", () => new Wrapper(new Indexed("a", "b")), v => Of(v.Inner.Find("b"))),
        Kind.Of("OnDeserialized: as key", MakeKeyed, v => Of(v.Count, v.Keys.Single().Find("a"))),
        Kind.Of("NonSerialized without a contract", () => new Partial("a"), v => Of(v.Text)),
        Kind.Of("ISerializable", () => Custom.Make("a"), v => Of(v.Text, v.Way)),
        Kind.Of("ISerializable: derived", () => CustomMore.Make("a", 5), v => Of(v.Text, v.Number)),
        Kind.Of("ISerializable: without a constructor for it", () => new HalfCustom("a"), v => Of(v.Text)),
        Kind.Of("ISerializable: a collection", () => Bag.Make(1, 2), v => Items(v)),
        Kind.Of("IDeserializationCallback", () => new CalledBack("a", "b"), v => Of(v.Find("b"))),
        Kind.Of("IObjectReference", () => Single.Instance, v => Of(ReferenceEquals(v, Single.Instance))),
        Kind.Of("IObjectReference: in a field", () => new Uses(Single.Instance), v => Of(ReferenceEquals(v.Single, Single.Instance))),
        Kind.Of("IObjectReference: interned", () => Symbol.Get("a"), v => Of(ReferenceEquals(v, Symbol.Get("a")), v.Name)),
        Kind.Of("OptionalField", () => new Optional("a"), v => Of(v.Text, v.Added)),
        Kind.Of("Serializable", () => new Marked("a"), v => Of(v.Text)),
        Kind.Of("DataContract", () => new Contract { Sent = 1, Kept = 2 }, v => Of(v.Sent, v.Kept)),
        Kind.Of("DataContract: IgnoreDataMember", () => new Ignoring { Sent = 1, Kept = 2 }, v => Of(v.Sent, v.Kept)),
        Kind.Of("JsonIgnore", () => new Json { Sent = 1, Kept = 2 }, v => Of(v.Sent, v.Kept)),
        Kind.Of("JsonConstructor", () => new Built(3), v => Of(v.Twice)),
        Kind.Of("IXmlSerializable", () => new OwnXml { Text = "a" }, v => Of(v.Text)),
    ];

    private static Dictionary<Indexed, int> MakeKeyed() => new() { [new Indexed("a")] = 1 };

    [Serializable]
    public class Indexed
    {
        private readonly string[] _words;
        [NonSerialized] private Dictionary<string, int>? _index;

        public Indexed(params string[] words)
        {
            _words = words;
            OnDeserialized(default);
        }

        public int Find(string word) => _index!.GetValueOrDefault(word, -1);

        [OnDeserialized]
        private void OnDeserialized(StreamingContext context) =>
            _index = _words.Select((word, i) => (word, i)).ToDictionary(pair => pair.word, pair => pair.i, StringComparer.Ordinal);
    }

    [Serializable]
    public sealed class IndexedMore(params string[] words) : Indexed(words)
    {
        [NonSerialized] private int _more = words.Length;

        public int More => _more;

        [OnDeserialized]
        private void OnMoreDeserialized(StreamingContext context) => _more = Find("b") + 1;
    }

    [Serializable]
    public sealed class Defaulted(string text)
    {
        [NonSerialized] private string _extra = "extra";

        public string Text { get; } = text;

        public string Extra => _extra;

        [OnDeserializing]
        private void OnDeserializing(StreamingContext context) => _extra = "extra";
    }

    [Serializable]
    public sealed class Preparing(int value)
    {
        [NonSerialized] private int _value = value;
        private string? _written;

        public int Value => _value;

        [OnSerializing]
        private void OnSerializing(StreamingContext context) => _written = $"{_value}";

        [OnDeserialized]
        private void OnDeserialized(StreamingContext context) =>
            _value = int.Parse(_written!, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Serializable]
    public sealed class Afterwards(int value)
    {
        private bool _isLocked;

        public int Value { get; } = value;

        public bool IsLocked => _isLocked;

        [OnSerializing]
        private void OnSerializing(StreamingContext context) => _isLocked = true;

        [OnSerialized]
        private void OnSerialized(StreamingContext context) => _isLocked = false;

        [OnDeserialized]
        private void OnDeserialized(StreamingContext context) => _isLocked = false;
    }

    [Serializable]
    public struct StructIndexed
    {
        private readonly int _number;
        [NonSerialized] private int _double;

        public StructIndexed(int number) => (_number, _double) = (number, 2 * number);

        public readonly int Double => _double;

        [OnDeserialized]
        private void OnDeserialized(StreamingContext context) => _double = 2 * _number;
    }

    public sealed record Wrapper(Indexed Inner);

    public sealed class Partial(string text)
    {
        [NonSerialized] private object? _cache = new();

        public string Text => _cache is null ? $"{text}" : text;
    }

    [Serializable]
    public class Custom : ISerializable
    {
        private readonly string _secret;

        protected Custom(string text) => _secret = text;

        protected Custom(SerializationInfo info, StreamingContext context) => _secret = info.GetString("text")!;

        public string Text => _secret;

        public int Way => 1;

        public static Custom Make(string text) => new(text);

        public virtual void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("text", _secret);
    }

    [Serializable]
    public sealed class CustomMore : Custom
    {
        private CustomMore(string text, int number) : base(text) => Number = number;

        private CustomMore(SerializationInfo info, StreamingContext context) : base(info, context) => Number = info.GetInt32("number");

        public int Number { get; }

        public static CustomMore Make(string text, int number) => new(text, number);

        public override void GetObjectData(SerializationInfo info, StreamingContext context)
        {
            base.GetObjectData(info, context);
            info.AddValue("number", Number);
        }
    }

    [Serializable]
    public sealed class HalfCustom(string text) : ISerializable
    {
        public string Text { get; } = text;

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("text", Text);
    }

    [Serializable]
    public sealed class Bag : IEnumerable<int>, ISerializable
    {
        private readonly List<int> _items;

        private Bag(IEnumerable<int> items) => _items = [.. items];

        private Bag(SerializationInfo info, StreamingContext context) => _items = [.. (int[])info.GetValue("items", typeof(int[]))!];

        public static Bag Make(params int[] items) => new(items);

        public void GetObjectData(SerializationInfo info, StreamingContext context) => info.AddValue("items", _items.ToArray());

        public IEnumerator<int> GetEnumerator() => _items.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }

    [Serializable]
    public sealed class CalledBack : IDeserializationCallback
    {
        private readonly string[] _words;
        [NonSerialized] private HashSet<string>? _set;

        public CalledBack(params string[] words)
        {
            _words = words;
            OnDeserialization(null);
        }

        public bool Find(string word) => _set!.Contains(word);

        public void OnDeserialization(object? sender) => _set = [.. _words];
    }

    [Serializable]
    public sealed class Single : IObjectReference
    {
        private static readonly Single s_instance = new();
        private int _unused;

        private Single() { }

        public static Single Instance => s_instance;

        public object GetRealObject(StreamingContext context) => s_instance;
    }

    public sealed record Uses(Single Single);

    [Serializable]
    public sealed class Symbol : IObjectReference
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Symbol> s_known = new();

        private Symbol(string name) => Name = name;

        public string Name { get; }

        public static Symbol Get(string name) => s_known.GetOrAdd(name, key => new Symbol(key));

        public object GetRealObject(StreamingContext context) => Get(Name);
    }

    [Serializable]
    public sealed class Optional(string text)
    {
        [OptionalField] private int _added = 5;

        public string Text { get; } = text;

        public int Added => _added;
    }

    [Serializable]
    public sealed class Marked(string text)
    {
        public string Text { get; } = text;
    }

    [DataContract]
    public sealed class Contract
    {
        [DataMember] public int Sent { get; set; }
        public int Kept { get; set; }
    }

    public sealed class Ignoring
    {
        public int Sent { get; set; }
        [IgnoreDataMember] public int Kept { get; set; }
    }

    public sealed class Json
    {
        public int Sent { get; set; }
        [JsonIgnore] public int Kept { get; set; }
    }

    [method: JsonConstructor]
    public sealed class Built(int number)
    {
        public int Twice { get; } = 2 * number;
    }

    public sealed class OwnXml : IXmlSerializable
    {
        public string Text { get; set; } = "";

        public XmlSchema? GetSchema() => null;

        public void ReadXml(XmlReader reader) => Text = reader.ReadElementContentAsString();

        public void WriteXml(XmlWriter writer) => writer.WriteString(Text);
    }
}
