using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.HashedStructures;
using static ActorPool.Tests.Serialization.HashedValues;
using static ActorPool.Tests.Serialization.Payloads;
using static ActorPool.Values.FSharp.Types;

namespace ActorPool.Tests.Serialization;

/// <summary>Where hash codes get to by way of helpers, collections and other classes.</summary>
public sealed class HashFlowTests
{
    [Theory]
    [InlineData(typeof(BitArrayBloom), "_bits")]
    [InlineData(typeof(FlagBloom), "_bits")]
    [InlineData(typeof(ByteBloom), "_bits")]
    [InlineData(typeof(HelpedBloom), "_bits")]
    [InlineData(typeof(Cuckoo<string, TextHash>), "_items")]
    [InlineData(typeof(TextTable), "_items")]
    [InlineData(typeof(CountMin), "_counts")]
    [InlineData(typeof(JaggedCountMin), "_rows")]
    [InlineData(typeof(HyperLogLog), "_registers")]
    [InlineData(typeof(ListBuckets), "_buckets")]
    [InlineData(typeof(LinkedBuckets), "_buckets")]
    [InlineData(typeof(StripedCounts), "_stripes")]
    [InlineData(typeof(TypeSlots), "_slots")]
    public void Items_placed_by_hash_codes_are_refused_by_name(Type type, string field) => Refused(type, "places its items", field);

    [Theory]
    [InlineData(typeof(Ring), "_ring")]
    [InlineData(typeof(SortedRing), "_ring")]
    [InlineData(typeof(PairRing), "_ring")]
    [InlineData(typeof(NumberedBuckets), "_buckets")]
    [InlineData(typeof(Seen), "_seen")]
    [InlineData(typeof(TextKey), "_key")]
    [InlineData(typeof(ShownKey), "_key")]
    [InlineData(typeof(MinHash), "_signature")]
    [InlineData(typeof(SpanMinHash), "_signature")]
    [InlineData(typeof(LinqMinHash), "_signature")]
    [InlineData(typeof(FromCache), "_label")]
    [InlineData(typeof(Memoizing), "_memo")]
    [InlineData(typeof(CodeBytes), "_code")]
    [InlineData(typeof(CopiedCodes), "_codes")]
    public void Hash_codes_in_collections_and_text_are_refused_by_name(Type type, string field) =>
        Refused(type, "keeps a hash code", field);

    [Theory]
    [InlineData(typeof(TypeNames), "_names")]
    [InlineData(typeof(MethodNames), "_names")]
    public void Addresses_of_types_and_methods_are_refused_by_name(Type type, string field) => Refused(type, "keeps an address", field);

    [Theory]
    [InlineData(typeof(MadeElsewhere), "Code")]
    [InlineData(typeof(MadeByDelegate), "Code")]
    [InlineData(typeof(MadeByComparer), "Code")]
    [InlineData(typeof(MadeByHasher), "Code")]
    [InlineData(typeof(MadeByStringComparer), "Code")]
    [InlineData(typeof(SetByWith), "Code")]
    [InlineData(typeof(SetByInitializer), "Code")]
    [InlineData(typeof(HashBox), "Value")]
    [InlineData(typeof(InStrongBox), "_hash")]
    [InlineData(typeof(LazyFromOutside), "_hash")]
    [InlineData(typeof(MadeWithDictionary), "Names")]
    [InlineData(typeof(Comparing), "_hash")]
    [InlineData(typeof(Stamped), "Code@")]
    [InlineData(typeof(Handle.ByCode), "_code")]
    [InlineData(typeof(MadeByTask), "Code")]
    [InlineData(typeof(MadeByValueTask), "_code")]
    [InlineData(typeof(MadeOfStream), "_codes")]
    [InlineData(typeof(MadeByContinuation), "Code")]
    public void Hash_codes_that_another_class_gives_are_refused_by_name(Type type, string field) =>
        Refused(type, "keeps a hash code", field);

    [Theory]
    [InlineData(typeof(Catalog))]
    [InlineData(typeof(Lru))]
    [InlineData(typeof(Router))]
    [InlineData(typeof(Locks))]
    [InlineData(typeof(FnvBloom))]
    [InlineData(typeof(StableKeyBloom))]
    [InlineData(typeof(NumberBloom))]
    [InlineData(typeof(Report))]
    [InlineData(typeof(Grid))]
    [InlineData(typeof(Compared))]
    [InlineData(typeof(Mixed))]
    [InlineData(typeof(ByTime))]
    [InlineData(typeof(Chosen))]
    [InlineData(typeof(LogsHash))]
    [InlineData(typeof(Kept<string>))]
    public void Look_alikes_travel(Type type) => Assert.Null(HashRefusals.Find(type));

    [Fact]
    public void HashCode_itself_is_refused()
    {
        Assert.Contains("HashCode", Refusal<WithHashCode>().Message, StringComparison.Ordinal);
        Assert.Contains("HashCode", Refusal<WithHashCode[]>().Message, StringComparison.Ordinal);
        Assert.Contains("[Code]", Refusal<NumberOnly>().Message, StringComparison.Ordinal);
        Assert.Contains("[Code]", Refusal<NumberOnly[]>().Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_who_sends_checks()
    {
        using var writer = new PayloadWriter();
        var sender = New();
        sender.GetCheckedCodec<NumberOnly[]>().Write(writer, new[] { new NumberOnly[2] }, firstIndex: 0);
        var arrived = new NumberOnly[1][];

        await New().GetCheckedCodec<NumberOnly[]>().ReadAsync(new MemoryPayloadReader(writer.ToArray()), arrived, default);

        Assert.Equal(2, arrived[0].Length);
        var open = new object[] { default(NumberOnly) };
        var refusal = Assert.Throws<PayloadException>(() => sender.WriteValue(writer, typeof(object[]), open));
        Assert.Contains("keeps a hash code in the field [Code]", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Look_alikes_work_after_the_trip()
    {
        var bloom = new FnvBloom();
        bloom.Add("a");
        Assert.True((await TripOneAsync(bloom)).MayHave("a"));
        var lru = new Lru();
        lru.Put("a", 1);
        Assert.Equal(1, (await TripOneAsync(lru)).Get("a"));
        Assert.Equal(3, (await TripOneAsync(new Report("a", 3))).Count);
    }

    private static void Refused(Type type, string how, string field)
    {
        var (reason, _) = HashRefusals.Find(type)!.Value;
        Assert.StartsWith(how, reason, StringComparison.Ordinal);
        Assert.Contains($"in the field [{field}]", reason, StringComparison.Ordinal);
    }
}
