namespace ActorPool.Node.Tests.Deploy;

/// <summary>The page about running nodes.</summary>
public sealed class DeployReadmeTests
{
    private static readonly string s_text = DeployFiles.Read("README.md");

    [Fact]
    public void Its_commands_are_commands_of_the_node()
    {
        const string Program = "dotnet Node.dll ";
        var commands = s_text.Split('\n').Where(line => line.StartsWith(Program, StringComparison.Ordinal))
            .Select(line => line[Program.Length..])
            .Append(s_text.Split("NODE_FLAGS=\"")[1].Split('"')[0])
            .Append(s_text.Split('\n').Single(line => line.StartsWith("docker run", StringComparison.Ordinal)).Split("actorpool-node ")[1])
            .ToArray();

        Assert.Equal(4, commands.Length);
        Assert.All(commands, command => DeployFiles.CheckCommand(command.Split(' ')));
    }

    [Fact]
    public void It_names_each_file_of_the_folder()
    {
        var files = new DirectoryInfo(DeployFiles.Folder).GetFiles().Select(file => file.Name).Where(name => name is not "README.md");

        Assert.All(files, name => Assert.Contains($"`{name}`", s_text, StringComparison.Ordinal));
    }
}
