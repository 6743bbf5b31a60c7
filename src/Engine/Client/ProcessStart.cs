using System.Globalization;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Jobs;
using ActorPool.Processes;
using ActorPool.Transport;

namespace ActorPool.Client;

/// <summary>One start of a worker process.</summary>
/// <remarks>The process, its note, and the socket that it connects to.</remarks>
internal sealed class ProcessStart(
    int workerId, ChildProcess process, RunningItemFinder running, string notePath, Socket listener, string socketPath, Ticket ticket)
{
    private static long s_last;

    public ChildProcess Process => process;

    public RunningItemFinder Running => running;

    public WorkNote Note => running.Note;

    public int WorkerId => workerId;

    public string Name { get; } = WorkerName.Format(workerId);

    /// <exception cref="IOException">The files or the socket cannot be made.</exception>
    /// <exception cref="InvalidOperationException">This program cannot be started again.</exception>
    public static ProcessStart Create(int workerId, string directory, PoolSettings settings)
    {
        var path = Path.Combine(directory, Interlocked.Increment(ref s_last).ToString(CultureInfo.InvariantCulture));
        var (socketPath, notePath) = ($"{path}.sock", $"{path}.note");
        var ticket = Ticket.Create(Guid.NewGuid());
        var note = WorkNote.Create(notePath);
        var running = new RunningItemFinder(note);
        Socket? listener = null;
        try
        {
            listener = LocalSocket.Listen(socketPath);
            var process = ChildProcess.Start(new ChildOptions
            {
                Start = new ChildStart
                {
                    SocketPath = socketPath,
                    NotePath = notePath,
                    SessionId = ticket.SessionId,
                    Secret = ticket.Secret,
                    WorkerId = workerId,
                    AbandonAfter = settings.AbandonAfter,
                    MaxMemoryBytes = settings.MaxMemoryPerWorker,
                    Culture = CultureInfo.DefaultThreadCurrentCulture?.Name,
                    UICulture = CultureInfo.DefaultThreadCurrentUICulture?.Name,
                },
                KeepsLines = settings.Output == FunctionOutput.Program,
                FindItem = running.Find,
            });
            return new ProcessStart(workerId, process, running, notePath, listener, socketPath, ticket);
        }
        catch
        {
            listener?.Dispose();
            note.Dispose();
            throw;
        }
    }

    /// <exception cref="IOException">The process ended before it connected.</exception>
    public async Task<DataConnection> AcceptAsync(TransportLimits limits)
    {
        using var ended = new CancellationTokenSource();
        var accepted = LocalSocket.AcceptAsync(listener, ticket, limits, TimeProvider.System, ended.Token);
        if (await Task.WhenAny(accepted, process.Exited).ConfigureAwait(false) != accepted)
        {
            await ended.CancelAsync().ConfigureAwait(false);
            await ((Task)accepted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!accepted.IsCompletedSuccessfully)
                throw new IOException("It ended before it connected.");
        }
        return await accepted.ConfigureAwait(false);
    }

    /// <summary>Removes what no one needs once both sides are connected.</summary>
    public void RemoveFiles()
    {
        listener.Dispose();
        File.Delete(socketPath);
        File.Delete(notePath);
    }

    /// <summary>Ends a process that may not have been created yet.</summary>
    public static async Task EndAsync(Task<ProcessStart> creating)
    {
        await ((Task)creating).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!creating.IsCompletedSuccessfully)
            return;
        var start = await creating.ConfigureAwait(false);
        await start.EndAsync(connection: null, Task.CompletedTask, TimeSpan.Zero).ConfigureAwait(false);
    }

    /// <summary>Ends the process, and removes what it has left.</summary>
    /// <param name="connection">The process's connection; null if it has not connected.</param>
    /// <param name="told">Completes when what the process has left was read.</param>
    /// <param name="time">How long the process may take to end by itself.</param>
    public async Task EndAsync(ClientConnection? connection, Task told, TimeSpan time)
    {
        await told.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        // One that has not connected yet would only tell that its files are missing.
        if (connection is null)
            process.Kill();
        // In order: the process disposes of its worker's state, and ends by itself.
        connection?.Close();
        RemoveFiles();
        await ((Task)process.Exited).WaitAsync(time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        process.Kill();
        await process.DisposeAsync().ConfigureAwait(false);
        connection?.Dispose();
        Note.Dispose();
    }
}
