using System.Globalization;
using ActorPool.Diagnostics;
using ActorPool.Tests.Support;
using Microsoft.Extensions.Logging;

namespace ActorPool.Tests.Diagnostics;

/// <summary>What functions log comes to the caller's logger, from wherever they run.</summary>
[Collection(ManyProcesses.Name)]
public sealed class FunctionLogTests
{
    private readonly ListLogger _logger = new();

    [Fact]
    public async Task A_function_logs_with_its_job_item_and_worker()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, Name = "logs", FunctionLogger = _logger });

        await pool.ForEachAsync(Write, [10, 11], new JobOptions { Name = "two" }).Within("the job", pool);

        Check(place: "", "worker-0", node: null);
        Assert.IsType<FormatException>(_logger.Entries.First().Exception);
    }

    [Fact]
    public async Task A_logger_is_made_once_for_the_items_of_a_chunk()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, FunctionLogger = _logger });

        var same = await pool.MapAsync(
            _ => ReferenceEquals(WorkContext.Current!.Logger, WorkContext.Current.Logger), [1, 2], new JobOptions { ChunkSize = 2 })
            .Within("the job", pool);

        Assert.Equal([true, true], same);
    }

    [Fact]
    public async Task A_function_on_a_node_logs_to_the_caller()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        var options = new WorkerPoolOptions { Name = "logs", FunctionLogger = _logger };
        await using var pool = await WorkerPool.ConnectAsync(node.Address, options).Within("the connection");

        await pool.ForEachAsync(Write, [10, 11], new JobOptions { Name = "two" }).Within("the job", pool);

        // Lines come before the outcome of their item.
        Check($" on {node.Address}", "worker-0", node.Address);
        Assert.Contains("System.FormatException: bad", _logger.Entries.First().Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_function_in_a_worker_process_logs_to_the_caller()
    {
        var options = new WorkerPoolOptions
        {
            Workers = 1, Isolation = WorkerIsolation.Process, Name = "logs", FunctionLogger = _logger,
        };
        await using var pool = WorkerPool.Create(options);

        await pool.ForEachAsync(Write, [10, 11], new JobOptions { Name = "two" }).Within("the job", pool);

        Check(place: "", "worker-0", node: null);
    }

    [Fact]
    public async Task Levels_that_the_caller_does_not_take_are_not_sent()
    {
        var logger = new ListLogger(LogLevel.Error);
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        await using var pool = await WorkerPool.ConnectAsync(
            node.Address, new WorkerPoolOptions { FunctionLogger = logger }).Within("the connection");

        var enabled = await pool.MapAsync(
            level =>
            {
                var own = WorkContext.Current!.Logger;
                own.Log((LogLevel)level, "text");
                return own.IsEnabled((LogLevel)level);
            },
            [0, 3, 4, 5, 6]).Within("the job", pool);

        Assert.Equal([false, false, true, true, false], enabled);
        Assert.Equal([LogLevel.Error, LogLevel.Critical], logger.Entries.Select(entry => entry.Level));
    }

    [Fact]
    public async Task What_is_logged_too_fast_is_dropped_and_counted()
    {
        const int Lines = PoolLog.Burst + 500;
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        await using var pool = await WorkerPool.ConnectAsync(
            node.Address, new WorkerPoolOptions { FunctionLogger = _logger }).Within("the connection");

        await pool.ApplyAsync(
            lines =>
            {
                for (var i = 0; i < lines; i++)
                    WorkContext.Current!.Logger.LogInformation("line");
                return lines;
            },
            Lines).Within("the job", pool);

        Assert.InRange(_logger.Entries.Count, 1, Lines - 1);
    }

    [Fact]
    public async Task A_logger_that_throws_harms_no_job()
    {
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 1, FunctionLogger = new ThrowingLogger() });

        Assert.Equal(3, await pool.ApplyAsync(
            x =>
            {
                WorkContext.Current!.Logger.LogError("text");
                return x + 1;
            },
            2).Within("the job", pool));
    }

    [Fact]
    public async Task Output_of_functions_on_nodes_goes_to_the_log_on_request()
    {
        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 1 }).Within("the node");
        var options = new WorkerPoolOptions { FunctionLogger = _logger, Config = "actorpool.forward-output = log" };
        await using var pool = await WorkerPool.ConnectAsync(node.Address, options).Within("the connection");

        await pool.ForEachAsync(
            x =>
            {
                Console.Write("out ");
                Console.WriteLine(x);
                Console.Error.Write("no end of line");
            },
            [7], new JobOptions { Name = "writes" }).Within("the job", pool);

        Assert.Equal(
            [(LogLevel.Information, "out 7"), (LogLevel.Warning, "no end of line")],
            _logger.Entries.Select(entry => (entry.Level, (string)entry.Values["Text"]!)));
        Assert.All(_logger.Entries, entry => Assert.Equal(
            ("writes", 0L, node.Address), ((string)entry.Values["Job"]!, (long)entry.Values["Item"]!, (string)entry.Values["Node"]!)));
    }

    private static void Write(int x)
    {
        var (id, error, text) = (new EventId(x, "event"), new FormatException("bad"), x.ToString(CultureInfo.InvariantCulture));
        WorkContext.Current!.Logger.LogWarning(id, error, "the item is {Item}", text);
    }

    private void Check(string place, string worker, string? node)
    {
        var entries = _logger.Entries.ToArray();
        Assert.Equal([10, 11], entries.Select(entry => entry.Event.Id));
        Assert.All(entries.Index(), one =>
        {
            var (index, entry) = one;
            Assert.Equal((LogLevel.Warning, "event"), (entry.Level, entry.Event.Name));
            Assert.StartsWith(
                $"{worker}{place}, item {index} of [two]: the item is {10 + index}", entry.Text, StringComparison.Ordinal);
            Assert.Equal(("logs", "two", (long)index), (entry.Values["Pool"], entry.Values["Job"], (long)entry.Values["Item"]!));
            Assert.Equal((worker, node), (entry.Values["Worker"], entry.Values["Node"]));
        });
    }

    private sealed class ThrowingLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            throw new InvalidOperationException("the disk is full");
    }
}
