namespace ActorPool.ClusterTests.Support;

/// <summary>A temporary file of settings, for a node's <c>--config</c>.</summary>
internal sealed class SettingsFile : IDisposable
{
    public SettingsFile(string text) => File.WriteAllText(Path, Text = text);

    public string Path { get; } = System.IO.Path.GetTempFileName();

    public string Text { get; }

    public void Dispose() => File.Delete(Path);
}
