using System.Threading.Channels;
using Akka.Event;
using Microsoft.Extensions.Logging;
using LogLevel = Microsoft.Extensions.Logging.LogLevel;

namespace ActorPool.Diagnostics;

/// <summary>Brings what functions log and write, wherever they run, to the caller's log.</summary>
/// <remarks>
/// <code>
/// worker here ─────WorkContext.Logger──────────────────────────►
/// node ════════════Log frames══► ClientConnection ─────────────►  PoolLog ──► FunctionLogger, or the log of the actor system
/// worker process ══Log frames══► ClientConnection ─────────────►     └──────► standard output, if that is asked for
///        └─────────its output══► WorkerOutput ─────────────────►
/// </code>
/// Its lines are limited in rate, since a function that logs in a loop must not hold up the pool or fill a disk. Those of
/// <c>WorkerOutput</c> are limited there, by how fast they are read.
/// </remarks>
internal sealed class PoolLog : IFunctionLog
{
    /// <summary>Lines that may come at once.</summary>
    public const int Burst = 1000;

    /// <summary>Lines that may come in a second, in the long run.</summary>
    public const int PerSecond = 100;

    private static readonly TimeSpan s_reportAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_flushTimeout = TimeSpan.FromSeconds(1);

    private readonly string _pool;
    private readonly ILogger? _logger;
    private readonly Lazy<ILoggingAdapter> _log;
    private readonly FunctionOutput _output;
    private readonly LineLimiter _limiter;
    private readonly Lazy<ITimer> _report;
    private readonly Channel<FunctionLine> _program = Channel.CreateBounded<FunctionLine>(
        new BoundedChannelOptions(Burst) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Lazy<Task> _writing;
    private int _isReporting;

    /// <param name="pool">The pool's name.</param>
    /// <param name="logger">Gets the lines; null: the log of the actor system.</param>
    /// <param name="log">Makes that log.</param>
    /// <param name="output">Where what functions write goes.</param>
    /// <param name="clock">Measures the rate.</param>
    public PoolLog(string pool, ILogger? logger, Func<ILoggingAdapter> log, FunctionOutput output, TimeProvider clock)
    {
        (_pool, _logger, _output) = (pool, logger, output);
        _log = new Lazy<ILoggingAdapter>(log);
        _limiter = new LineLimiter(clock, Burst, PerSecond);
        _report = new Lazy<ITimer>(() => clock.CreateTimer(
            static log => ((PoolLog)log!).ReportDropped(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan));
        _writing = new Lazy<Task>(() => Task.Run(WriteToProgramAsync));
    }

    public LogLevel MinLevel
    {
        get
        {
            var level = LogLevel.Trace;
            while (level < LogLevel.None && !IsEnabled(level))
                level++;
            return level;
        }
    }

    public bool TakesOutput => _output != FunctionOutput.Default;

    public void Write(FunctionLine line)
    {
        if (!_limiter.TryPass(out var dropped))
        {
            // Also where no further line comes.
            if (Interlocked.Exchange(ref _isReporting, 1) == 0)
                _report.Value.Change(s_reportAfter, Timeout.InfiniteTimeSpan);
            return;
        }
        if (dropped > 0)
            _log.Value.FunctionsLoggedMore(_pool, dropped);
        if (line.Kind == LineKind.Logged || _output != FunctionOutput.Program)
            Log(line);
        else if (_program.Writer.TryWrite(line))
            _ = _writing.Value;
    }

    /// <summary>Brings a line of a worker process where it belongs, whatever the rate.</summary>
    /// <returns>A task that completes when the line is written.</returns>
    public async ValueTask WriteProcessLineAsync(FunctionLine line)
    {
        if (_output == FunctionOutput.Program)
            await ProgramOutput.WriteAsync($"{line.Origin}: {line.Text}", line.Kind == LineKind.Error).ConfigureAwait(false);
        else
            Log(line);
    }

    /// <summary>Completes when the lines are written, after a second at the latest.</summary>
    public async Task FlushAsync()
    {
        _program.Writer.TryComplete();
        if (_writing.IsValueCreated)
            await _writing.Value.WaitAsync(s_flushTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (_report.IsValueCreated)
            await _report.Value.DisposeAsync().ConfigureAwait(false);
        ReportDropped();
    }

    private void ReportDropped()
    {
        Volatile.Write(ref _isReporting, 0);
        if (_limiter.TakeDropped() is > 0 and var dropped)
            _log.Value.FunctionsLoggedMore(_pool, dropped);
    }

    private bool IsEnabled(LogLevel level) => _logger?.IsEnabled(level) ?? _log.Value.IsEnabled(ToAkka(level));

    private async Task WriteToProgramAsync()
    {
        await foreach (var line in _program.Reader.ReadAllAsync().ConfigureAwait(false))
            await ProgramOutput.WriteAsync($"{line.Origin}: {line.Text}", line.Kind == LineKind.Error).ConfigureAwait(false);
    }

    private void Log(FunctionLine line)
    {
        if (_logger is null)
        {
            _log.Value.FunctionWrote(ToAkka(line.Level), line);
            return;
        }
        try
        {
            if (!_logger.IsEnabled(line.Level))
                return;
            var state = new FunctionLineState(_pool, line);
            _logger.Log(line.Level, line.Event, state, line.Exception, static (state, _) => state.ToString());
        }
        catch (Exception e)
        {
            _log.Value.FunctionLoggerFailed(_pool, e); // the caller's own logger; the function is not to blame
        }
    }

    private static Akka.Event.LogLevel ToAkka(LogLevel level) => level switch
    {
        LogLevel.Trace or LogLevel.Debug => Akka.Event.LogLevel.DebugLevel,
        LogLevel.Information => Akka.Event.LogLevel.InfoLevel,
        LogLevel.Warning => Akka.Event.LogLevel.WarningLevel,
        _ => Akka.Event.LogLevel.ErrorLevel,
    };
}
