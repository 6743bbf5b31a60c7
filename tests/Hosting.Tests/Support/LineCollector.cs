using Microsoft.Extensions.Logging;

namespace ActorPool.Hosting.Tests.Support;

/// <summary>A line of a host's log.</summary>
internal sealed record Line(
    string Category, LogLevel Level, EventId Id, string Text, IReadOnlyDictionary<string, object?> Values, string Scopes);

/// <summary>Keeps all lines of a host's log.</summary>
internal sealed class LineCollector : ILoggerProvider, ISupportExternalScope
{
    private readonly Lock _lock = new();
    private readonly List<Line> _lines = [];
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public IReadOnlyList<Line> Lines
    {
        get
        {
            lock (_lock)
                return [.. _lines];
        }
    }

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public ILogger CreateLogger(string categoryName) => new Collecting(this, categoryName);

    public void Dispose() { }

    public override string ToString() => string.Join('\n', Lines.Select(line => $"{line.Level} {line.Category} {line.Text}"));

    private void Add(Line line)
    {
        lock (_lock)
            _lines.Add(line);
    }

    private sealed class Collecting(LineCollector owner, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => owner._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var values = (state as IEnumerable<KeyValuePair<string, object?>> ?? []).ToDictionary(StringComparer.Ordinal);
            var scopes = new List<string>();
            owner._scopes.ForEachScope((scope, list) => list.Add($"{scope}"), scopes);
            owner.Add(new Line(category, logLevel, eventId, formatter(state, exception), values, string.Join(' ', scopes)));
        }
    }
}
