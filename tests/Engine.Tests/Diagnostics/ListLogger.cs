using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Diagnostics;

/// <summary>Keeps what is logged.</summary>
internal sealed class ListLogger(LogLevel min = LogLevel.Trace) : ILogger
{
    public ConcurrentQueue<Entry> Entries { get; } = [];

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= min;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Entries.Enqueue(new Entry(
            logLevel, eventId, formatter(state, exception), exception,
            ((IEnumerable<KeyValuePair<string, object?>>)state!).ToDictionary(StringComparer.Ordinal)));

    internal sealed record Entry(
        LogLevel Level, EventId Event, string Text, Exception? Exception, IReadOnlyDictionary<string, object?> Values);
}
