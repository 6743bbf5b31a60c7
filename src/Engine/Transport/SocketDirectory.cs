namespace ActorPool.Transport;

/// <summary>A directory for Unix domain sockets that only this user can enter.</summary>
/// <remarks>
/// It is removed with its owner, or when the program ends without disposing of that. One that is killed leaves it; a node's is then removed
/// by <see cref="AbandonedSockets"/>.
/// </remarks>
internal sealed class SocketDirectory : IDisposable
{
    /// <summary>What the names of all such directories begin with.</summary>
    public const string Prefix = "actorpool-";

    private SocketDirectory(string path)
    {
        Path = path;
        AppDomain.CurrentDomain.ProcessExit += OnProcessExit;
    }

    public string Path { get; }

    /// <summary>Makes a new directory among the temporary files.</summary>
    /// <exception cref="IOException">The directory for temporary files is missing, or nothing can be made in it.</exception>
    public static SocketDirectory Create()
    {
        try
        {
            return new SocketDirectory(Directory.CreateTempSubdirectory(Prefix).FullName);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new IOException(
                $"No directory for its socket can be made in [{System.IO.Path.GetTempPath()}], the directory for temporary files: "
                + $"{e.Message}. Set the variable TMPDIR to a directory that can be written.",
                e);
        }
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is gone already, or someone has put files there that cannot be removed; nothing depends on it.
        }
    }

    private void OnProcessExit(object? sender, EventArgs e) => Dispose();
}
