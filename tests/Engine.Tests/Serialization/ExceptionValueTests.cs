using ActorPool.Serialization;
using static ActorPool.Tests.Serialization.Payloads;

namespace ActorPool.Tests.Serialization;

/// <summary>Exceptions that values hold arrive as themselves, or are refused.</summary>
public sealed class ExceptionValueTests
{
    [Fact]
    public async Task Exceptions_of_all_classes_arrive_with_what_they_hold()
    {
        var copy = await TripOneAsync<Exception>(new OrderException(7, new FormatException("inner")) { Data = { ["a"] = 3 } });
        var order = Assert.IsType<OrderException>(copy);
        Assert.Equal((7, "order 7", 3), (order.Code, order.Message, order.Data["a"]));
        Assert.IsType<FormatException>(order.InnerException);
        Assert.IsType<ArgumentException>(await TripOneAsync<object>(new ArgumentException("text", "name")));
        Assert.Equal(8, Assert.IsType<OrderException>((await TripOneAsync(new object[] { new OrderException(8, null) }))[0]).Code);
        Assert.Null(await TripOneAsync<Exception?>(null));
    }

    [Fact]
    public async Task A_result_with_an_error_keeps_its_stack_and_its_identity()
    {
        var error = Throw();
        var copy = await TripOneAsync(new Result(null, error, error));
        Assert.Same(copy.Error, copy.Again);
        Assert.Contains(nameof(Throw), copy.Error!.StackTrace, StringComparison.Ordinal);
        var pair = await TripOneAsync((1, (Exception)new OrderException(3, null)));
        Assert.Equal(3, ((OrderException)pair.Item2).Code);
    }

    [Fact]
    public void What_cannot_be_made_again_is_refused_also_inside_others()
    {
        foreach (var error in new Exception[] { new Opened(Stream.Null), new InvalidOperationException("a", new Opened(Stream.Null)) })
        {
            using var writer = new PayloadWriter();
            var refusal = Assert.Throws<PayloadException>(() => New().WriteValue(writer, typeof(Exception), error));
            Assert.Contains("cannot be made again in another process", refusal.Message, StringComparison.Ordinal);
            Assert.Contains("Stream", refusal.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exceptions_in_values_of_exceptions_without_end_are_refused()
    {
        var error = new Holding();
        error.Held = new Result("x", error, null);
        using var writer = new PayloadWriter();
        Assert.Contains(
            "hold each other", Assert.Throws<PayloadException>(() => New().WriteValue(writer, typeof(Exception), error)).Message,
            StringComparison.Ordinal);
    }

    private static InvalidOperationException Throw()
    {
        try
        {
            throw new InvalidOperationException("thrown");
        }
        catch (InvalidOperationException e)
        {
            return e;
        }
    }

    private sealed record Result(string? Text, Exception? Error, Exception? Again);

    private sealed class OrderException(int code, Exception? inner) : Exception($"order {code}", inner)
    {
        public int Code { get; } = code;
    }

    private sealed class Opened(Stream stream) : Exception("open")
    {
        public Stream Stream { get; } = stream;
    }

    private sealed class Holding : Exception
    {
        public Result? Held { get; set; }
    }
}
