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
                    Culture = CultureInfo.DefaultThreadCurrentCulture?.Name,
                    UICulture = CultureInfo.DefaultThreadCurrentUICulture?.Name,
                },
                MaxMemoryBytes = settings.MaxMemoryPerWorker,
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
}
