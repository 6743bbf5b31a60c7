using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>Values that travel by a converter, over nodes of this process and real sockets.</summary>
public sealed class ConverterTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>, IAsyncLifetime
{
    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await cluster.ConnectAsync(new WorkerPoolOptions
    {
        Converters = [new ZoneConverter("test"), new AmountConverter(), new CardConverter()],
        WorkerState = () => Zone.Find("state"),
    });

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task Inputs_captured_variables_results_and_broadcasts_pass_through_it()
    {
        var captured = Zone.Find("a");
        var shared = await _pool.BroadcastAsync(Zone.Find("b"));
        Zone?[] zones = [Zone.Find("a"), Zone.Find("b"), null];

        var results = await _pool.MapAsync(zone => (zone, zone == captured, zone == shared.Value), zones).Within("the map", _pool);

        Assert.Equal([(zones[0], true, false), (zones[1], false, true), (null, false, false)], results);
        Assert.Same(zones[0], results[0].zone);
    }

    [Fact]
    public async Task It_applies_wherever_a_value_stands()
    {
        var order = new Order(Zone.Find("a"), [Zone.Find("b"), Zone.Find("a")], Zone.Find("c"), new Amount(new Currency("EUR"), 5));

        var copy = (await _pool.MapAsync(x => x, [order]).Within("the map", _pool))[0];

        Assert.Same(order.Zone, copy.Zone);
        Assert.Equal(order.All, copy.All);
        Assert.Same(order.Any, copy.Any);
        Assert.Equal(5, copy.Amount.Value);
        Assert.Equal("EUR!", copy.Amount.Currency.Code);
    }

    [Fact]
    public async Task A_workers_state_and_exceptions_pass_through_it()
    {
        Assert.Equal("state", await _pool.ApplyAsync(() => ((Zone)WorkContext.Current!.State!).Id).Within("the call", _pool));

        var error = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.ApplyAsync<int>(() => throw new ZoneException(Zone.Find("lost"))).Within("the call", _pool));

        Assert.Same(Zone.Find("lost"), Assert.IsType<ZoneException>(error.InnerException).Zone);
    }

    [Fact]
    public async Task One_object_stays_one_object()
    {
        var card = new Card(7);

        var same = await _pool.MapAsync(pair => ReferenceEquals(pair[0], pair[1]) && pair[0].Number == 7, [new[] { card, card }])
            .Within("the map", _pool);

        Assert.True(same[0]);
    }

    [Fact]
    public async Task What_a_converter_throws_names_it()
    {
        var error = await Assert.ThrowsAsync<PayloadException>(
            () => _pool.MapAsync(zone => zone.Id, [Zone.Find("a"), new FarZone("unknown")]).Within("the map", _pool));

        Assert.Contains("Item 1", error.Message, StringComparison.Ordinal);
        Assert.Contains("converter of [ConverterTests.Zone]", error.Message, StringComparison.Ordinal);
        Assert.Contains("no zone unknown", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_converter_of_the_nearer_type_is_used_wherever_the_value_stands()
    {
        var options = new WorkerPoolOptions { Converters = [new ZoneConverter("test"), new FarZoneConverter()] };
        await using var pool = await cluster.ConnectAsync(options);

        Zone[] both = [Zone.Find("a"), new FarZone("b")];
        var types = await pool.MapAsync(zones => zones.Select(zone => zone.GetType().Name).ToArray(), [both]).Within("the map", pool);

        Assert.Equal([nameof(NearZone), nameof(FarZone)], types[0]);
    }

    [Fact]
    public async Task A_surrogate_is_complete_when_its_value_is_made()
    {
        var options = new WorkerPoolOptions { Converters = [new CountedConverter()] };
        await using var pool = await cluster.ConnectAsync(options);

        var lengths = await pool.MapAsync(chain => chain.Length, [new Counted(200)]).Within("the map", pool);

        Assert.Equal(200, lengths[0]);
    }

    [Fact]
    public async Task A_converter_without_end_is_refused()
    {
        var options = new WorkerPoolOptions { Converters = [new EndlessConverter()] };
        await using var pool = await cluster.ConnectAsync(options);

        await Assert.ThrowsAsync<PayloadException>(() => pool.MapAsync(x => x.Number, [new Card(1)]).Within("the map", pool));
    }

    [Fact]
    public async Task Another_pool_of_the_process_is_not_affected()
    {
        await using var other = await cluster.ConnectAsync();

        var error = await Assert.ThrowsAsync<PayloadException>(
            () => other.MapAsync(zone => zone.Id, [Zone.Find("a")]).Within("the map", other));

        Assert.Contains("HttpClient", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_needs_no_converter_and_two_of_one_type_are_refused_when_the_pool_connects()
    {
        Assert.Contains("null", await RefusalAsync(null!), StringComparison.Ordinal);
        Assert.Contains("needs no converter", await RefusalAsync(new NumberConverter()), StringComparison.Ordinal);
        Assert.Contains(
            "Two converters are for [ConverterTests.Zone]",
            await RefusalAsync(new ZoneConverter("a"), new ZoneConverter("b")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_converter_that_cannot_travel_is_refused_when_the_pool_connects()
    {
        using var client = new HttpClient();
        await Assert.ThrowsAsync<FunctionNotShippableException>(() => WorkerPool.ConnectAsync(
            cluster.Seed.Address, new WorkerPoolOptions { Converters = [new ClientConverter(client)] }));
    }

    private async Task<string> RefusalAsync(params PayloadConverter[] converters)
    {
        var options = new WorkerPoolOptions { Converters = converters };
        return (await Assert.ThrowsAsync<ArgumentException>(() => WorkerPool.ConnectAsync(cluster.Seed.Address, options))).Message;
    }

    private abstract class Zone
    {
        private static readonly System.Collections.Concurrent.ConcurrentDictionary<string, Zone> s_all = new(StringComparer.Ordinal);

        public HttpClient? Client { get; init; }

        public abstract string Id { get; }

        public static Zone Find(string id) => s_all.GetOrAdd(id, static one => new NearZone(one));
    }

    private sealed class NearZone(string id) : Zone
    {
        public override string Id => id;
    }

    private sealed class FarZone(string id) : Zone
    {
        public override string Id => throw new InvalidOperationException($"no zone {id}");
    }

    private sealed record Order(Zone Zone, List<Zone> All, object Any, Amount Amount);

    private readonly record struct Amount(Currency Currency, int Value);

    private sealed record Currency(string Code);

    private sealed class Card(int number)
    {
        public int Number => number;
    }

    private sealed class ZoneException(Zone zone) : Exception("no zone")
    {
        public Zone Zone { get; } = zone;
    }

    private sealed class ZoneConverter(string prefix) : PayloadConverter<Zone, string>
    {
        public override string ToSurrogate(Zone value) => $"{prefix}/{value.Id}";

        public override Zone FromSurrogate(string surrogate) => surrogate.StartsWith($"{prefix}/", StringComparison.Ordinal)
            ? Zone.Find(surrogate[(prefix.Length + 1)..])
            : throw new InvalidOperationException("another prefix");
    }

    private sealed class AmountConverter : PayloadConverter<Amount, (string Code, int Value)>
    {
        public override (string Code, int Value) ToSurrogate(Amount value) => (value.Currency.Code.TrimEnd('!'), value.Value);

        public override Amount FromSurrogate((string Code, int Value) surrogate) =>
            new(new Currency($"{surrogate.Code}!"), surrogate.Value);
    }

    private sealed class CardConverter : PayloadConverter<Card, int>
    {
        public override int ToSurrogate(Card value) => value.Number;

        public override Card FromSurrogate(int surrogate) => new(surrogate);
    }

    private sealed class FarZoneConverter : PayloadConverter<FarZone, int>
    {
        public override int ToSurrogate(FarZone value) => 1;

        public override FarZone FromSurrogate(int surrogate) => new("far");
    }

    private sealed class Counted(int length)
    {
        public int Length => length;
    }

    private sealed class Link
    {
        public Link? Next { get; init; }
    }

    private sealed class CountedConverter : PayloadConverter<Counted, Link>
    {
        public override Link ToSurrogate(Counted value)
        {
            var first = new Link();
            for (var i = 1; i < value.Length; i++)
                first = new Link { Next = first };
            return first;
        }

        public override Counted FromSurrogate(Link surrogate)
        {
            var length = 0;
            for (var link = surrogate; link is not null; link = link.Next)
                length++;
            return new Counted(length);
        }
    }

    private sealed class EndlessConverter : PayloadConverter<Card, Card[]>
    {
        public override Card[] ToSurrogate(Card value) => [new Card(value.Number + 1)];

        public override Card FromSurrogate(Card[] surrogate) => surrogate[0];
    }

    private sealed class NumberConverter : PayloadConverter<long, string>
    {
        public override string ToSurrogate(long value) => "";

        public override long FromSurrogate(string surrogate) => 0;
    }

    private sealed class ClientConverter(HttpClient client) : PayloadConverter<Card, int>
    {
        public override int ToSurrogate(Card value) => value.Number + client.Timeout.Seconds;

        public override Card FromSurrogate(int surrogate) => new(surrogate);
    }
}
