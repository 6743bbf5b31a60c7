using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Cluster;

/// <summary>What functions throw on nodes is what they throw in a pool of this process.</summary>
public sealed class ExceptionTests(LoopbackCluster cluster) : IClassFixture<LoopbackCluster>, IAsyncLifetime
{
    private static readonly DateTime s_day = new(2026, 2, 3, 4, 5, 6, DateTimeKind.Utc);

    private static readonly string s_parameter = "name";
    private static readonly string s_pattern = "(";

    // Everything is thrown by a method of this class, so that frames and sources are the same.
    private static readonly (string Name, Func<Exception> Make)[] s_thrown =
    [
        ("own", () => Order(7)),
        ("own with init-only and settable properties", () => new OrderException(8)
        {
            Ordered = s_day, Shop = "a \ud83d", Rows = [1, 2], Prices = new(StringComparer.OrdinalIgnoreCase) { ["x"] = double.NaN },
            Pair = (3, "y"),
        }),
        ("derived from an own one", () => new LateOrderException(9, TimeSpan.FromHours(3)) { Ordered = s_day }),
        ("nested class", () => new NestedException(4)),
        ("private field of a base class", () => new DerivedException(1, 2)),
        ("generic over a string", () => new MissingException<string>("k")),
        ("generic over a struct of the program", () => new MissingException<OrderKey>(new OrderKey(3, "n"))),
        ("generic over an array and an enum", () => new MissingException<Dictionary<OrderState, int[]>>(
            new() { [OrderState.Sent] = [1, 2] })),
        ("generic over a nullable", () => new MissingException<int?>(5)),
        ("generic over a generic exception's class", () => new MissingException<MissingException<int>?>(new MissingException<int>(1))),
        ("overridden properties", () => new ComputedException(2, 3)),
        ("derived from one of .NET with state", () => new LimitException("rows", 10)),
        ("derived from an aggregate", () => new BatchException("b", Order(1), new FormatException("x"))),
        ("holds its inner one and others", () => new HoldingException(
            new TimeoutException("late"), new List<Exception> { Order(2), new FormatException("two") })
        {
            Order = Order(3),
        }),
        ("holds an array of others", () => new HoldingException(Order(4), new OrderException[] { Order(5), Order(6) })),
        ("holds several of a collection expression", () => new HoldingException(Order(4), [Order(5), new FormatException("c")])),
        ("holds nothing", () => new HoldingException(Order(4), [])),
        ("any type: a struct of the program", () => new OpenException(new OrderKey(1, "z"))),
        ("any type: a number", () => new OpenException(5, 6.5m)),
        ("any type: a text", () => new OpenException("key", "limit")),
        ("any type: an enum of the program", () => new OpenException(OrderState.Sent, DayOfWeek.Friday)),
        ("a field that is not serialized", () => new PartialException(3)),
        ("inner chain", () => new OrderException(1, "outer", new InvalidOperationException("middle", Order(2))) { Ordered = s_day }),
        ("thrown inner chain", () => new InvalidOperationException("outer", Catch(() => Throw(Catch(() => Throw(Order(2))))))),
        ("aggregate", () => new AggregateException("all", Order(1), new AggregateException(new FormatException("in"), Order(2)))),
        ("empty aggregate", () => new AggregateException("none")),
        ("no message", () => new InvalidOperationException()),
        ("empty message", () => new InvalidOperationException("")),
        ("null message", () => new OrderException(1, null) { Ordered = s_day }),
        ("base class", () => (Exception)Activator.CreateInstance(typeof(Exception), "plain")!),
        ("link, source, HResult", () => new FormatException("x") { HelpLink = "https://example.org", Source = "mine", HResult = -12345 }),
        ("data", WithData),
        ("null argument", () => new ArgumentNullException(s_parameter)),
        ("argument with an inner one", () => new ArgumentException("bad", s_parameter, Order(1))),
        ("range", () => new ArgumentOutOfRangeException(s_parameter, 17, "too much")),
        ("range of the program's type", () => new ArgumentOutOfRangeException(s_parameter, new OrderKey(1, "q"), "too much")),
        ("thrown by .NET: range", () => Catch(() => ArgumentOutOfRangeException.ThrowIfNegative(-1))),
        ("thrown by .NET: zero", () => Catch(() => 1 / Number("0"))),
        ("thrown by .NET: overflow", () => Catch(() => checked(int.MaxValue + Number("1")))),
        ("thrown by .NET: null", () => Catch(() => ((string?)null)!.Trim())),
        ("thrown by .NET: index", () => Catch(() => Array.Empty<int>()[Number("2")])),
        ("thrown by .NET: cast", () => Catch(() => (Version)(object)"x")),
        ("thrown by .NET: key", () => Catch(() => new Dictionary<string, int>(StringComparer.Ordinal)["missing"])),
        ("thrown by .NET: format", () => Catch(() => Number("x"))),
        ("thrown by .NET: sequence", () => Catch(() => Array.Empty<int>().First())),
        ("thrown by .NET: file", () => Catch(() => File.ReadAllText("/no such file"))),
        ("thrown by .NET: directory", () => Catch(() => File.ReadAllText("/no such directory/file"))),
        ("thrown by .NET: disposed", () => Catch(() => ThrowDisposed())),
        ("thrown by .NET: JSON", () => Catch(() => JsonSerializer.Deserialize<int[]>("[1, x]"))),
        ("thrown by .NET: XML", () => Catch(() => XDocument.Parse("<a>\n<b>"))),
        ("thrown by .NET: regex", () => Catch(() => Regex.IsMatch("a", s_pattern, RegexOptions.ExplicitCapture, TimeSpan.FromSeconds(1)))),
        ("thrown by .NET: culture", () => Catch(() => CultureInfo.GetCultureInfo("no such culture!"))),
        ("thrown by .NET: text", () => Catch(() => new UTF8Encoding(false, throwOnInvalidBytes: true).GetString([0xFF, 0x41]))),
        ("thrown by .NET: URI", () => Catch(() => new Uri("http://["))),
        ("thrown by .NET: switch", () => Catch(() => Switch(new OrderKey(1, "s")))),
        ("thrown by .NET: member", () => Catch(() => Activator.CreateInstance(typeof(OrderKey), 1, 2, 3))),
        ("thrown by .NET: validation", () => Catch(
            () => Validator.ValidateValue("abc", new ValidationContext("abc"), [new MaxLengthAttribute(1)]))),
        ("HTTP", () => new HttpRequestException(
            HttpRequestError.NameResolutionError, "no name", new SocketException(11001), HttpStatusCode.BadGateway)),
        ("socket", () => new SocketException((int)SocketError.ConnectionRefused)),
        ("Win32", () => new Win32Exception(5, "no entry")),
        ("cancelled", () => new OperationCanceledException("stopped", new CancellationToken(canceled: true))),
        ("timeout", () => new TimeoutException("late", Order(3))),
        ("pool's own", () => new PoisonItemException("mine", new WorkerLostException("lost"))),
        ("pool's own with an item", () => new WorkItemException(4, "w", 2, Order(6))),
        ("pool's own with a member", () => new PayloadException("p") { Member = "a.b", Setting = "s" }),
        ("as text from a third process", () => new RemoteException("Far.Away", "text", "at there", Order(1))),
    ];

    private WorkerPool _pool = null!;

    public async Task InitializeAsync() => _pool = await cluster.ConnectAsync();

    public Task DisposeAsync() => _pool.DisposeAsync().AsTask();

    [Fact]
    public async Task They_have_the_same_type_properties_data_and_inner_exceptions()
    {
        await using var local = WorkerPool.Create(2);
        var here = await CatchAllAsync(local);
        var there = await CatchAllAsync(_pool);

        Assert.True(s_thrown.Length >= 40);
        for (var i = 0; i < s_thrown.Length; i++)
        {
            var name = s_thrown[i].Name;
            Assert.False(ReferenceEquals(here[i], there[i]), name);
            Assert.Equal($"{name}\n{ExceptionText.Describe(here[i])}", $"{name}\n{ExceptionText.Describe(there[i])}");
            var frames = there[i] is RemoteException remote ? remote.RemoteStackTrace : there[i].StackTrace;
            var hasFrames = frames?.Contains(nameof(Throw), StringComparison.Ordinal) is true;
            Assert.True(hasFrames, $"{name}: {there[i]}");
            var showsFrames = there[i].ToString().Contains(nameof(Throw), StringComparison.Ordinal);
            Assert.True(showsFrames || there[i] is ComputedException, $"{name}: {there[i]}");
        }
    }

    [Fact]
    public async Task An_inner_exception_keeps_its_own_frames()
    {
        var error = await CatchAsync(_pool, _ => throw new InvalidOperationException("outer", Catch(() => Throw(Order(2)))));

        var inner = Assert.IsType<OrderException>(error.InnerException);
        Assert.Contains(nameof(Throw), inner.StackTrace, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_call_sees_the_functions_exception()
    {
        int[] inputs = [1, 2, 3];
        await AssertOrderAsync(() => _pool.MapAsync(x => Fail(x), inputs));
        await AssertOrderAsync(() => _pool.MapAsync(async (x, token) => { await Task.Yield(); return Fail(x); }, inputs));
        await AssertOrderAsync(() => _pool.StarMapAsync((x, y) => Fail(x + y), new[] { (1, 2) }));
        await AssertOrderAsync(() => _pool.ApplyAsync(() => Fail(1)));
        await AssertOrderAsync(() => _pool.ForEachAsync(x => { Fail(x); }, inputs));
        await AssertOrderAsync(() => _pool.MapChunksAsync(chunk => new[] { Fail(chunk.Length) }, inputs));
        await AssertOrderAsync(() => _pool.AggregateAsync(() => 0, (sum, x) => sum + Fail(x), (a, b) => a + b, inputs));
        await AssertOrderAsync(() => _pool.StreamAsync(x => Fail(x), inputs).ReadAll("the stream", _pool));
        await AssertOrderAsync(() => _pool.StartMap(x => Fail(x), inputs).Completion);
        var outcomes = await _pool.TryMapAsync(x => Fail(x), inputs).Within("the map", _pool);
        Assert.All(outcomes, outcome => Assert.True(outcome.Error is { InnerException: OrderException { Code: 7 } }));
        var streamed = await _pool.TryStreamAsync(x => Fail(x), inputs).ReadAll("the stream", _pool);
        Assert.All(streamed, outcome => Assert.True(outcome.Error is { InnerException: OrderException { Code: 7 } }));
    }

    [Fact]
    public async Task Retries_are_decided_by_the_exception_itself()
    {
        var options = new JobOptions { Retries = 2, RetryWhen = error => error is OrderException { Code: 7 } };

        var retried = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.MapAsync(x => Fail(x), [1], options).Within("the map", _pool));

        Assert.Equal(3, retried.Attempts);
        Assert.Equal(7, Assert.IsType<OrderException>(retried.InnerException).Code);
    }

    [Fact]
    public async Task What_a_retry_predicate_throws_is_the_same_too()
    {
        var options = new JobOptions { Retries = 1, RetryWhen = _ => throw Order(11) };
        await using var local = WorkerPool.Create(1);

        var here = await Assert.ThrowsAnyAsync<Exception>(() => local.MapAsync(x => Fail(x), [1], options).Within("the map", local));
        var there = await Assert.ThrowsAnyAsync<Exception>(() => _pool.MapAsync(x => Fail(x), [1], options).Within("the map", _pool));

        Assert.Equal(here.GetType(), there.GetType());
        Assert.Equal(here.InnerException?.GetType(), there.InnerException?.GetType());
    }

    [Fact]
    public async Task What_an_initializer_throws_is_the_pools_inner_exception()
    {
        await using var pool = await WorkerPool.ConnectAsync(
            cluster.Seed.Address, new WorkerPoolOptions { Initializer = () => throw Order(12) }).Within("the connection");

        var error = await Assert.ThrowsAsync<NoWorkersException>(() => pool.MapAsync(x => x, [1]).Within("the map", pool));

        Assert.Equal(12, Assert.IsType<OrderException>(error.InnerException).Code);
    }

    [Fact]
    public async Task A_message_names_the_item_as_in_a_pool_of_this_process()
    {
        var error = await Assert.ThrowsAsync<WorkItemException>(() => _pool.ApplyAsync(() => Fail(1)).Within("the call", _pool));

        Assert.EndsWith(": OrderException: order 7", error.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(Fail), error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_cannot_travel_comes_as_text_with_its_type_and_the_reason()
    {
        var error = await Assert.ThrowsAsync<WorkItemException>(
            () => _pool.ApplyAsync<int>(() => throw new StreamException(Stream.Null, Order(3))).Within("the call", _pool));

        Assert.EndsWith(": StreamException: with a stream", error.Message, StringComparison.Ordinal);
        var remote = Assert.IsType<RemoteException>(error.InnerException);
        Assert.Equal("with a stream", remote.RemoteMessage);
        Assert.StartsWith($"{typeof(StreamException).FullName}: with a stream (", remote.Message, StringComparison.Ordinal);
        Assert.Contains("[StreamException.stream]", remote.Message, StringComparison.Ordinal);
        Assert.Equal(3, Assert.IsType<OrderException>(remote.InnerException).Code);
    }

    [Fact]
    public async Task Data_that_cannot_travel_comes_as_text_and_the_exception_as_itself()
    {
        var error = await CatchAsync(_pool, _ =>
        {
            var order = Order(5);
            order.Data["stream"] = Stream.Null;
            order.Data[new OrderKey(1, "k")] = 2;
            throw order;
        });

        Assert.Equal(5, Assert.IsType<OrderException>(error).Code);
        Assert.Equal(Stream.Null.ToString(), error.Data["stream"]);
        Assert.Equal(2, error.Data[new OrderKey(1, "k").ToString()]);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Fail(int x) => x > 0 ? throw Order(7) : x;

    private static OrderException Order(int code) => new(code) { Ordered = s_day };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Throw(Exception error) => throw error;

    private static Exception Catch(Action action)
    {
        try
        {
            action();
        }
        catch (Exception e)
        {
            return e;
        }
        throw new InvalidOperationException("Nothing was thrown.");
    }

    private static Exception Catch(Func<object?> function) => Catch(() => { function(); });

    private static void ThrowDisposed()
    {
        var stream = new MemoryStream();
        stream.Dispose();
        stream.WriteByte(1);
    }

#pragma warning disable CS8509 // that it throws is the case
    private static string Switch(OrderKey key) => key switch
    {
        { Shop: 0 } => "none",
        { Shop: 2 } => "two",
    };
#pragma warning restore CS8509

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static InvalidDataException WithData()
    {
        var error = new InvalidDataException("data");
        error.Data["text"] = "value";
        error.Data["row"] = 12;
        error.Data["far"] = long.MaxValue;
        error.Data["key"] = new OrderKey(1, "d");
        error.Data["state"] = OrderState.Sent;
        error.Data["list"] = new List<string> { "a", "b" };
        error.Data["nothing"] = null;
        error.Data[5] = s_day;
        error.Data[OrderState.Open] = 1.5;
        return error;
    }

    private static async Task<Exception[]> CatchAllAsync(WorkerPool pool)
    {
        var outcomes = await pool.TryMapAsync(i => Throw(s_thrown[i].Make()), Enumerable.Range(0, s_thrown.Length).ToArray())
            .Within("the map", pool);
        return [.. outcomes.Select(outcome => outcome.Error!.InnerException!)];
    }

    private static async Task<Exception> CatchAsync(WorkerPool pool, Func<int, int> function) =>
        (await Assert.ThrowsAsync<WorkItemException>(() => pool.MapAsync(function, [1]).Within("the map", pool))).InnerException!;

    private static async Task AssertOrderAsync(Func<Task> call)
    {
        try
        {
            await call().Within("the call");
        }
        catch (WorkItemException e) when (e.InnerException is OrderException { Code: 7 })
        {
            Assert.Contains(nameof(Fail), e.ToString(), StringComparison.Ordinal);
            return;
        }
        Assert.Fail("Nothing was thrown.");
    }

    private sealed class NestedException(int depth) : Exception($"depth {depth}")
    {
        public int Depth => depth;
    }

    private class BaseException(int secret) : TimeoutException("base")
    {
        private readonly int _value = secret;

        public int Secret => _value;
    }

    private sealed class DerivedException(int secret, int own) : BaseException(secret)
    {
        private readonly int _value = own;

        public int Own => _value;
    }
}
