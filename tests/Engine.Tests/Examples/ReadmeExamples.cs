using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using ActorPool.Hosting;
using Akka.Actor;
using Akka.TestKit.Xunit2;

namespace ActorPool.Tests.Examples;

/// <summary>The README's C#, compiled and run; a block that is changed there has to be changed here.</summary>
public sealed partial class ReadmeExamples : TestKit
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
        var path = Path.GetTempFileName();
        await File.WriteAllLinesAsync(path, Enumerable.Repeat("12345", 1000));
        var total = 0L;

        var options = new JobOptions { Window = 100, Retries = 2, ItemTimeout = TimeSpan.FromSeconds(10) };

        await foreach (var length in pool.StreamAsync(line => line.Length, File.ReadLines(path), options))
            total += length;

        Assert.Equal(5000, total);
        File.Delete(path);
    }

    [Fact]
    public async Task Asynchronous_functions()
    {
        using var http = new HttpClient(new Echo());
        Uri[] uris = [new("http://localhost/a"), new("http://localhost/b")];

        await using var downloads = WorkerPool.Create(workers: 64);

        string[] pages = await downloads.MapAsync(async (uri, cancellationToken) => await http.GetStringAsync(uri, cancellationToken), uris);

        Assert.Equal(["/a", "/b"], pages);
    }

    [Fact]
    public async Task Worker_state()
    {
        await using var parsers = WorkerPool.Create(new WorkerPoolOptions { Workers = 4, WorkerState = () => new StringBuilder() });

        string[] lines = await parsers.MapAsync(
            x =>
            {
                var context = WorkContext.Current!;
                var builder = (StringBuilder)context.State!;                     // this worker's own: no locks
                return builder.Clear().Append(context.ItemIndex).Append(": ").Append(x).ToString();
            },
            ["a", "b"]);

        Assert.Equal(["0: a", "1: b"], lines);
    }

    [Fact]
    public async Task A_handle()
    {
        double[] numbers = [1, 4, 9];

        Job<double[]> job = pool.StartMap(Math.Sqrt, numbers, new JobOptions { Name = "roots" });

        Console.WriteLine($"{job.Progress.Done} of {job.Progress.Total}, {job.Progress.Rate:F0} a second");
        double[] roots = await job;                                          // or job.Cancel()

        Assert.Equal([1, 2, 3], roots);
    }

    [Fact]
    public async Task From_an_actor()
    {
        var self = TestActor;

        var reply = await pool.Coordinator.Ask<MapResult<int>>(new MapJob<int, int>(x => x * x, [1, 2, 3]));
        IReadOnlyList<int> ordered = reply.Results;                          // 1, 4, 9

        pool.Coordinator.Tell(new MapJob<int, int>(x => x + 1, [1, 2, 3], new JobOptions { Name = "plus-one" }), self);
        // self receives MapResult<int> { Name = "plus-one" }, or Status.Failure with the error and that name

        Assert.Equal([1, 4, 9], ordered);
        var told = await ExpectMsgAsync<MapResult<int>>();
        Assert.Equal("plus-one", told.Name);
        Assert.Equal([2, 3, 4], told.Results);
    }

    [Fact]
    public async Task Configuration()
    {
        await using var tuned = WorkerPool.Create(new WorkerPoolOptions { Config = "actorpool { workers = 4, chunk.target = 5ms }" });

        Assert.Equal(4, tuned.Workers);
    }

    [Fact]
    public void Every_block_of_the_README_stands_here()
    {
        var here = Normalized(File.ReadAllText(ThisFile()));
        var readme = File.ReadAllText(Path.Combine(Path.GetDirectoryName(ThisFile())!, "..", "..", "..", "README.md"));

        var blocks = CSharpBlock().Matches(readme).Select(match => Normalized(match.Groups["code"].Value)).ToArray();

        Assert.NotEmpty(blocks);
        Assert.All(blocks, block => Assert.Contains(block, here, StringComparison.Ordinal));
    }

    private static string Normalized(string code) =>
        string.Join('\n', code.Replace("\"127.0.0.1:8110\"", "seed", StringComparison.Ordinal).Split('\n').Select(line => line.Trim())
            .Where(line => line.Length > 0 && !line.StartsWith("using ActorPool", StringComparison.Ordinal) && !line.StartsWith("await here.MapAsync", StringComparison.Ordinal)));

    private static string ThisFile([CallerFilePath] string path = "") => path;

    [GeneratedRegex("```csharp\n(?<code>.*?)```", RegexOptions.Singleline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex CSharpBlock();

    private sealed class Echo : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent(request.RequestUri!.AbsolutePath) });
    }
}

/// <summary>The README's first block, which makes the pool that the others use.</summary>
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

/// <summary>The README's blocks about clusters; <c>seed</c> stands for the address there.</summary>
public sealed class ReadmeClusterExamples
{
    [Fact]
    public async Task A_cluster()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 2 });
        var seed = first.Address;

        await using var pool = await WorkerPool.ConnectAsync(seed);

        var factor = 3;
        int[] results = await pool.MapAsync(x => x * factor, Enumerable.Range(0, 1000));   // as on a local pool: exact, in order

        Console.WriteLine($"{results.Length} results from {pool.Workers} workers");

        Assert.Equal(Enumerable.Range(0, 1000).Select(x => x * 3), results);
    }

    [Fact]
    public async Task A_service()
    {
        await using var first = await PoolNode.StartAsync(new PoolNodeOptions { Port = 0, Workers = 2 });
        var seed = first.Address;

        await using var node = await PoolNode.StartAsync(new PoolNodeOptions { Workers = 2, Join = [seed], Port = 0 });

        await using var here = await WorkerPool.ConnectAsync(node.Address, new WorkerPoolOptions { Workers = 1 });   // a worker of its own, and all nodes

        await here.MapAsync(x => x + 1, Enumerable.Range(0, 100));
        await node.LeaveAsync();                                             // before the service stops: drains, then leaves

        Assert.True(node.Completion.IsCompletedSuccessfully);
    }
}
