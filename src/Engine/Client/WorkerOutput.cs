using ActorPool.Diagnostics;
using ActorPool.Processes;
using Akka.Event;

namespace ActorPool.Client;

/// <summary>Brings what a worker process writes to the log, or to the program's output.</summary>
/// <param name="worker">The worker's name.</param>
/// <param name="process">The process.</param>
/// <param name="log">The log; null for the program's standard output and error.</param>
internal sealed class WorkerOutput(string worker, ChildProcess process, ILoggingAdapter? log)
{
    // One line at a time, of all pools: if nobody reads the program's output, one thread waits there, and not one for each worker.
    private static readonly SemaphoreSlim s_turn = new(1);

    private long _reported; // lines that were dropped

    /// <summary>Reads until the process has ended.</summary>
    public async Task ReadAsync()
    {
        await foreach (var line in process.Lines.ReadAllAsync().ConfigureAwait(false))
        {
            var writer = line.Item is { } item ? WorkerName.Format(worker, item.Index, item.Job) : worker;
            if (log is null)
                await WriteAsync($"{writer}: {line.Text}", line.IsError).ConfigureAwait(false);
            else
                log.ProcessWrote(writer, line.Text, line.IsError);
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
        if (log is null)
            await WriteAsync($"{worker} wrote [{dropped}] lines more, faster than they could be read.", true).ConfigureAwait(false);
        else
            log.ProcessWroteMore(worker, dropped);
    }

    private static async Task WriteAsync(string line, bool isError)
    {
        await s_turn.WaitAsync().ConfigureAwait(false);
        try
        {
            var output = isError ? Console.Error : Console.Out;
            // In one piece: the program may write at the same time.
            await output.WriteAsync($"{line}{output.NewLine}").ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // The program has closed its output: nobody reads it.
        }
        finally
        {
            s_turn.Release();
        }
    }
}
