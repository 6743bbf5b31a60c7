using ActorPool.Processes;

namespace ActorPool;

/// <summary>Runs a worker process in programs whose <c>Main</c> has to help with it.</summary>
/// <remarks>
/// A pool with worker processes starts its program again for each worker. Mostly .NET's startup hook runs the worker before <c>Main</c>,
/// and a program needs nothing from here. It needs it if startup hooks are switched off (<c>StartupHookSupport</c>), as in a program of one
/// source file (<c>dotnet run app.cs</c>), which is prepared for native AOT. A pool says so when it is created.
/// <para>This is Python's <c>multiprocessing.freeze_support</c>.</para>
/// </remarks>
public static class WorkerProcess
{
    /// <summary>Runs the worker if a pool has started this process; else returns at once.</summary>
    /// <param name="args">The arguments of <c>Main</c>; they are not changed.</param>
    /// <remarks>
    /// It does not return in a worker process, which ends with its worker.
    /// Call it first in <c>Main</c>: what stands before it runs in each worker process too. A worker whose <c>Main</c> does not call it
    /// runs the program once more; the pool that it makes then throws instead of starting workers, so that there is no endless chain.
    /// <para>Cost: the look-up of one environment variable, in a process that is no worker.</para>
    /// </remarks>
    /// <exception cref="ArgumentNullException"><paramref name="args"/> is null.</exception>
    /// <example>
    /// <code>
    /// WorkerProcess.RunIfRequested(args);
    /// await using var pool = new WorkerPool();
    /// </code>
    /// </example>
    public static void RunIfRequested(string[] args)
    {
        ArgumentNullException.ThrowIfNull(args);
        if (ChildEntry.Take() is { } start)
            Environment.Exit(Task.Run(() => ChildMain.RunAsync(start)).GetAwaiter().GetResult());
        SecondProcess.RunIfRequested();
    }
}
