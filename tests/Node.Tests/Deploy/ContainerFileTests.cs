namespace ActorPool.Node.Tests.Deploy;

/// <summary>The container file, as far as a machine without containers can tell.</summary>
public sealed class ContainerFileTests
{
    private static readonly (string Name, string Text)[] s_instructions =
    [
        .. DeployFiles.Read("Dockerfile").Split('\n').Where(line => line.Length > 0 && line[0] is not '#')
            .Select(line => line.Split(' ', 2)).Select(parts => (parts[0], parts[1])),
    ];

    [Fact]
    public void It_builds_the_node_and_copies_it_into_an_image_without_the_SDK()
    {
        var stages = Find("FROM").Select(from => from.Split(' ')[^1]).ToArray();

        Assert.Equal(2, stages.Length);
        Assert.Equal("build", stages[0]);
        Assert.Contains("/dotnet/sdk:", Find("FROM")[0], StringComparison.Ordinal);
        Assert.Contains("/dotnet/aspnet:", stages[1], StringComparison.Ordinal);
        Assert.Contains($"DOTNET_VERSION={Environment.Version.ToString(2)}", Find("ARG"), StringComparer.Ordinal);
    }

    [Fact]
    public void It_publishes_the_project_of_the_node_to_the_folder_that_it_copies()
    {
        var publish = Assert.Single(Find("RUN"), run => run.StartsWith("dotnet publish ", StringComparison.Ordinal)).Split(' ');

        Assert.True(File.Exists(Path.Combine(Repository.Root, publish[2], "Node.csproj")));
        var output = publish[Array.IndexOf(publish, "-o") + 1];
        Assert.Contains($"--from=build {output} {Path.GetDirectoryName(DeployFiles.Node)}", Find("COPY"), StringComparer.Ordinal);
        Assert.Equal($"[\"dotnet\", \"{DeployFiles.Node}\"]", Assert.Single(Find("ENTRYPOINT")));
    }

    [Fact]
    public void It_does_not_run_as_root_and_gets_the_signal_that_a_node_knows()
    {
        Assert.Equal("$APP_UID", Assert.Single(Find("USER")));
        Assert.Equal("SIGTERM", Assert.Single(Find("STOPSIGNAL")));
    }

    [Fact]
    public void The_commands_of_its_comments_are_commands_of_the_node()
    {
        var run = DeployFiles.Read("Dockerfile").Split('\n').Single(line => line.Contains("docker run", StringComparison.Ordinal));

        DeployFiles.CheckCommand(run.Split("actorpool-node ")[1].Split(' '));
    }

    [Fact]
    public Task Its_variables_are_settings_of_the_node() => DeployFiles.CheckVariablesAsync(Find("ENV"));

    /// <remarks>What the build of the node reads, as the list of files that are not ignored says.</remarks>
    [Fact]
    public void The_build_gets_all_files_that_it_needs()
    {
        var allowed = DeployFiles.Read("Dockerfile.dockerignore").Split('\n')
            .Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/')).ToArray();

        Assert.All(allowed, path => Assert.True(Path.Exists(Path.Combine(Repository.Root, path)), path));
        string[] needed =
        [
            "src", "Directory.Build.props", "Directory.Packages.props", "BannedSymbols.txt", ".editorconfig", "global.json", "README.md",
        ];
        Assert.Empty(needed.Except(allowed, StringComparer.Ordinal));
    }

    /// <remarks>Its command, on what its build gets: it restores the compiler for ready-to-run code.</remarks>
    [Fact]
    [Trait("Category", "Slow")]
    public async Task Its_command_publishes_a_node_that_runs()
    {
        var folder = Directory.CreateTempSubdirectory("image-");
        try
        {
            var source = Path.Combine(folder.FullName, "source");
            var listed = DeployFiles.Read("Dockerfile.dockerignore").Split('\n')
                .Where(line => line.StartsWith('!')).Select(line => line[1..].TrimEnd('/'));
            var files = string.Join(' ', listed);
            var copy = $"mkdir {source}; cd {Repository.Root}; tar c --exclude=bin --exclude=obj {files} | tar x -C {source}";
            using (var copied = NodeProcess.Run("sh", "-ec", copy))
                await copied.CheckEndAsync(0);
            var command = Find("RUN").Single(run => run.StartsWith("dotnet publish ", StringComparison.Ordinal))
                .Replace("$TARGETARCH", "amd64", StringComparison.Ordinal)
                .Replace("-o /node", $"-o {folder.FullName}/node", StringComparison.Ordinal);
            using (var published = NodeProcess.Run("sh", "-ec", $"cd {source}; {command} -nodeReuse:false -p:UseSharedCompilation=false"))
                await published.CheckEndAsync(0, TimeSpan.FromMinutes(15));

            var output = new DirectoryInfo(Path.Combine(folder.FullName, "node"));
            Assert.InRange(output.EnumerateFiles("*", SearchOption.AllDirectories).Sum(file => file.Length), 1_000_000, 30_000_000);
            using var node = NodeProcess.Run("dotnet", Path.Combine(output.FullName, "Node.dll"), "--seed", "--port", "0");
            await node.AwaitAsync("next:");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string[] Find(string instruction) =>
        [.. s_instructions.Where(one => one.Name.Equals(instruction, StringComparison.Ordinal)).Select(one => one.Text)];
}
