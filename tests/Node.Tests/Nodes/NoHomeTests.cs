using System.Runtime.Versioning;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>Nodes of users without a home directory, or without a name, as in containers.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class NoHomeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("no-home-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("HOME=/nonexistent")]
    [InlineData("HOME=relative")]
    [InlineData("HOME=relative XDG_DATA_HOME=data")]
    public async Task Without_a_home_the_message_says_what_to_set_and_no_key_is_written(string environment)
    {
        using var node = Start(environment, "");

        await node.CheckEndAsync(78);

        Assert.Contains("Set XDG_DATA_HOME to a directory that you own", node.Error, StringComparison.Ordinal);
        Assert.Contains("--certs", node.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Fact]
    public async Task Without_a_home_a_node_with_a_directory_for_its_certificate_works()
    {
        using var node = Start($"HOME=/nonexistent XDG_DATA_HOME={_folder.FullName}/data", "");

        await node.AwaitAsync("next:");
    }

    [NamelessUserTheory]
    [InlineData("HOME=/nonexistent")]
    [InlineData("-u HOME")]
    public async Task A_user_without_a_name_is_shown_by_number(string environment)
    {
        File.SetUnixFileMode(_folder.FullName, (UnixFileMode)0b_111_111_111);
        using var node = Start(
            $"{environment} XDG_DATA_HOME={_folder.FullName}/data", NamelessUserTheoryAttribute.Prefix);

        await node.AwaitAsync("next:");

        Assert.EndsWith($", of the user {NamelessUserTheoryAttribute.User}", await node.AwaitAsync("process:"), StringComparison.Ordinal);
    }

    /// <summary>Starts a seed in the folder.</summary>
    private NodeProcess Start(string environment, string prefix) =>
        NodeProcess.Run(
            "sh", "-c",
            $"cd {_folder.FullName} && exec env -u XDG_DATA_HOME {environment} {prefix} dotnet {Repository.Node} --seed --port 0");
}
