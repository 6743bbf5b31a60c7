using System.Globalization;

namespace ActorPool.Soak;

/// <summary>Finds the processes that descend from this one, and their files.</summary>
/// <remarks>Also those whose parent has ended. They have a variable and a directory for temporary files of their own. Linux only.</remarks>
internal sealed class OwnProcesses : IDisposable
{
    private const string Variable = "ACTORPOOL_SOAK_RUN";
    private const string WorkerVariable = "ACTORPOOL_WORKER_PROCESS=";

    private readonly string _mark = $"{Variable}={Guid.NewGuid():N}";
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory("soak-");

    public OwnProcesses()
    {
        Environment.SetEnvironmentVariable(Variable, _mark[(Variable.Length + 1)..]);
        Environment.SetEnvironmentVariable("TMPDIR", _files.FullName);
    }

    /// <summary>Gets the ids of the worker processes of this run: of pools and nodes.</summary>
    public IReadOnlyList<int> FindWorkers() => [.. Find(environment => environment.Contains(WorkerVariable, StringComparison.Ordinal))];

    /// <summary>Describes what the run has left: processes and files.</summary>
    public IReadOnlyList<string> FindLeftovers() =>
    [
        .. Find(_ => true).Select(id => $"process {id}"),
        .. _files.EnumerateFileSystemInfos("*", SearchOption.AllDirectories).Select(file => file.FullName),
    ];

    public void Dispose() => _files.Delete(recursive: true);

    private IEnumerable<int> Find(Func<string, bool> isWanted)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var id) || id == Environment.ProcessId)
                continue;
            string environment;
            try
            {
                environment = File.ReadAllText(Path.Combine(directory, "environ")); // empty for a process that waits to be reaped
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue; // it has ended, or is another user's
            }
            if (environment.Contains(_mark, StringComparison.Ordinal) && isWanted(environment))
                yield return id;
        }
    }
}
