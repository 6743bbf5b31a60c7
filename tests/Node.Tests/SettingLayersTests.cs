using System.Collections;
using ActorPool.Agent;
using ActorPool.Configuration;

namespace ActorPool.Node.Tests;

public sealed class SettingLayersTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("layers");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_file_and_variables_the_text_is_empty() =>
        Assert.Equal("", SettingLayers.Read(null, Variables(("PATH", "/bin"), ("ACTORPOOL", "x"))).Text);

    [Theory]
    [InlineData("ACTORPOOL__WORKERS", "actorpool.workers")]
    [InlineData("ACTORPOOL__CLUSTER__DRAIN_TIMEOUT", "actorpool.cluster.drain-timeout")]
    [InlineData("actorpool__cluster__max_frame_bytes", "actorpool.cluster.max-frame-bytes")]
    [InlineData("ActorPool__Worker_Dispatcher__Worker_Threads__Keep_Alive", "actorpool.worker-dispatcher.worker-threads.keep-alive")]
    public void A_variables_name_is_a_path(string variable, string path) =>
        Assert.Equal($"{path} = \"5s\"", SettingLayers.Read(null, Variables((variable, "5s"))).Text);

    [Fact]
    public void A_variable_replaces_the_files_setting()
    {
        var layers = SettingLayers.Read(
            Write("actorpool { workers = 1, cluster.prefetch = 3 }\nakka.loglevel = INFO"), Variables(("ACTORPOOL__WORKERS", "2")));

        Assert.Equal("actorpool.cluster.prefetch = \"3\"\nakka.loglevel = \"INFO\"\nactorpool.workers = \"2\"", layers.Text);
    }

    [Theory]
    [InlineData("a\"b\\c")]
    [InlineData("${PATH}")]
    [InlineData("1 } akka.loglevel = DEBUG {")]
    [InlineData("")]
    public void The_value_of_a_variable_is_always_text(string value)
    {
        var text = new HoconText("test", SettingLayers.Read(null, Variables(("ACTORPOOL__CLUSTER__CODE_CACHE", value))).Text);

        Assert.Empty(text.Faults);
        Assert.Equal(value, Assert.Single(text.Entries).Value);
    }

    [Theory]
    [InlineData("akka.a = \"\"\"two\nlines\"\"\"", "two\nlines")]
    [InlineData("akka.a = \"tab\\tand \\\"quotes\\\"\"", "tab\tand \"quotes\"")]
    [InlineData("akka.a { }", "{}")]
    public void Values_of_the_file_are_read_from_the_layers_unchanged(string file, string value)
    {
        var text = new HoconText("test", SettingLayers.Read(Write(file), Variables()).Text);

        Assert.Empty(text.Faults);
        Assert.Equal(value, Assert.Single(text.Entries).Value);
    }

    [Fact]
    public void Lists_stay_lists()
    {
        var text = new HoconText(
            "test",
            SettingLayers.Read(
                Write("akka.a = [1, \"two\nthree\", [4]]".Replace("\n", "\\n", StringComparison.Ordinal)), Variables()).Text);

        Assert.Empty(text.Faults);
        Assert.Equal("[\"1\", \"two\nthree\", [\"4\"]]", Assert.Single(text.Entries).Literal);
    }

    [Theory]
    [InlineData("ACTORPOOL__", "names no setting")]
    [InlineData("ACTORPOOL__CLUSTER__", "names no setting")]
    [InlineData("ACTORPOOL___WORKERS", "names no setting")]
    [InlineData("ACTORPOOL__CLUSTER___PREFETCH", "names no setting")]
    public void A_variable_that_names_no_setting_is_refused(string name, string expected)
    {
        var error = Assert.Throws<NodeException>(() => SettingLayers.Read(null, Variables((name, "1"))));

        Assert.Equal(78, error.ExitCode);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ACTORPOOL_WORKERS", "ACTORPOOL__WORKERS")]
    [InlineData("actorpool_cluster_drain_timeout", "ACTORPOOL__CLUSTER__DRAIN_TIMEOUT")]
    public void A_variable_with_one_underscore_for_a_dot_is_refused(string name, string right)
    {
        var error = Assert.Throws<NodeException>(() => SettingLayers.Read(null, Variables((name, "1"))));

        Assert.Contains(
            $"The variable {name} names no setting. Write two underscores for each dot: {right}.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Variables_of_a_service_of_that_name_are_no_settings() =>
        Assert.Equal("", SettingLayers.Read(null, Variables(("ACTORPOOL_SERVICE_HOST", "10.0.0.1"), ("ACTORPOOL_PORT", "tcp"))).Text);

    [Fact]
    public void Two_variables_of_one_setting_are_refused()
    {
        var error = Assert.Throws<NodeException>(
            () => SettingLayers.Read(null, Variables(("ACTORPOOL__WORKERS", "1"), ("actorpool__workers", "2"))));

        Assert.Contains("ACTORPOOL__WORKERS, actorpool__workers", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_of_more_than_one_line_is_refused() =>
        Assert.Contains(
            "line break",
            Assert.Throws<NodeException>(
                () => SettingLayers.Read(null, Variables(("ACTORPOOL__WORKERS", "1\nakka.loglevel = DEBUG")))).Message,
            StringComparison.Ordinal);

    [Fact]
    public void All_faults_of_a_file_are_named_with_line_and_column()
    {
        var file = Write("actorpool {\n  workers = 1\n  workers = 2\n  nonsense\n");

        var error = Assert.Throws<NodeException>(() => SettingLayers.Read(file, Variables()));

        Assert.Equal(78, error.ExitCode);
        Assert.Contains($"{file} has a {{ that is never closed", error.Message, StringComparison.Ordinal);
        Assert.Contains("(line 1, column 11)", error.Message, StringComparison.Ordinal);
        Assert.Contains("actorpool.workers twice (line 2, column 3, and line 3, column 3)", error.Message, StringComparison.Ordinal);
        Assert.Contains("(line 4, column 3)", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/no/such/file.conf", "cannot be read")]
    [InlineData("/", "cannot be read")]
    [InlineData("/dev/zero", "too many for a configuration")]
    public void A_path_that_is_no_configuration_file_is_refused(string file, string expected)
    {
        var error = Assert.Throws<NodeException>(() => SettingLayers.Read(file, Variables()));

        Assert.Equal(78, error.ExitCode);
        Assert.Contains(file, error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF_8_are_refused()
    {
        var file = Path.Combine(_folder.FullName, "test.conf");
        File.WriteAllBytes(file, [0x61, 0xFF, 0xFE]);

        Assert.Contains(
            "is not UTF-8", Assert.Throws<NodeException>(() => SettingLayers.Read(file, Variables())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refusals_of_the_engine_are_reported_with_the_places_and_names_that_the_user_knows()
    {
        var file = Write("akka.loglevel = INFO\nactorpool {\n  workers = many\n  nonsense { a = 1 }\n}");
        var layers = SettingLayers.Read(
            file, Variables(("ACTORPOOL__CLUSTER__PREFETCH", "-1")), [("actorpool.cluster.down-after", "soon", "--down-after")]);

        var error = layers.Describe(
            GetRefusal(new PoolNodeOptions { Host = "nowhere", Port = -1, Functions = "/no/such", Join = ["x"], Config = layers.Text }));

        Assert.Equal(78, error.ExitCode);
        Assert.Contains(
            $"\n- actorpool.workers is [many] ({file}, line 3, column 3). Write [auto]", error.Message, StringComparison.Ordinal);
        Assert.Contains($"\n- actorpool.nonsense.a is an unknown key ({file}, line 4, column 14)", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "\n- actorpool.cluster.prefetch is [-1] (the variable ACTORPOOL__CLUSTER__PREFETCH)", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n- actorpool.cluster.down-after is [soon] (--down-after)", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n- --host is [nowhere]", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n- --port is [-1]", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n- --functions is [/no/such]", error.Message, StringComparison.Ordinal);
        Assert.Contains("\n- --join: [x]", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Options", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PoolNodeOptions.Config, line 999, column 1")]
    [InlineData("PoolNodeOptions.Config, line 1, column 1")]
    [InlineData("WorkerPoolOptions.Name")]
    [InlineData("The pool's settings are not valid:")]
    [InlineData("(Parameter 'options')")]
    [InlineData("{0} {place}")]
    public void A_value_is_reported_unchanged_whatever_it_looks_like(string value)
    {
        var layers = SettingLayers.Read(null, Variables(("ACTORPOOL__WORKERS", value)));

        var error = layers.Describe(GetRefusal(new PoolNodeOptions { Config = layers.Text }));

        Assert.Contains(
            $"actorpool.workers is [{value}] (the variable ACTORPOOL__WORKERS). Write", error.Message, StringComparison.Ordinal);
    }

    private static SettingsException GetRefusal(PoolNodeOptions options) =>
        Assert.Throws<SettingsException>(() => NodeSettings.Read(options, out _));

    private string Write(string text)
    {
        var file = Path.Combine(_folder.FullName, "test.conf");
        File.WriteAllText(file, text);
        return file;
    }

    private static Hashtable Variables(params (string Name, string Value)[] variables)
    {
        var table = new Hashtable();
        foreach (var (name, value) in variables)
            table.Add(name, value);
        return table;
    }
}
