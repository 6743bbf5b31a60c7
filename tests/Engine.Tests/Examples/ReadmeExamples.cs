using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorPool.Tests.Examples;

/// <summary>The README's C# blocks, compiled and run.</summary>
/// <remarks>A change of a block in the README must be made here too.</remarks>
public sealed partial class ReadmeExamples : Akka.TestKit.Xunit2.TestKit
{
    private readonly WorkerPool pool = WorkerPool.Create(workers: 2);

    protected override void AfterAll()
    {
        base.AfterAll();
        _ = pool.DisposeAsync().AsTask();
    }

    [Fact]
    public async Task Which_input_failed()
    {
        try
        {
            await pool.MapAsync(x => 100 / x, [5, 2, 0, 1]);
        }
        catch (WorkItemException e)
        {
            Console.WriteLine($"{e.Index}: {e.InnerException!.Message}");     // 2: Attempted to divide by zero.
        }

        ItemResult<int>[] outcomes = await pool.TryMapAsync(x => 100 / x, [5, 2, 0, 1]);
        Console.WriteLine(outcomes.Count(outcome => outcome.IsSuccess));     // 3

        Assert.Equal([true, true, false, true], outcomes.Select(outcome => outcome.IsSuccess));
    }

    [Fact]
    public async Task A_stream()
    {
        IEnumerable<string> lines = Enumerable.Range(0, 1_000_000).Select(i => $"line {i}");
        var options = new JobOptions { Window = 100, Retries = 2, ItemTimeout = TimeSpan.FromSeconds(10) };

        var total = 0L;
        await foreach (var length in pool.StreamAsync(line => line.Length, lines, options))
            total += length;

        Assert.Equal(10_888_890, total);
    }

    [Fact]
    public async Task Asynchronous_functions()
    {
        using var http = Offline(new HttpClient());
        Uri[] uris = [new("https://example.com/"), new("https://example.org/")];

        await using var downloads = WorkerPool.Create(workers: 64);

        string[] pages = await downloads.MapAsync(async uri => await http.GetStringAsync(uri), uris);

        Assert.Equal(["example.com", "example.org"], pages);
        Assert.Equal(pages, await downloads.MapAsync(async (uri, token) => await http.GetStringAsync(uri, token), uris));
    }

    [Fact]
    public async Task Worker_state()
    {
        var stateful = new WorkerPoolOptions { Workers = 4, WorkerState = () => new System.Text.StringBuilder() };
        await using var writers = WorkerPool.Create(stateful);

        string[] numbered = await writers.MapAsync(
            x =>
            {
                var context = WorkContext.Current!;
                var builder = (System.Text.StringBuilder)context.State!;         // only this worker uses it: no locks
                return builder.Clear().Append(context.ItemIndex).Append(": ").Append(x).ToString();
            },
            ["a", "b"]);

        Assert.Equal(["0: a", "1: b"], numbered);
    }

    [Fact]
    public async Task Worker_processes()
    {
        var isolated = new WorkerPoolOptions { Workers = 4, Isolation = WorkerIsolation.Process };
        await using var processes = WorkerPool.Create(isolated);

        int[] ids = await processes.MapAsync(_ => Environment.ProcessId, [1, 2, 3, 4]);

        Assert.DoesNotContain(Environment.ProcessId, ids);
    }

    [Fact]
    public async Task A_handle()
    {
        double[] numbers = [1, 4, 9];
        Job<double[]> job = pool.StartMap(Math.Sqrt, numbers, new JobOptions { Name = "roots" });

        Console.WriteLine($"{job.Progress.Done} of {job.Progress.Total}, {job.Progress.Rate:F0} a second");
        double[] roots = await job;                                          // or job.Cancel()

        Assert.Equal(3, job.Progress.Total);
        Assert.Equal([1, 2, 3], roots);
    }

    [Fact]
    public async Task A_bar()
    {
        var shown = new JobOptions { Name = "cubes", Progress = ConsoleProgress.Bar() };
        long[] cubes = await pool.MapAsync(x => (long)x * x * x, Enumerable.Range(0, 100_000), shown);
        // cubes  ━━━━━━━━━━━━━━────────────────  48%  48,640 of 100,000  1,216,000/s  0.0 s left  2 workers
        // cubes: 100,000 of 100,000 done in 0.1 s

        Assert.Equal(27, cubes[3]);
    }

    [Fact]
    public async Task From_an_actor()
    {
        ChildActorOf(Props.Create(() => new Summing(pool.Coordinator)));

        Assert.Equal("plus-one: 9", await ExpectMsgAsync<string>());
    }

    [Fact]
    public async Task Configuration()
    {
        var settings = new WorkerPoolOptions { Config = "actorpool { workers = 4, chunk.target = 5ms }" };
        await using var tuned = WorkerPool.Create(settings);

        Assert.Equal(4, tuned.Workers);
    }

    [Fact]
    public void Every_block_of_the_README_is_in_these_files()
    {
        var services = Path.Combine(Readme.Root, "tests", "Hosting.Tests", "Examples");
        var files = Directory.GetFiles(Readme.Folder, "*.cs").Concat(Directory.GetFiles(services, "*.cs"));
        var here = Normalize(string.Join('\n', files.Select(File.ReadAllText)));

        var blocks = Readme.ListBlocks(Readme.Text).Select(block => Normalize(block.Code)).ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block, here, StringComparison.Ordinal));
    }

    private static string Normalize(string code) =>
        string.Join('\n', code
            .Replace("\"127.0.0.1:8110\"", "seed", StringComparison.Ordinal)
            .Replace("Offline(new HttpClient())", "new HttpClient()", StringComparison.Ordinal)
            .Split('\n')
            .Select(line => line.Trim())
            .Where(line => line.Length > 0
                && !UsingDirective().IsMatch(line) // SnippetTests checks them
                && line is not "app.Run();"
                && !line.StartsWith("await here.MapAsync", StringComparison.Ordinal)));

    /// <summary>Replaces the client of the README by one that calls no other host.</summary>
    private static HttpClient Offline(HttpClient client)
    {
        client.Dispose();
        return new HttpClient(new Echo());
    }

    [GeneratedRegex(@"^using [\w.]+;$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex UsingDirective();

    private sealed class Echo : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(request.RequestUri!.Host) });
    }
}

/// <summary>The README's first block, which creates the pool that the others use.</summary>
public sealed class ReadmeFirstExample
{
    [Fact]
    public async Task Squares_in_order()
    {
        await using var pool = WorkerPool.Create(workers: 2);

        int[] squares = await pool.MapAsync(x => x * x, [1, 2, 3, 4, 5]);

        Console.WriteLine($"[{string.Join(", ", squares)}]");           // [1, 4, 9, 16, 25]

        Assert.Equal([1, 4, 9, 16, 25], squares);
    }
}

/// <summary>The README's actor.</summary>
internal sealed class Summing : ReceiveActor
{
    public Summing(IActorRef coordinator)
    {
        coordinator.Tell(new MapJob<int, int>(x => x + 1, [1, 2, 3], new JobOptions { Name = "plus-one" }));
        // plus-one: 9
        Receive<MapResult<int>>(result => Context.Parent.Tell($"{result.Name}: {result.Results.Sum()}"));
        Receive<Status.Failure>(failure => Context.Parent.Tell(failure.Cause.Message));
    }
}
