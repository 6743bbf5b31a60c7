using System.Reflection;
using ActorPool.Serialization;
using ActorPool.Tests.Cluster;

namespace ActorPool.Tests.Serialization;

public sealed class ExceptionFormatTests
{
    public static TheoryData<string> Listed =>
        [.. Enumerable.Range(0, FrameworkExceptions.Count).Select(number => FrameworkExceptions.Get(number).FullName!)];

    [Theory]
    [MemberData(nameof(Listed))]
    public async Task A_listed_class_comes_back_whole(string name)
    {
        var type = Enumerable.Range(0, FrameworkExceptions.Count).Select(FrameworkExceptions.Get)
            .Single(type => string.Equals(type.FullName, name, StringComparison.Ordinal));
        Assert.True(FrameworkExceptions.TryGetNumber(type, out _));
        if (ExceptionState.Find(type) is null)
            Assert.Empty(GetOwnFields(type));
        foreach (var error in CreateSome(type))
        {
            var copy = await TripAsync(error);
            Assert.Equal(ExceptionText.Describe(error), ExceptionText.Describe(copy));
            Assert.Equal(error.ToString(), copy.ToString());
        }
    }

    [Fact]
    public async Task Classes_of_net_keep_what_only_they_have()
    {
        var missing = Assert.IsType<FileNotFoundException>(await TripAsync(new FileNotFoundException(null, "a.txt")));
        Assert.Equal("a.txt", missing.FileName);
        Assert.Equal(new FileNotFoundException(null, "a.txt").Message, missing.Message);
        var range = Assert.IsType<ArgumentOutOfRangeException>(await TripAsync(new ArgumentOutOfRangeException("x", 5L, "y")));
        Assert.Equal("x", range.ParamName);
        Assert.Equal(5L, range.ActualValue);
        var stopped = await TripAsync(new TaskCanceledException("t", null, new CancellationToken(canceled: true)));
        Assert.True(Assert.IsType<TaskCanceledException>(stopped).CancellationToken.IsCancellationRequested);
        var notFinite = await TripAsync(new NotFiniteNumberException(double.NaN));
        Assert.Equal(double.NaN, Assert.IsType<NotFiniteNumberException>(notFinite).OffendingNumber);
        Assert.Equal("T", Assert.IsType<TypeInitializationException>(await TripAsync(new TypeInitializationException("T", null))).TypeName);
    }

    [Fact]
    public async Task One_that_is_thrown_again_here_keeps_the_frames_of_there()
    {
        var copy = await TripAsync(Record.Exception(() => ThrowThere())!);

        var again = Record.Exception(() => ThrowHere(copy))!;

        Assert.Same(copy, again);
        Assert.Contains(nameof(ThrowThere), again.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowHere), again.StackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(ThrowThere), (await TripAsync(again)).ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_object_stays_one_object_among_inner_and_held_exceptions()
    {
        var order = new OrderException(1) { Ordered = default };
        var holding = new HoldingException(new FormatException("x"), new List<Exception> { order, order }) { Order = order };

        var copy = Assert.IsType<HoldingException>(await TripAsync(holding));

        Assert.Same(copy.InnerException, copy.Cause);
        Assert.Same(copy.Order, copy.Others[0]);
        Assert.Same(copy.Order, copy.Others[1]);
    }

    [Fact]
    public async Task Nothing_of_the_class_runs_when_it_is_made()
    {
        var error = new LoudException(3);
        var failure = OwnModule.CreateFormat().Capture(error);
        LoudException.Calls = 0;

        var copy = OwnModule.CreateFormat().Create(failure);

        Assert.Equal(0, LoudException.Calls);
        Assert.Equal(3, Assert.IsType<LoudException>(copy).Number);
        Assert.Equal("loud 3", copy.Message);
        Assert.NotEqual(0, LoudException.Calls);
        GC.KeepAlive(await TripAsync(copy));
    }

    [Fact]
    public async Task What_cannot_travel_is_text_and_says_why()
    {
        await AssertTextAsync(new StreamException(Stream.Null), "[StreamException.stream] cannot travel");
        await AssertTextAsync(new OpenException(Stream.Null), "[OpenException.key] cannot travel");
        await AssertTextAsync(new MissingException<byte[]>(new byte[2 << 20]), "too large");
        await AssertTextAsync(new ArgumentOutOfRangeException("x", Stream.Null, "y"), "Stream");
        await AssertTextAsync(new System.Security.SecurityException("no"), "SecurityException] is neither");
        await AssertTextAsync(new UnlistedException(), "SecurityException] is neither");
        await AssertTextAsync(new SelfException(), "holds itself");
        await AssertTextAsync(new InvalidOperationException("x", new StreamException(Stream.Null)), null);
    }

    [Fact]
    public async Task One_of_another_module_is_text()
    {
        var remote = Assert.IsType<RemoteException>(await TripAsync(new Xunit.Sdk.XunitException("theirs")));

        Assert.Equal("theirs", remote.RemoteMessage);
        Assert.Contains("neither a class of the caller's program", remote.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_exceptions_around_each_other_are_bounded_and_are_read_again()
    {
        Exception error = new FormatException("innermost");
        for (var depth = 0; depth < 12; depth++)
        {
            var beside = Enumerable.Range(0, 20).Select(i => new OrderException(i, null, error) { Ordered = default });
            error = new AggregateException((Exception[])[error, .. beside]);
        }

        var copy = await TripAsync(error);

        Assert.Contains("left out", copy.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_bytes_of_all_images_together_are_bounded()
    {
        var many = Enumerable.Range(0, 40).Select(_ => new OpenException(new byte[100_000])).ToArray();

        var (copy, bytes) = await TripWithSizeAsync(new AggregateException(many));

        Assert.InRange(bytes, 1, RemoteFailure.MaxBytes);
        var inner = Assert.IsType<AggregateException>(copy).InnerExceptions;
        Assert.IsType<OpenException>(inner[0]);
        Assert.Contains("has more than", Assert.IsType<RemoteException>(inner[^1]).Message, StringComparison.Ordinal);
    }

    private static async Task AssertTextAsync(Exception error, string? reason)
    {
        var copy = await TripAsync(error);
        if (reason is null)
        {
            Assert.IsType(error.GetType(), copy);
            Assert.IsType<RemoteException>(copy.InnerException);
            return;
        }
        var remote = Assert.IsType<RemoteException>(copy);
        Assert.Equal(error.GetType().FullName, remote.TypeName);
        Assert.StartsWith($"{remote.TypeName}: {error.Message} (", remote.Message, StringComparison.Ordinal);
        Assert.Contains(reason, remote.Message, StringComparison.Ordinal);
    }

    private static async Task<Exception> TripAsync(Exception error) => (await TripWithSizeAsync(error)).Copy;

    private static async Task<(Exception Copy, long Bytes)> TripWithSizeAsync(Exception error)
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, OwnModule.CreateFormat().Capture(error));
        var read = await WireRecord.ReadAsync<RemoteFailure>(new MemoryPayloadReader(writer.ToArray()), CancellationToken.None);
        return (OwnModule.CreateFormat().Create(read), writer.Length);
    }

    private static IEnumerable<FieldInfo> GetOwnFields(Type type)
    {
        for (var level = type; level != typeof(Exception); level = level.BaseType!)
        {
            foreach (var field in level.GetFields(
                BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                yield return field;
        }
    }

    private static IEnumerable<Exception> CreateSome(Type type)
    {
        if (type.IsAbstract || !type.IsPublic)
            yield break;
        foreach (var arguments in new object[][] { [], ["text"], ["text", new FormatException("inner")] })
        {
            if (type.GetConstructor([.. arguments.Select(a => a is string ? typeof(string) : typeof(Exception))]) is { } constructor)
                yield return (Exception)constructor.Invoke(arguments);
        }
    }

    private static void ThrowThere() => throw new OrderException(1) { Ordered = default };

    private static void ThrowHere(Exception error) => throw error;

    private sealed class UnlistedException() : System.Security.SecurityException("no");

    private sealed class SelfException : Exception
    {
        private readonly Exception _self;

        public SelfException() : base("self") => _self = this;

        public Exception Self => _self;
    }

    private sealed class LoudException : Exception
    {
        public LoudException(int number)
        {
            Calls++;
            Number = number;
        }

        public static int Calls { get; set; }

        public int Number { get; }

        public override string Message
        {
            get
            {
                Calls++;
                return $"loud {Number}";
            }
        }

        public override string? Source
        {
            get
            {
                Calls++;
                return base.Source;
            }

            set
            {
                Calls++;
                base.Source = value;
            }
        }

        public override System.Collections.IDictionary Data
        {
            get
            {
                Calls++;
                return base.Data;
            }
        }
    }
}
