using System.Collections;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Collections.ObjectModel;
using System.Collections.Specialized;
using System.Globalization;
using System.Net;
using System.Net.Mail;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace ActorPool.Serialization;

/// <summary>The types of .NET that a payload may name, by their numbers.</summary>
/// <remarks>
/// A closed list: no bytes can make a reader use another type of .NET. The numbers are part of the format, so entries are only added, at
/// the end. Interfaces and <see cref="object"/> are type arguments, of which there are no instances.
/// </remarks>
internal static class FrameworkTypes
{
    private static readonly Type[] s_types =
    [
        typeof(bool), typeof(byte), typeof(sbyte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong),
        typeof(float), typeof(double), typeof(char), typeof(string), typeof(decimal), typeof(object),
        typeof(Half), typeof(Int128), typeof(UInt128), typeof(BigInteger), typeof(Complex), typeof(Rune), typeof(Guid),
        typeof(DateTime), typeof(DateTimeOffset), typeof(DateOnly), typeof(TimeOnly), typeof(TimeSpan), typeof(DayOfWeek),
        typeof(DateTimeKind), typeof(Index), typeof(Range), typeof(Version), typeof(BitArray), typeof(BitVector32), typeof(Uri),
        typeof(StringBuilder), typeof(StringComparison), typeof(Vector2), typeof(Vector3), typeof(Vector4), typeof(Quaternion),
        typeof(Matrix3x2), typeof(Matrix4x4), typeof(Plane),
        typeof(Nullable<>), typeof(KeyValuePair<,>), typeof(Lazy<>),
        typeof(ValueTuple), typeof(ValueTuple<>), typeof(ValueTuple<,>), typeof(ValueTuple<,,>), typeof(ValueTuple<,,,>),
        typeof(ValueTuple<,,,,>), typeof(ValueTuple<,,,,,>), typeof(ValueTuple<,,,,,,>), typeof(ValueTuple<,,,,,,,>),
        typeof(Tuple<>), typeof(Tuple<,>), typeof(Tuple<,,>), typeof(Tuple<,,,>),
        typeof(Tuple<,,,,>), typeof(Tuple<,,,,,>), typeof(Tuple<,,,,,,>), typeof(Tuple<,,,,,,,>),
        typeof(List<>), typeof(Dictionary<,>), typeof(HashSet<>), typeof(LinkedList<>), typeof(Queue<>), typeof(Stack<>),
        typeof(SortedSet<>), typeof(SortedDictionary<,>), typeof(SortedList<,>), typeof(PriorityQueue<,>), typeof(OrderedDictionary<,>),
        typeof(Collection<>), typeof(ReadOnlyCollection<>), typeof(ObservableCollection<>), typeof(ReadOnlyDictionary<,>),
        typeof(ReadOnlySet<>), typeof(ReadOnlyObservableCollection<>),
        typeof(ConcurrentBag<>), typeof(ConcurrentQueue<>), typeof(ConcurrentStack<>), typeof(ConcurrentDictionary<,>),
        typeof(ImmutableArray<>), typeof(ImmutableList<>), typeof(ImmutableQueue<>), typeof(ImmutableStack<>), typeof(ImmutableHashSet<>),
        typeof(ImmutableDictionary<,>), typeof(ImmutableSortedSet<>), typeof(ImmutableSortedDictionary<,>),
        typeof(FrozenSet<>), typeof(FrozenDictionary<,>), typeof(ILookup<,>), typeof(IGrouping<,>),
        typeof(Memory<>), typeof(ReadOnlyMemory<>), typeof(ArraySegment<>),
        typeof(IEnumerable<>), typeof(ICollection<>), typeof(IList<>), typeof(ISet<>), typeof(IDictionary<,>),
        typeof(IReadOnlyCollection<>),
        typeof(IReadOnlyList<>), typeof(IReadOnlySet<>), typeof(IReadOnlyDictionary<,>), typeof(IImmutableList<>),
        typeof(IImmutableDictionary<,>), typeof(IImmutableSet<>), typeof(IEnumerable), typeof(ICollection), typeof(IList),
        typeof(IDictionary), typeof(IComparable), typeof(IComparable<>), typeof(IEquatable<>), typeof(IFormattable),
        typeof(IComparer<>), typeof(IEqualityComparer<>), typeof(Comparer<>), typeof(EqualityComparer<>), typeof(StringComparer),
        typeof(ArrayList), typeof(Hashtable), typeof(NameValueCollection), typeof(StringCollection), typeof(StringDictionary),
        typeof(CultureInfo), typeof(CompareInfo), typeof(Encoding), typeof(TimeZoneInfo), typeof(Regex), typeof(Type),
        typeof(IPAddress), typeof(IPEndPoint), typeof(DnsEndPoint), typeof(MailAddress),
        typeof(JsonElement), typeof(JsonDocument), typeof(JsonNode), typeof(JsonObject), typeof(JsonArray), typeof(JsonValue),
        typeof(XElement), typeof(XDocument), typeof(System.Threading.Lock), typeof(RegexOptions), typeof(Queue), typeof(Stack),
        typeof(Delegate), typeof(Action), typeof(Action<>), typeof(Action<,>), typeof(Action<,,>), typeof(Action<,,,>), typeof(Func<>),
        typeof(Func<,>), typeof(Func<,,>), typeof(Func<,,,>), typeof(Func<,,,,>), typeof(Predicate<>), typeof(Comparison<>),
        typeof(Converter<,>), typeof(EventHandler), typeof(EventHandler<>),
        typeof(StrongBox<>), typeof(ImmutableList<>.Builder), typeof(ImmutableHashSet<>.Builder), typeof(ImmutableSortedSet<>.Builder),
        typeof(ImmutableDictionary<,>.Builder), typeof(ImmutableSortedDictionary<,>.Builder), typeof(IEqualityComparer),
        typeof(DBNull),
        typeof(XObject), typeof(XNode), typeof(XContainer), typeof(XAttribute), typeof(XText), typeof(XCData), typeof(XComment),
        typeof(XProcessingInstruction), typeof(XDocumentType), typeof(XDeclaration), typeof(XName), typeof(XNamespace),
        typeof(EventArgs), typeof(System.Reflection.Missing), typeof(Exception),
    ];

    private static readonly FrozenDictionary<Type, int> s_numbers =
        s_types.Select((type, number) => KeyValuePair.Create(type, number)).ToFrozenDictionary();

    /// <summary>Finds a type's number; null for a type that is not in the list.</summary>
    /// <param name="type">A type, or a generic type definition.</param>
    public static int? FindNumber(Type type) => s_numbers.TryGetValue(type, out var number) ? number : null;

    /// <summary>Finds the type of a number; null if there is none.</summary>
    public static Type? Find(int number) => number >= 0 && number < s_types.Length ? s_types[number] : null;
}
