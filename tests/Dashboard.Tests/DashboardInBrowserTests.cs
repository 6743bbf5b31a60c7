using ActorPool.Node.Tests;
using ActorPool.Node.Tests.Observing;
using ActorPool.Tests.Support;

namespace ActorPool.Dashboard.Tests;

/// <summary>The dashboard of real nodes in a real browser.</summary>
[Collection(ManyProcesses.Name)]
public sealed class DashboardInBrowserTests : IAsyncLifetime
{
    private const string Hostile = "<img src=x onerror=alert(1)>";

    private NodeProcess? _node;
    private Browser? _browser;
    private string _url = "";
    private string _address = "";

    private Browser Page => _browser!;

    public async Task InitializeAsync()
    {
        if (Chromium.Program is null)
            return;
        _node = NodeProcess.Start("--seed", "--port", "0", "--workers", "2", "--http", "0");
        _url = (await _node.AwaitAsync("Dashboard: ")).Split("Dashboard: ")[1].Trim();
        _address = (await _node.AwaitAsync("control:")).Split("control:")[1].Trim();
        await _node.AwaitAsync("next:");
        _browser = await Browser.StartAsync();
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _node?.Dispose();
    }

    [ChromiumFact]
    public async Task A_job_appears_when_it_starts_and_can_be_cancelled_and_its_name_stays_text()
    {
        await Page.OpenAsync(_url);
        await Page.UntilAsync("document.body.innerText.includes('No pool has connected yet')");
        await using var pool = await ConnectAsync();
        var job = pool.StartMap(WaitAsync, Enumerable.Range(0, 10), new JobOptions { Name = Hostile });

        await Page.ClickAsync("main a", Hostile);
        await Page.UntilAsync($"document.querySelector('h1 .name')?.innerText === '{Hostile}'");
        await Page.ClickAsync("button", "Cancel");
        await Page.ClickAsync("dialog button", "Cancel the job");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the cancelled job", pool));
        await Page.UntilAsync("document.querySelector('h1 .badge').innerText === 'Cancelled'");
        Assert.Equal("0", await Page.EvaluateAsync("document.querySelectorAll('img').length"));
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task Failed_items_run_again_and_the_numbers_of_the_page_follow()
    {
        await using var pool = await ConnectAsync();
        var test = new FailingItems();
        var job = test.Start(pool);
        await Page.OpenAsync(_url);
        await Page.ClickAsync("main a", "parse");
        await Page.UntilAsync("document.querySelector('.failures')?.innerText.includes('System.FormatException')");
        test.Repair();

        await Page.ClickAsync("button", "Run failed items again");
        await Page.ClickAsync("dialog button", "Run them again");

        await Page.UntilAsync("document.body.innerText.includes('3 failed items of parse run again.')");
        await Page.UntilAsync("!document.querySelector('.failures')");
        await Page.UntilAsync("![...document.querySelectorAll('button')].some(one => one.innerText.includes('Run failed items again'))");
        Assert.Empty(Page.Complaints);
        test.End();
        Assert.All(await job.Within("the job", pool), one => Assert.True(one.IsSuccess));
    }

    [ChromiumFact]
    public async Task The_chunks_of_a_killed_node_are_shown_as_requeued()
    {
        using var other = await NodeProcess.StartAndAwaitAsync("next:", "--join", _address, "--port", "0", "--workers", "2");
        await using var pool = await ConnectAsync();
        await Deadline.Until(() => pool.Statistics.Workers == 4, "the workers of both nodes", pool);
        var job = pool.StartMap(WaitAsync, Enumerable.Range(0, 40), new JobOptions { Name = "waits", ChunkSize = 1 });
        await Page.OpenAsync(_url);
        await Page.ClickAsync("main a", "waits");
        await Page.UntilAsync("location.hash.startsWith('#/jobs/') && document.querySelector('h1 .name')");
        const string Busy = "fetch('api/v1/cluster').then(answer => answer.json()).then(all => all.nodes.every(node => node.busy === 2))";
        await Page.UntilAsync($"await {Busy}");

        await other.SignalAsync("KILL");

        await Page.UntilAsync("/[1-9]\\d* of them requeued/.test(document.body.innerText)");
        await Page.UntilAsync("document.body.innerText.includes('Chunks lost with their workers or nodes')");
        Assert.Empty(Page.Complaints);
        job.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end of the job", pool));
    }

    [ChromiumFact]
    public async Task No_page_has_an_error_or_shows_what_is_no_number()
    {
        await using var pool = await ConnectAsync();
        var failed = pool.StartMap(Fail, Enumerable.Range(0, 100), new JobOptions { Name = "fails" });
        await Assert.ThrowsAsync<WorkItemException>(() => failed.Completion.Within("the job that fails", pool));
        await pool.MapAsync(Double, Enumerable.Range(0, 2_000_000), new JobOptions { Name = "doubles" }).Within("the job", pool);

        await Page.OpenAsync(_url);
        await ShowAsync("#/", "Overview", "fails failed");
        await ShowAsync("#/jobs", "Jobs", "doubles");
        await ShowAsync("#/nodes", "Nodes and workers", _address);
        await ShowAsync("#/log", "Log", "The pool [web");
        await ShowJobAsync("fails", "System.FormatException");
        await Page.UntilAsync($"document.querySelector('.failures').innerText.includes('{Hostile}')");
        await ShowJobAsync("doubles", "2,000,000");
        Assert.Equal("0", await Page.EvaluateAsync("document.querySelectorAll('img').length"));
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task Without_the_token_a_page_says_where_it_is_printed()
    {
        await Page.OpenAsync(_url.Split('?')[0]);
        await Page.UntilAsync("document.body.innerText.includes('The node prints the address of its dashboard')");
        Assert.Equal("No token, or a wrong one", await Page.EvaluateAsync("document.querySelector('h1').innerText"));
        Assert.Equal("401", await Page.EvaluateAsync("fetch('api/v1/cluster').then(answer => answer.status)"));
    }

    private async Task ShowJobAsync(string name, string text)
    {
        await ShowAsync("#/jobs", "Jobs", name);
        await Page.ClickAsync("main a", name);
        await Page.UntilAsync($"document.querySelector('h1 .name')?.innerText === '{name}'");
        await CheckTextAsync(text);
    }

    private async Task ShowAsync(string hash, string heading, string text)
    {
        await Page.UntilAsync("document.querySelector('main h1')");
        await Page.EvaluateAsync($"location.hash = '{hash}'");
        await Page.UntilAsync($"document.querySelector('h1').innerText === '{heading}'");
        await CheckTextAsync(text);
    }

    private async Task CheckTextAsync(string text)
    {
        await Page.UntilAsync($"document.querySelector('main').innerText.includes('{text}')");
        var shown = await Page.EvaluateAsync("document.querySelector('main').innerText");
        Assert.DoesNotMatch(@"\bNaN\b|\bundefined\b|\bnull\b|– of –|\b0001-01-01", shown);
    }

    private Task<WorkerPool> ConnectAsync() =>
        WorkerPool.ConnectAsync(_address, new WorkerPoolOptions { Name = "web" }).Within("the connection");

    private static async ValueTask<int> WaitAsync(int x, CancellationToken token)
    {
        await new TaskCompletionSource().Task.WaitAsync(token);
        return x;
    }

    private static int Fail(int x) => x == 17 ? throw new FormatException($"no order: {Hostile}") : x;

    private static int Double(int x) => 2 * x;
}
