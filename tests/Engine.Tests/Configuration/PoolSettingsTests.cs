using ActorPool.Configuration;
using Akka.Configuration;

namespace ActorPool.Tests.Configuration;

public sealed class PoolSettingsTests
{
    private static PoolSettings Read(string? config) => Read(new WorkerPoolOptions { Config = config });

    private static PoolSettings Read(WorkerPoolOptions options) => PoolSettings.Read(options, PoolConfig.ForOwnSystem(options));

    private static string ReadFaults(WorkerPoolOptions options) => Assert.Throws<SettingsException>(() => Read(options)).Message;

    private static void AssertContains(string message, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(part, message, StringComparison.Ordinal));

    [Fact]
    public void The_defaults_are_those_of_the_reference()
    {
        var settings = Read(config: null);
        Assert.Equal(Environment.ProcessorCount, settings.Workers);
        Assert.Equal(TimeSpan.FromMilliseconds(2), settings.ChunkTarget);
        Assert.Equal(262_144, settings.StreamMaxWindow);
        Assert.Equal(TimeSpan.FromMilliseconds(100), settings.ProgressInterval);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.AbandonAfter);
        Assert.Equal(TimeSpan.FromMinutes(1), settings.RetryWhenTimeout);
        Assert.Equal(TimeSpan.FromSeconds(2), settings.ShutdownTimeout);
        Assert.Equal(3, settings.WorkerLosses);
        Assert.Equal(256, settings.NestedWorkers);
        Assert.Same(TimeProvider.System, settings.TimeProvider);
        Assert.Null(settings.MaxTasksPerWorker);
    }

    [Fact]
    public void Every_key_is_read_into_the_setting_of_its_name()
    {
        var settings = Read("""
            actorpool {
              workers = 7, chunk.target = 3ms, stream { max-window = 11 }
              progress-interval = 0ms, abandon-after = 4s, retry-when-timeout = 9s, shutdown-timeout = 0.5 minutes
              worker-losses = 5, nested-workers = 0
            }
            """);
        Assert.Equal(7, settings.Workers);
        Assert.Equal(TimeSpan.FromMilliseconds(3), settings.ChunkTarget);
        Assert.Equal(11, settings.StreamMaxWindow);
        Assert.Equal(TimeSpan.Zero, settings.ProgressInterval);
        Assert.Equal(TimeSpan.FromSeconds(4), settings.AbandonAfter);
        Assert.Equal(TimeSpan.FromSeconds(9), settings.RetryWhenTimeout);
        Assert.Equal(TimeSpan.FromSeconds(30), settings.ShutdownTimeout);
        Assert.Equal(5, settings.WorkerLosses);
        Assert.Equal(0, settings.NestedWorkers);
    }

    [Theory]
    [InlineData("warn")]
    [InlineData("refuse")]
    [InlineData("ignore")]
    public void Lost_writes_are_one_of_three_words(string word) =>
        Assert.Equal(word, Read($"actorpool.cluster.lost-writes = {word}").Cluster.LostWrites.ToString(), ignoreCase: true);

    [Fact]
    public void Another_word_for_lost_writes_is_refused_with_the_three()
    {
        Assert.Equal(LostWriteMode.Warn, Read(config: null).Cluster.LostWrites);
        AssertContains(
            ReadFaults(new WorkerPoolOptions { Config = "actorpool.cluster.lost-writes = on" }),
            "actorpool.cluster.lost-writes is [on]", "Write [warn] or [refuse] or [ignore].");
    }

    [Fact]
    public void A_node_serves_http_where_it_is_told_to()
    {
        Assert.Null(Read(config: null).Cluster.Http);
        Assert.Equal("127.0.0.1:9110", $"{Read("actorpool.cluster.http = 9110").Cluster.Http}");
        Assert.Equal("[::]:9110", $"{Read("actorpool.cluster.http = \"[::]:9110\"").Cluster.Http}");
        AssertContains(
            ReadFaults(new WorkerPoolOptions { Config = "actorpool.cluster.http = on" }),
            "actorpool.cluster.http is [on]", "Write [off] or a port (0 to 65535), or an IP address and a port");
    }

    [Fact]
    public void Options_override_the_configuration_and_that_overrides_the_reference()
    {
        var settings = Read(new WorkerPoolOptions { Workers = 2, Config = "actorpool { workers = 7, worker-losses = 9 }" });
        Assert.Equal((2, 9, 256), (settings.Workers, settings.WorkerLosses, settings.NestedWorkers));
    }

    [Fact]
    public void Options_become_settings_unchanged()
    {
        Action initializer = () => { };
        Func<object> state = () => new object();
        var settings = Read(
            new WorkerPoolOptions { Name = "my_pool-2", Initializer = initializer, WorkerState = state, MaxTasksPerWorker = 1 });
        Assert.Equal(("my_pool-2", "my-pool-2", 1), (settings.Name, settings.SystemName, settings.MaxTasksPerWorker));
        Assert.Same(initializer, settings.Initializer);
        Assert.Same(state, settings.WorkerState);
    }

    [Fact]
    public void One_message_lists_all_faults_with_name_value_and_place()
    {
        var message = ReadFaults(new WorkerPoolOptions
        {
            Workers = 0,
            Name = "my pool",
            MaxTasksPerWorker = 0,
            TimeProvider = null!,
            Config = """
                actorpool {
                  workers = many
                  wrokers = 3
                  chunk.target = 5us
                  stream.max-window = 0
                  progress-interval = off
                  abandon-after = -1s
                  shutdown-timeout = 2d
                  worker-losses = 1.5
                  nested-workers { }
                  nonsense here
                  empty { }
                  worker-dispatcher { throughput = 0, paralellism = 2, worker-threads { max = x, keep-alive = 1us, spin = -1 } }
                }
                aktorpool.workers = 1
                """,
        });
        AssertContains(
            message,
            "WorkerPoolOptions.Workers is [0]", "WorkerPoolOptions.Name is [my pool]",
            "WorkerPoolOptions.MaxTasksPerWorker is [0]", "WorkerPoolOptions.TimeProvider is [null]",
            "actorpool.workers is [many] (WorkerPoolOptions.Config, line 2, column 3). Write [auto] or a whole number, 1 to 10000.",
            "actorpool.wrokers is an unknown key (WorkerPoolOptions.Config, line 3, column 3); its value is [3]. "
            + "Remove it, or take one of workers, chunk, stream, progress-interval, abandon-after,",
            "actorpool.chunk.target is [5us] (WorkerPoolOptions.Config, line 4, column 3). Write a duration of 0.01ms to 1m",
            "actorpool.stream.max-window is [0]", "actorpool.progress-interval is [off]",
            "actorpool.abandon-after is [-1s]", "actorpool.shutdown-timeout is [2d]",
            "actorpool.worker-losses is [1.5]", "actorpool.nested-workers is a section",
            "(line 11, column 3)", "actorpool.empty is an unknown key",
            "actorpool.worker-dispatcher.throughput is [0]", "actorpool.worker-dispatcher.paralellism is an unknown key",
            "actorpool.worker-dispatcher.worker-threads.max is [x]",
            "worker-threads.keep-alive is [1us]", "worker-threads.spin is [-1]",
            "aktorpool.workers is an unknown key (WorkerPoolOptions.Config, line 15, column 1)");
        Assert.Equal(21, message.Split("\n- ").Length - 1);
    }

    [Theory]
    [InlineData("actorpool {\n  workers = many\n}", "actorpool.workers", 2, 3)]
    [InlineData("\nactorpool.wrokers = 1", "actorpool.wrokers", 2, 1)]
    [InlineData("actorpool.workers { x = 1 }", "actorpool.workers", 1, 21)]
    [InlineData("actorpool { workers = 1 }\nactorpool.workers = 2", "actorpool.workers", 2, 1)]
    [InlineData("aktor = 1", "aktor", 1, 1)]
    [InlineData("a nonsense line", "", 1, 1)]
    public void A_fault_of_the_text_has_its_key_and_place(string config, string key, int line, int column)
    {
        var fault = Assert.Throws<SettingsException>(() => Read(config)).Faults[0];
        Assert.Equal((key, "WorkerPoolOptions.Config", line, column), (fault.Key, fault.File, fault.Line, fault.Column));
        Assert.Contains($"line {line}, column {column}", fault.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_an_option_has_its_name_and_no_place()
    {
        var fault = Assert.Single(Assert.Throws<SettingsException>(() => Read(new WorkerPoolOptions { Workers = 0 })).Faults);
        Assert.Equal(("WorkerPoolOptions.Workers", null, 0, 0), (fault.Key, fault.File, fault.Line, fault.Column));
    }

    [Theory]
    [InlineData("actorpool = 3", "actorpool is [3]")]
    [InlineData("actorpool.chunk = 5ms", "actorpool.chunk is [5ms]")]
    [InlineData("actorpool.workers = 10001", "actorpool.workers is [10001]")]
    [InlineData("actorpool.workers = 99999999999", "actorpool.workers is [99999999999]")]
    [InlineData("actorpool.workers = [1]", "actorpool.workers is [[1]]")]
    [InlineData("actorpool.workers = \"\"", "actorpool.workers is []")]
    [InlineData("actorpool.cluster.local-socket = maybe", "actorpool.cluster.local-socket is [maybe]")]
    [InlineData("actorpool.cluster.bind = node1", "actorpool.cluster.bind is [node1]")]
    [InlineData("actorpool.cluster.bind = 8110", "actorpool.cluster.bind is [8110]")]
    [InlineData("actorpool.cluster.data-port = 65536", "actorpool.cluster.data-port is [65536]")]
    [InlineData("actorpool.cluster.public-port = -1", "actorpool.cluster.public-port is [-1]")]
    [InlineData("actorpool.cluster.public-data-port = auto", "actorpool.cluster.public-data-port is [auto]")]
    [InlineData("actorpool.workers.x = 1", "actorpool.workers is a section")]
    [InlineData("actorpool.\"chunk.target\" = 1ms", "actorpool.\"chunk.target\" is an unknown key")]
    [InlineData("actorpool.workers = 1\nactorpool.workers = 1", "actorpool.workers twice (line 1, column 1, and line 2, column 1)")]
    [InlineData("actorpool.workers = ${?WORKERS}", "substitution")]
    public void An_impossible_configuration_is_refused(string config, string fault) =>
        AssertContains(ReadFaults(new WorkerPoolOptions { Config = config }), fault);

    [Theory]
    [InlineData("")]
    [InlineData("-a")]
    [InlineData("_a")]
    [InlineData("a.b")]
    [InlineData("a/b")]
    [InlineData("é")]
    [InlineData("a\n")]
    public void A_name_that_Akka_would_refuse_is_refused(string name) =>
        AssertContains(ReadFaults(new WorkerPoolOptions { Name = name }), $"WorkerPoolOptions.Name is [{name}]");

    [Theory]
    [InlineData(-1)]
    [InlineData(PoolSettings.MaxWorkers + 1)]
    public void An_impossible_number_of_workers_is_refused(int workers) =>
        AssertContains(ReadFaults(new WorkerPoolOptions { Workers = workers }), $"WorkerPoolOptions.Workers is [{workers}]");

    [Fact]
    public void A_key_that_neither_the_configuration_nor_the_reference_has_is_missing()
    {
        var message = Assert.Throws<SettingsException>(
            () => PoolSettings.Read(new WorkerPoolOptions(), ConfigurationFactory.ParseString("actorpool.workers = 1"))).Message;
        AssertContains(
            message,
            "actorpool.chunk.target is missing",
            "actorpool.nested-workers is missing",
            "actorpool.worker-dispatcher.worker-threads.max is missing");
        Assert.DoesNotContain("actorpool.workers is", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Generated_names_differ() =>
        Assert.Matches(
            "^actorpool-[0-9]+ actorpool-[0-9]+$",
            string.Join(' ', new[] { Read(config: null).Name, Read(config: null).Name }.Distinct(StringComparer.Ordinal)));

    [Fact]
    public void An_Akka_dispatcher_may_replace_the_pools_own()
    {
        var settings = Read("""
            actorpool.worker-dispatcher {
              type = ForkJoinDispatcher, executor = fork-join-executor, throughput = 5, dedicated-thread-pool { thread-count = 4 }
            }
            """);
        Assert.Equal(4, settings.Config.GetInt("actorpool.worker-dispatcher.dedicated-thread-pool.thread-count"));
    }

    [Fact]
    public void An_initializer_that_nothing_can_wait_for_is_refused()
    {
#pragma warning disable MA0147 // what is refused
        Action initializer = async () => await Task.Yield();
#pragma warning restore MA0147
        foreach (var one in new[] { initializer, (() => { }) + initializer })
        {
            var error = Assert.ThrowsAny<ArgumentException>(() => WorkerPool.Create(new WorkerPoolOptions { Initializer = one }));
            Assert.Contains("WorkerPoolOptions.Initializer", error.Message, StringComparison.Ordinal);
            Assert.Contains("Make it synchronous", error.Message, StringComparison.Ordinal);
        }
    }
}
