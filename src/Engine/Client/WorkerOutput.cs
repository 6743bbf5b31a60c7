using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Processes;
using Akka.Event;

namespace ActorPool.Client;

/// <summary>Brings what a worker process writes to the pool's log, or to the program's output.</summary>
/// <param name="worker">The worker's name.</param>
/// <param name="process">The process.</param>
/// <param name="pool">The pool.</param>
/// <param name="log">Gets the lines at a node whose client has not asked for them.</param>
internal sealed class WorkerOutput(string worker, ChildProcess process, PoolState pool, ILoggingAdapter log)
{
    private long _reported; // lines that were dropped

    /// <summary>Reads until the process has ended.</summary>
    public async Task ReadAsync()
    {
        await foreach (var line in process.Lines.ReadAllAsync().ConfigureAwait(false))
        {
            await WriteAsync(line.Text, line.IsError, new LineOrigin(line.Item?.Job, line.Item?.Index ?? 0, worker)).ConfigureAwait(false);
            if (!process.Lines.TryPeek(out _))
                await ReportDroppedAsync().ConfigureAwait(false);
        }
        await ReportDroppedAsync().ConfigureAwait(false);
    }

    /// <summary>Tells of lines that were dropped since it did last.</summary>
    private async Task ReportDroppedAsync()
    {
        var dropped = process.DroppedLines - _reported;
        if (dropped == 0)
            return;
        _reported += dropped;
        var text = $"[{dropped}] lines more were written, faster than they could be read.";
        await WriteAsync(text, isError: true, new LineOrigin(Job: null, 0, worker)).ConfigureAwait(false);
    }

    private ValueTask WriteAsync(string text, bool isError, LineOrigin origin)
    {
        var line = FunctionLine.FromOutput(text, isError, origin);
        switch (pool.FunctionLog)
        {
            case PoolLog own:
                return own.WriteProcessLineAsync(line);
            case { TakesOutput: true } clients:
                clients.Write(line);
                break;
            default:
                log.FunctionWrote(isError ? LogLevel.WarningLevel : LogLevel.InfoLevel, line);
                break;
        }
        return ValueTask.CompletedTask;
    }
}
