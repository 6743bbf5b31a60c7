using System.Diagnostics;

namespace ActorPool.Processes;

/// <summary>Ends a worker process when its parent ends, whatever its functions do.</summary>
/// <remarks>
/// The system closes the parent's end of the child's standard input when the parent ends, also by a crash or SIGKILL. A thread that does
/// nothing but read it then ends the process and, on Unix, its process group: the processes that functions have started.
/// <para>On Linux it also ends processes that have left the group (setsid, daemons) and kept their environment. What this does not reach:
/// the processes of other systems that have left the group, those of Windows, and a process that is stopped (SIGSTOP). The thread waits
/// for the garbage collector like any other: it is too late if a thread does not let the collector start, as in native code that forbids
/// it.</para>
/// </remarks>
internal static class ParentWatch
{
    private const int StackBytes = 128 * 1024;

    public static void Start(Stream input, Leftovers leftovers)
    {
        var thread = new Thread(() => Watch(input, leftovers), StackBytes) { IsBackground = true, Name = "ActorPool parent" };
        thread.Start();
    }

    /// <summary>Ends this process at once.</summary>
    /// <remarks>No other thread, finalizer or handler of the process's end is waited for.</remarks>
    public static void EndProcess()
    {
        if (!OperatingSystem.IsWindows())
            UnixCalls.KillOwnGroup();
        // TerminateProcess
        using var self = Process.GetCurrentProcess();
        self.Kill();
    }

    private static void Watch(Stream input, Leftovers leftovers)
    {
        var buffer = new byte[64];
        try
        {
            while (input.Read(buffer) > 0)
            {
                // The parent has nothing more to say.
            }
        }
        catch (IOException)
        {
            // The pipe is broken: the parent is gone too.
        }
        try
        {
            leftovers.Remove();
        }
        finally
        {
            EndProcess(); // whatever that has thrown, for lack of memory
        }
    }
}
