using Microsoft.Extensions.Logging;

namespace ActorPool.Diagnostics;

/// <summary>The logger of a function: names its item and worker in each line.</summary>
internal sealed class FunctionLogger(WorkContext context) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel != LogLevel.None && logLevel >= context.Pool.FunctionLog.MinLevel;

    public void Log<TState>(
        LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel))
            return;
        var line = new FunctionLine(LineKind.Logged, logLevel, eventId, formatter(state, exception), context.CreateOrigin());
        context.Pool.FunctionLog.Write(line with { Exception = exception });
    }
}
