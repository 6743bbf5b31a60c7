using System.Globalization;

namespace ActorPool.Processes;

/// <summary>A variable by which the processes are found that functions of a worker have started.</summary>
/// <remarks>
/// A process that leaves its group and its parent, as a daemon does (<c>setsid</c>), keeps its environment. Linux shows that in
/// <c>/proc/ID/environ</c>, to the same user; elsewhere nothing is found. A process that is to outlive its worker is started without the
/// variable.
/// </remarks>
internal sealed class ProcessMark
{
    public const string Variable = "ACTORPOOL_WORKER";

    // A process may start another one while they are looked for, and one that was killed is seen until it has ended.
    private const int MaxRounds = 5;

    private readonly byte[] _entry;

    private ProcessMark(string id)
    {
        Id = id;
        _entry = System.Text.Encoding.ASCII.GetBytes($"{Variable}={id}");
    }

    public string Id { get; }

    public static ProcessMark Create() => new(Guid.NewGuid().ToString("N"));

    /// <summary>Returns the mark that this process has got; null for none.</summary>
    public static ProcessMark? FindOwn() => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } id ? new ProcessMark(id) : null;

    /// <summary>Kills all processes that have the mark, apart from this one.</summary>
    /// <remarks>Costs some 10 µs for each process of the machine.</remarks>
    public void KillProcesses()
    {
        if (!OperatingSystem.IsLinux())
            return;
        for (var round = 0; round < MaxRounds && KillFound(); round++)
        {
            // Until none is found.
        }
    }

    private bool KillFound()
    {
        var hasFound = false;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && id != Environment.ProcessId && HasMark(folder))
            {
                UnixCalls.KillProcess(id);
                hasFound = true;
            }
        }
        return hasFound;
    }

    private bool HasMark(string folder)
    {
        try
        {
            ReadOnlySpan<byte> environment = File.ReadAllBytes($"{folder}/environ");
            foreach (var range in environment.Split((byte)0))
            {
                if (environment[range].SequenceEqual(_entry))
                    return true;
            }
            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It has ended, or is another user's.
        }
    }
}
