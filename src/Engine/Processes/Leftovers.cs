using System.Text;

namespace ActorPool.Processes;

/// <summary>What a worker process removes for a parent that was killed.</summary>
/// <remarks>
/// They are the two files that the process was told of, their directory once it is empty, and processes that functions have started. The
/// last worker finds the directory empty. Nothing is looked for by its name, and no link is followed.
/// </remarks>
internal sealed class Leftovers
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(1);

    private readonly byte[][] _files;
    private readonly byte[] _directory;
    private readonly ProcessMark? _mark;

    public Leftovers(ChildStart start)
    {
        _files = [Encode(start.SocketPath), Encode(start.NotePath)];
        _directory = Encode(Path.GetDirectoryName(start.SocketPath) ?? "");
        _mark = ProcessMark.FindOwn();
    }

    /// <summary>Removes them; takes about a second at most.</summary>
    /// <remarks>Only for a process whose parent has ended: one that lives needs the directory for its other workers.</remarks>
    public void Remove()
    {
        if (OperatingSystem.IsWindows())
            return;
        Array.ForEach(_files, UnixCalls.TryRemoveFile);
        UnixCalls.TryRemoveDirectory(_directory);
        if (_mark is null)
            return;
        // Of a thread of its own: reading the environment of a process that hangs in the system may hang too.
        var thread = new Thread(_mark.KillProcesses) { IsBackground = true };
        thread.Start();
        thread.Join(s_limit);
    }

    private static byte[] Encode(string path) => Encoding.UTF8.GetBytes($"{path}\0");
}
