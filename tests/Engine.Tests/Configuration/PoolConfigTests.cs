using ActorPool.Configuration;
using ActorPool.Tests.Support;
using Akka.Actor;

namespace ActorPool.Tests.Configuration;

public sealed class PoolConfigTests() : Akka.TestKit.Xunit2.TestKit(
    "actorpool { workers = 3, worker-losses = 8, worker-dispatcher.throughput = 4 }")
{
    private PoolSettings Read(string? config, ActorSystem? system = null)
    {
        var options = new WorkerPoolOptions { Config = config };
        return PoolSettings.Read(options, PoolConfig.ForCallersSystem(system ?? Sys, options));
    }

    [Fact]
    public void The_text_overrides_the_systems_section_and_that_overrides_the_reference()
    {
        var settings = Read("actorpool.workers = 5");
        Assert.Equal((5, 8, 256), (settings.Workers, settings.WorkerLosses, settings.NestedWorkers));
    }

    [Fact]
    public void A_system_gets_the_pools_dispatchers_and_keeps_its_own_settings_of_them()
    {
        Read(config: null);
        Assert.True(Sys.Dispatchers.HasDispatcher(PoolSettings.WorkerDispatcher));
        Assert.True(Sys.Dispatchers.HasDispatcher(PoolSettings.CoordinationDispatcher));
        Assert.Equal(4, Sys.Dispatchers.Lookup(PoolSettings.WorkerDispatcher).Throughput);
        Assert.Equal(100, Sys.Dispatchers.Lookup(PoolSettings.CoordinationDispatcher).Throughput);
        Assert.Equal("10s", Sys.Settings.Config.GetString("actorpool.worker-dispatcher.worker-threads.keep-alive"));
    }

    [Fact]
    public void A_second_pool_in_a_system_neither_changes_the_system_nor_sees_the_first_ones_text()
    {
        Read("actorpool.workers = 5");
        var before = Sys.Settings.Config;
        Assert.Equal(3, Read(config: null).Workers);
        Assert.Same(before, Sys.Settings.Config);
    }

    [Theory]
    [InlineData(
        "actorpool.worker-dispatcher.throughput = 2",
        "actorpool.worker-dispatcher.throughput is set (WorkerPoolOptions.Config, line 1, column 1)")]
    [InlineData("actorpool.coordination-dispatcher { }", "actorpool.coordination-dispatcher is set")]
    [InlineData("akka { loglevel = DEBUG }", "akka.loglevel is set (WorkerPoolOptions.Config, line 1, column 8)")]
    [InlineData("actorpool { workers = 1", "never closed")]
    public void Settings_that_a_running_system_cannot_take_are_refused(string config, string fault) =>
        Assert.Contains(fault, Assert.Throws<SettingsException>(() => Read(config)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_fault_in_the_systems_own_section_says_so()
    {
        var system = ActorSystem.Create("faulty", "actorpool { wrokers = 3 }");
        try
        {
            var message = Assert.Throws<SettingsException>(() => Read(config: null, system)).Message;
            Assert.Contains("actorpool.wrokers is an unknown key (the actor system's configuration)", message, StringComparison.Ordinal);
        }
        finally
        {
            await system.Terminate().Within("the end of the system");
        }
    }

    [Fact]
    public async Task An_owned_system_starts_with_both_dispatchers_and_logs_to_standard_error_only()
    {
        var options = new WorkerPoolOptions
        {
            Name = "my_pool",
            Config = "akka.loglevel = ERROR\nactorpool.worker-dispatcher.throughput = 3",
        };
        var settings = PoolSettings.Read(options, PoolConfig.ForOwnSystem(options));
        var system = ActorSystem.Create(settings.SystemName, settings.Config);
        try
        {
            Assert.Equal(3, system.Dispatchers.Lookup(PoolSettings.WorkerDispatcher).Throughput);
            Assert.Equal(100, system.Dispatchers.Lookup(PoolSettings.CoordinationDispatcher).Throughput);
            Assert.Equal(("ERROR", "OFF", 0), (system.Settings.LogLevel, system.Settings.StdoutLogLevel, system.Settings.LogDeadLetters));
            Assert.Equal(["ActorPool.Diagnostics.StandardErrorLogger, ActorPool"], system.Settings.Loggers);
            Assert.False(system.Settings.Config.GetBoolean("akka.coordinated-shutdown.run-by-clr-shutdown-hook"));
        }
        finally
        {
            await system.Terminate().Within("the end of the system");
        }
    }

    [Fact]
    public void The_text_of_one_pool_does_not_reach_the_next()
    {
        PoolConfig.ForOwnSystem(
            new WorkerPoolOptions { Config = "actorpool { workers = 5, worker-dispatcher.throughput = 9 }\nakka.loglevel = DEBUG" });
        var next = PoolConfig.ForOwnSystem(new WorkerPoolOptions());
        Assert.Equal(
            ("auto", 1, "WARNING"),
            (next.GetString("actorpool.workers"), next.GetInt("actorpool.worker-dispatcher.throughput"), next.GetString("akka.loglevel")));
    }

    [Fact]
    public void The_file_for_local_pools_is_valid()
    {
        var options = new WorkerPoolOptions { Config = File.ReadAllText(Path.Combine(FindRepository(), "config", "local.conf")) };
        Assert.Equal(TimeSpan.FromSeconds(5), PoolSettings.Read(options, PoolConfig.ForOwnSystem(options)).ShutdownTimeout);
    }

    [Fact]
    public void The_reference_passes_the_strict_reader_too()
    {
        using var stream = typeof(PoolConfig).Assembly.GetManifestResourceStream("ActorPool.reference.conf")!;
        using var reader = new StreamReader(stream);
        var text = new HoconText("reference.conf", reader.ReadToEnd());
        Assert.Empty(text.Faults);
        Assert.All(text.Entries, entry => Assert.Equal("actorpool", HoconText.GetFirstKey(entry.Path)));
    }

    private static string FindRepository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "Directory.Packages.props")))
            folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("Run the tests from inside the repository.");
        return folder;
    }
}
