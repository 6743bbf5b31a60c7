using System.Buffers;
using ActorPool.Serialization;
using ActorPool.Tests.Cluster;
using CsCheck;

namespace ActorPool.Tests.Serialization;

/// <summary>What a node may send in place of an exception, and what comes of it.</summary>
public sealed class HostileExceptionTests
{
    private const byte OfValue = 0, OfException = 1, OfModule = 2, Generic = 3, ArrayOf = 4;

    private static readonly Guid s_own = typeof(HostileExceptionTests).Module.ModuleVersionId;

    [Fact]
    public void A_type_that_is_no_exception_of_the_program_or_of_the_list_is_refused()
    {
        AssertText(Image(writer => Module(writer, Guid.NewGuid(), 2)), "the session has no module"); // another session's
        AssertText(Image(writer => Module(writer, typeof(CsCheck.Check).Module.ModuleVersionId, 2)), "the session has no module");
        AssertText(Image(writer => Module(writer, typeof(HostilePayloadTests))), "is not a class of exceptions");
        AssertText(Image(writer => Module(writer, typeof(AbstractException))), "is not a class of exceptions");
        AssertText(Image(writer => Module(writer, typeof(MissingException<>))), "is not a class of exceptions");
        AssertText(Image(writer => Module(writer, typeof(OrderKey))), "is not a class of exceptions");
        AssertText(Image(writer => Module(writer, s_own, 1)), "is not a type");
        AssertText(Image(writer => Module(writer, s_own, 0xFFFFFF)), "");
        AssertText(Image(writer => Number(writer, OfException, FrameworkExceptions.Count)), "is not an index");
        AssertText(Image(writer => Number(writer, OfException, -1)), "is not an index");
        AssertText(Image(writer => Number(writer, OfValue, 0)), "is not a class of exceptions");
        AssertText(Image(writer => Number(writer, OfValue, 1_000_000)), "is not an index");
        AssertText(Image(writer => writer.WriteByte(77)), "No type begins with");
        AssertText(Image(writer => Array(writer, 1)), "is not a class of exceptions");
    }

    [Fact]
    public void Types_inside_each_other_are_bounded_and_must_fit()
    {
        AssertText(Image(writer => Array(writer, 1000)), "nested more than");
        AssertText(Image(writer => Construct(writer, typeof(MissingException<>), 2)), "does not take [2] type arguments");
        AssertText(Image(writer => Construct(writer, typeof(OrderException), 1)), "does not take [1] type arguments");
        AssertText(
            Image(writer =>
            {
                writer.WriteByte(Generic);
                Module(writer, typeof(MissingException<>));
                writer.WriteCount(1);
                Module(writer, typeof(MissingException<>));
            }),
            "cannot be part of another type");
    }

    [Fact]
    public void Fields_that_are_not_those_of_the_class_are_refused()
    {
        var whole = Capture(new LateOrderException(1, TimeSpan.Zero) { Ordered = default });
        AssertText(Image(writer => Module(writer, typeof(OrderException)), fields: 0), "fields here");
        AssertText(Image(writer => Module(writer, typeof(OrderException)), fields: 50), "fields here");
        AssertText(whole[..^1].ToArray(), "");
        AssertText((byte[])[.. whole.ToArray(), 0], "are left over");
        AssertText(Image(writer => Module(writer, typeof(StreamException)), fields: 1, field: writer =>
        {
            writer.WriteByte(ExceptionWriter.Open);
            writer.WriteByte(1);
            writer.WriteString("no stream");
        }), "does not fit the field");
        AssertText(Image(writer => Module(writer, typeof(StreamException)), fields: 1, field: writer =>
        {
            writer.WriteByte(ExceptionWriter.One);
            writer.WriteInt32(0);
        }), "is not an index");
        AssertText(Image(writer => Module(writer, typeof(StreamException)), fields: 1, field: writer =>
        {
            writer.WriteByte(ExceptionWriter.Declared);
            writer.WriteBytes([1, 2, 3]);
        }), "Stream");
        AssertText(Image(writer => Number(writer, OfException, NumberOf(typeof(ArgumentException)))), "values here");
    }

    [Fact]
    public void An_exception_of_another_class_has_one_inner_exception()
    {
        var failure = Failure(Capture(new FormatException("x"))) with
        {
            Inner = [RemoteFailure.From(new FormatException("1")), RemoteFailure.From(new FormatException("2"))],
        };

        var remote = Assert.IsType<RemoteException>(OwnModule.CreateFormat().Create(failure));

        Assert.Contains("inner exceptions", remote.Message, StringComparison.Ordinal);
        Assert.Equal(2, Assert.IsType<AggregateException>(remote.InnerException).InnerExceptions.Count);
    }

    [Fact]
    public void Changed_bytes_never_throw_and_cost_little()
    {
        var error = new HoldingException(new TimeoutException("t"), new List<Exception> { new FormatException("f") })
        {
            Order = new OrderException(3) { Ordered = default, Prices = new(StringComparer.Ordinal) { ["a"] = 1 }, Pair = (1, "b") },
        };
        error.Data["key"] = new OrderKey(1, "n");
        Attack(error);
        Attack(error.Order!);
        Attack(new LimitException("name", 4));
        Attack(new MissingException<Dictionary<OrderState, int[]>>(new() { [OrderState.Sent] = [1] }));
        Attack(new BatchException("b", new FormatException("x")));
    }

    private static void Attack(Exception error)
    {
        var failure = OwnModule.CreateFormat().Capture(error);
        Assert.False(failure.Image.IsEmpty, failure.Reason);
        var reader = OwnModule.CreateFormat();
        Assert.IsType(error.GetType(), reader.Create(failure));
        var image = failure.Image.ToArray();
        Gen.Select(Gen.Select(Gen.Int[0, image.Length - 1], Gen.Byte).Array[1, 6], Gen.Int[0, 3 * image.Length]).Sample(
            (changes, cut) =>
            {
                var hostile = image.ToArray();
                foreach (var (position, value) in changes)
                    hostile[position] = value;
                if (cut < hostile.Length)
                    hostile = hostile[..cut];
                var before = GC.GetAllocatedBytesForCurrentThread();
                var made = reader.Create(failure with { Image = hostile });
                Assert.NotNull(made);
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 4L << 20);
            },
            iter: 2000, threads: 1);
    }

    private static void AssertText(ReadOnlyMemory<byte> image, string reason)
    {
        var remote = Assert.IsType<RemoteException>(OwnModule.CreateFormat().Create(Failure(image)));
        Assert.Equal("Their.Exception", remote.TypeName);
        Assert.Contains("cannot be made here", remote.Message, StringComparison.Ordinal);
        Assert.Contains(reason, remote.Message, StringComparison.Ordinal);
    }

    private static RemoteFailure Failure(ReadOnlyMemory<byte> image) =>
        new() { TypeName = "Their.Exception", Message = "text", StackTrace = "at there", Image = image };

    private static ReadOnlyMemory<byte> Capture(Exception error) => OwnModule.CreateFormat().Capture(error).Image;

    /// <summary>Writes an image of a type, with nothing in it but these fields.</summary>
    private static byte[] Image(Action<RecordWriter> type, int fields = 0, Action<RecordWriter>? field = null)
    {
        var bytes = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(bytes);
        writer.WriteRecordHeader(ExceptionWriter.Parts);
        type(writer);
        writer.WriteByte(ExceptionWriter.SameMessage);
        writer.WriteInt32(0);
        writer.WriteNull();
        writer.WriteNull();
        writer.WriteCount(0);
        writer.WriteCount(0);
        writer.WriteCount(fields);
        for (var i = 0; i < fields; i++)
        {
            if (field is null)
                writer.WriteByte(ExceptionWriter.NoValue);
            else
                field(writer);
        }
        return bytes.WrittenSpan.ToArray();
    }

    private static void Module(RecordWriter writer, Type type) => Module(writer, s_own, type.MetadataToken & 0xFFFFFF);

    private static void Module(RecordWriter writer, Guid mvid, int row)
    {
        writer.WriteByte(OfModule);
        writer.WriteGuid(mvid);
        writer.WriteInt32(row);
    }

    private static void Number(RecordWriter writer, byte tag, int number)
    {
        writer.WriteByte(tag);
        writer.WriteInt32(number);
    }

    private static void Array(RecordWriter writer, int depth)
    {
        for (var i = 0; i < depth; i++)
            writer.WriteByte(ArrayOf);
        Number(writer, OfException, 0);
    }

    private static void Construct(RecordWriter writer, Type definition, int arguments)
    {
        writer.WriteByte(Generic);
        Module(writer, definition);
        writer.WriteCount(arguments);
        for (var i = 0; i < arguments; i++)
            Number(writer, OfValue, 0);
    }

    private static int NumberOf(Type type) => FrameworkExceptions.TryGetNumber(type, out var number) ? number : -1;

    private abstract class AbstractException : Exception;
}
