using System.Globalization;
using System.Reflection;
using ActorPool.Child;
using ActorPool.Jobs;
using ActorPool.Processes;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Transport;

namespace ActorPool;

/// <summary>What a worker process runs in place of the program's <c>Main</c>.</summary>
internal static class ChildMain
{
    // The parent is the same program, and has checked its own limits.
    private static readonly TransportLimits s_transport = new() { MaxFrameBytes = 1L << 40 };

    private static readonly CodeContextOptions s_code = new()
    {
        MaxModuleBytes = 1L << 30,
        Limits = new PayloadLimits { MaxItemBytes = 1L << 40, MaxDepth = 1000 },
    };

    /// <summary>Runs the worker, and returns the exit code of the process.</summary>
    public static async Task<int> RunAsync(ChildStart start)
    {
        if (start.Handler.Length > 0)
            return await FindHandler(start.Handler)(start).ConfigureAwait(false);
        using var note = WorkNote.Open(start.NotePath);
        using var pulse = Pulse.Start(note);
        var ticket = new Ticket(start.Secret, start.SessionId);
        var connection = await LocalSocket.ConnectAsync(start.SocketPath, ticket, s_transport, TimeProvider.System, CancellationToken.None)
            .ConfigureAwait(false);
        MarkingWriter.Install();
        CultureInfo.DefaultThreadCurrentCulture = FindCulture(start.Culture);
        CultureInfo.DefaultThreadCurrentUICulture = FindCulture(start.UICulture);
        var options = new ChildHostOptions
        {
            Code = s_code,
            WorkerId = start.WorkerId,
            AbandonAfter = start.AbandonAfter,
            MaxMemoryBytes = start.MaxMemoryBytes,
        };
        var end = await ChildHost.RunAsync(connection, note, options).ConfigureAwait(false);
        if (!end.HasStopped)
            ParentWatch.EndProcess(); // a function still runs, and no one waits for it
        return 0;
    }

    private static CultureInfo? FindCulture(string? name) => name is null ? null : CultureInfo.GetCultureInfo(name);

    private static Func<ChildStart, Task<int>> FindHandler(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var type = Type.GetType(name[(at + 1)..], throwOnError: true)!;
        var method = type.GetMethod(name[..at], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(type.FullName, name[..at]);
        return method.CreateDelegate<Func<ChildStart, Task<int>>>();
    }
}
