using System.Collections;

namespace ActorPool.Tests.Cluster;

/// <summary>An exception of a program, with properties of each kind.</summary>
internal class OrderException(int code, string? message = null, Exception? inner = null) : Exception(message ?? $"order {code}", inner)
{
    public int Code { get; } = code;

    public string? Shop { get; init; }

    public required DateTime Ordered { get; init; }

    public IReadOnlyList<int> Rows { get; init; } = [];

    public Dictionary<string, double> Prices { get; init; } = new(StringComparer.Ordinal);

    public (int X, string Y)? Pair { get; set; }
}

/// <summary>A class derived from a program's exception.</summary>
internal sealed class LateOrderException(int code, TimeSpan delay) : OrderException(code)
{
    public TimeSpan Delay => delay;
}

/// <summary>A generic one.</summary>
internal sealed class MissingException<T>(T key) : Exception($"no {key}")
{
    public T Key => key;
}

/// <summary>One that computes what it says.</summary>
internal sealed class ComputedException(int a, int b) : Exception
{
    private Hashtable? _data;

    public override string Message => $"{a} and {b} are {a + b}";

    public override string? HelpLink => $"https://example.org/{a}";

    public override IDictionary Data => _data ??= new Hashtable { ["sum"] = a + b };

    public override string ToString() => $"computed: {Message}";
}

/// <summary>One that derives from an exception of .NET that has state.</summary>
internal sealed class LimitException(string name, int limit) : ArgumentOutOfRangeException(name, limit + 1, "over the limit")
{
    public int Limit => limit;
}

/// <summary>One that derives from an aggregate.</summary>
internal sealed class BatchException(string batch, params Exception[] all) : AggregateException($"batch {batch}", all)
{
    public string Batch => batch;
}

/// <summary>One that holds other exceptions in fields.</summary>
internal sealed class HoldingException(Exception cause, IReadOnlyList<Exception> others) : Exception("it holds", cause)
{
    public Exception Cause { get; } = cause;

    public IReadOnlyList<Exception> Others => others;

    public OrderException? Order { get; init; }

    public bool IsCauseInner => ReferenceEquals(Cause, InnerException);
}

/// <summary>One with a field of any type.</summary>
internal sealed class OpenException(object key, IComparable? limit = null) : Exception("open")
{
    public object Key => key;

    public IComparable? Limit => limit;
}

/// <summary>One that keeps a part of its state for its own process.</summary>
internal sealed class PartialException(int code) : Exception("partial")
{
    [NonSerialized]
    private readonly Stream _stream = Stream.Null;

    public int Code => code;

    public bool HasStream() => _stream is not null;
}

/// <summary>One that cannot travel.</summary>
internal sealed class StreamException(Stream stream, Exception? inner = null) : Exception("with a stream", inner)
{
    public Stream Stream => stream;
}

/// <summary>One that is a value, as records are.</summary>
internal readonly record struct OrderKey(int Shop, string Number);

internal enum OrderState
{
    Open,
    Sent,
}
