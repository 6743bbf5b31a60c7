using ActorPool.Diagnostics;
using Akka.Event;
using Microsoft.Extensions.Logging;
using AkkaLevel = Akka.Event.LogLevel;
using HostLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorPool.Hosting.Logging;

/// <summary>Forwards the lines of one actor system to the host's loggers.</summary>
/// <remarks>
/// The engine's lines have the category and number of their kind and named values. Akka's have a category that begins with <c>Akka</c>,
/// and the number 0. A scope names the pool or the node. Only Akka's logger actor calls it, one line at a time.
/// </remarks>
/// <param name="factory">The host's loggers.</param>
/// <param name="what">The name in the scope: Pool or Node.</param>
/// <param name="name">The value in the scope.</param>
internal sealed class LogForwarder(ILoggerFactory factory, string what, string name)
{
    private const string AkkaCategory = "Akka";
    private const string Template = "{OriginalFormat}"; // .NET's name for it
    private const int MaxLoggers = 1_000; // Akka has some hundred classes that log

    private static readonly string[] s_categories =
    [
        AkkaCategory,
        .. typeof(LogKinds).GetFields().Select(field => field.GetValue(null)).OfType<LogKind>().Select(kind => kind.Category)
            .Distinct(StringComparer.Ordinal),
    ];

    private readonly LogFields _scope = new($"{what}:{name}", new KeyValuePair<string, object?>(what, name));
    private readonly Dictionary<string, ILogger> _loggers = new(StringComparer.Ordinal);

    /// <summary>Makes the target of an actor system.</summary>
    /// <remarks>Its level is the lowest that one of the categories wants when the system starts.</remarks>
    public LogTarget ToTarget() => new(s_categories.Min(GetLevel), Forward);

    private void Forward(LogEvent e, int omitted)
    {
        var message = e.Message as EngineMessage;
        var logger = GetLogger(message?.Kind.Category ?? GetAkkaCategory(e));
        var level = ToHostLevel(e.LogLevel());
        if (!logger.IsEnabled(level))
            return;
        using var scope = logger.BeginScope(_scope);
        var isOfRemoting = message is null && AkkaLines.IsOfRemoting(e);
        var id = message is null ? default : new EventId(message.Kind.Id, message.Kind.Name);
        // Of remoting's errors, the stack and the text may have what a stranger sent.
        var state = CreateState(e, message, isOfRemoting, omitted);
        logger.Log(level, id, state, isOfRemoting ? null : e.Cause, static (state, _) => state.ToString());
    }

    private static LogFields CreateState(LogEvent e, EngineMessage? message, bool isOfRemoting, int omitted)
    {
        var text = e.Message?.ToString() ?? "";
        text = isOfRemoting
            ? StandardErrorLogger.AddOmitted(StandardErrorLogger.CutToFirstLine(text), omitted)
            : StandardErrorLogger.MakePrintable(text);
        if (message is null)
            return new LogFields(text, new("LogSource", e.LogSource), new(Template, text));
        var fields = message.PropertyNames.Zip(message.Values, (key, value) => new KeyValuePair<string, object?>(key, value));
        return new LogFields(text, [.. fields, new(Template, message.Unformatted())]);
    }

    private ILogger GetLogger(string category)
    {
        if (_loggers.TryGetValue(category, out var logger))
            return logger;
        if (_loggers.Count == MaxLoggers)
            _loggers.Clear();
        return _loggers[category] = factory.CreateLogger(category);
    }

    private static string GetAkkaCategory(LogEvent e) =>
        e.LogClass?.FullName is { } type && type.StartsWith($"{AkkaCategory}.", StringComparison.Ordinal)
            && !type.Contains('`', StringComparison.Ordinal) && e.LogClass != typeof(DummyClassForStringSources)
            ? type.Replace('+', '.')
            : AkkaCategory;

    private AkkaLevel GetLevel(string category)
    {
        var logger = factory.CreateLogger(category);
        return logger.IsEnabled(HostLevel.Debug) ? AkkaLevel.DebugLevel
            : logger.IsEnabled(HostLevel.Information) ? AkkaLevel.InfoLevel
            : logger.IsEnabled(HostLevel.Warning) ? AkkaLevel.WarningLevel
            : AkkaLevel.ErrorLevel;
    }

    private static HostLevel ToHostLevel(AkkaLevel level) => level switch
    {
        AkkaLevel.DebugLevel => HostLevel.Debug,
        AkkaLevel.InfoLevel => HostLevel.Information,
        AkkaLevel.WarningLevel => HostLevel.Warning,
        _ => HostLevel.Error,
    };
}
