namespace ActorPool.Node.Tests;

/// <summary>The size of the folder that is copied to each machine of a cluster.</summary>
public sealed class OutputSizeTests
{
    private const long MaxBytes = 30_000_000;

    [Fact]
    public void The_nodes_folder_has_less_than_30_MB()
    {
        var files = new DirectoryInfo(Path.GetDirectoryName(Repository.Node)!).GetFiles("*", SearchOption.AllDirectories);

        Assert.True(
            files.Sum(file => file.Length) is > 1_000_000 and < MaxBytes,
            string.Join('\n', files.OrderByDescending(file => file.Length).Take(10).Select(file => $"{file.Length:N0} {file.FullName}")));
    }
}
