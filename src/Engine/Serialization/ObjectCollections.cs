using System.Collections;
using System.Collections.Frozen;
using System.Collections.Specialized;
using System.Runtime.CompilerServices;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats .NET's collections of <see cref="object"/> as arrays.</summary>
/// <remarks>Their items are complete where they stand, since some compare them while they are built.</remarks>
internal sealed class ObjectsFormatter<T>(
    IMessagePackFormatter<object?[]?> items, Func<T, object?[]> write, Func<object?[], T> read) : IMessagePackFormatter<T?>
    where T : class
{
    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        writer.WriteArrayHeader(1);
        var context = (PayloadContext)options;
        context.EnterWhole();
        items.Serialize(ref writer, write(value), options);
        context.LeaveWhole();
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        if (reader.ReadArrayHeader() != 1)
            throw new MessagePackSerializationException("A collection does not have exactly one part.");
        var context = (PayloadContext)options;
        context.EnterWhole();
        var all = items.Deserialize(ref reader, options) ?? throw new MessagePackSerializationException("Its items are nil.");
        context.LeaveWhole();
        return read(all);
    }
}

/// <summary>The formatters of .NET's collections from before it had type arguments.</summary>
internal static class ObjectCollections
{
    /// <summary>By type, how to make its formatter from that of its items.</summary>
    public static FrozenDictionary<Type, Func<IMessagePackFormatter<object?[]?>, object>> All { get; } =
        new Dictionary<Type, Func<IMessagePackFormatter<object?[]?>, object>>
        {
            [typeof(ArrayList)] = items => new ObjectsFormatter<ArrayList>(items, list => list.ToArray(), all => new ArrayList(all)),
            [typeof(Queue)] = items => new ObjectsFormatter<Queue>(items, queue => queue.ToArray(), all => new Queue(all)),
            [typeof(Stack)] = items => new ObjectsFormatter<Stack>(
                items, stack => [.. stack.ToArray().Reverse()], all => new Stack(all)),
            [typeof(Hashtable)] = items => new ObjectsFormatter<Hashtable>(
                items, table => [Access.GetComparer(table), .. Flatten(table)],
                all => Fill(new Hashtable(all[0] as IEqualityComparer), all.AsSpan(1))),
            [typeof(StringCollection)] = items => new ObjectsFormatter<StringCollection>(
                items, strings => [.. strings.Cast<string?>()], ReadStrings),
            [typeof(StringDictionary)] = items => new ObjectsFormatter<StringDictionary>(
                items, strings => [.. Flatten(strings.Cast<DictionaryEntry>())], ReadStringDictionary),
            [typeof(NameValueCollection)] = items => new ObjectsFormatter<NameValueCollection>(items, WriteNames, ReadNames),
        }.ToFrozenDictionary();

    private static StringCollection ReadStrings(object?[] all)
    {
        var strings = new StringCollection();
        foreach (var one in all)
            strings.Add((string?)one);
        return strings;
    }

    private static StringDictionary ReadStringDictionary(object?[] all)
    {
        var strings = new StringDictionary();
        for (var i = 0; i + 1 < all.Length; i += 2)
            strings.Add((string)all[i]!, (string?)all[i + 1]);
        return strings;
    }

    private static object?[] WriteNames(NameValueCollection values) =>
    [
        Access.GetComparer(values),
        .. Enumerable.Range(0, values.Count).SelectMany(i => new object?[] { values.GetKey(i), values.GetValues(i) }),
    ];

    private static NameValueCollection ReadNames(object?[] all)
    {
        var values = new NameValueCollection(all[0] as IEqualityComparer);
        for (var i = 1; i + 1 < all.Length; i += 2)
        {
            foreach (var value in all[i + 1] as string[] ?? [null!])
                values.Add((string?)all[i], value);
        }
        return values;
    }

    private static IEnumerable<object?> Flatten(IEnumerable entries) =>
        entries.Cast<DictionaryEntry>().SelectMany(e => new[] { e.Key, e.Value });

    private static T Fill<T>(T target, ReadOnlySpan<object?> all) where T : IDictionary
    {
        for (var i = 0; i + 1 < all.Length; i += 2)
            target.Add(all[i]!, all[i + 1]);
        return target;
    }

    private static class Access
    {
        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_EqualityComparer")]
        public static extern IEqualityComparer? GetComparer(Hashtable table);

        [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "get_Comparer")]
        public static extern IEqualityComparer? GetComparer(NameObjectCollectionBase values);
    }
}
