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
    public async Task A_job_whose_program_has_ended_is_shown_as_last_known_and_has_no_buttons()
    {
        var pool = await ConnectAsync();
        _ = pool.StartMap(WaitLateAsync, Enumerable.Range(0, 400), new JobOptions { Name = "waits", ChunkSize = 1 });
        await Page.OpenAsync(_url);
        await Page.ClickAsync("main a", "waits");
        await Page.UntilAsync("/In flight\\s+[3-6]\\s+chunks/.test(document.body.innerText)"); // 2 run, and the others wait at the node
        Assert.Contains(
            "in 2 rows.", await Page.EvaluateAsync("document.querySelector('.timeline canvas').getAttribute('aria-label')"),
            StringComparison.Ordinal);
        // The page does not hear of the job's end, as if the program had been killed.
        await Page.EvaluateAsync("void (window.kept = window.fetch, window.fetch = () => Promise.reject(new Error('held')))");
        await pool.DisposeAsync();
        await Page.UntilAsync("!Dash.store.state.cluster.pools.length");
        await Page.EvaluateAsync("void (window.fetch = window.kept)");

        await Page.UntilAsync("document.querySelector('.banner')?.innerText.includes('Its program has ended')");

        var shown = await Page.EvaluateAsync("document.querySelector('main').innerText");
        Assert.Equal("Program ended", await Page.EvaluateAsync("document.querySelector('h1 .badge').innerText"));
        Assert.Contains("chunks, last known", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("Running", shown, StringComparison.Ordinal);
        Assert.DoesNotContain("404", shown, StringComparison.Ordinal);
        Assert.Equal("Save as a file", await Page.EvaluateAsync("document.querySelector('.heading .buttons').innerText.trim()"));
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task A_job_that_nobody_knows_is_gone_without_an_error_of_the_page()
    {
        await Page.OpenAsync(_url);
        await Page.UntilAsync("document.querySelector('main h1')");
        await Page.EvaluateAsync("location.hash = '#/jobs/0123456789ab-7'");

        await Page.UntilAsync("document.querySelector('h1').innerText === 'This job is gone'");

        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task What_is_a_problem_is_the_same_for_the_page_and_for_scripts()
    {
        await using var pool = await ConnectAsync();
        var failed = pool.StartMap(Fail, Enumerable.Range(0, 100), new JobOptions { Name = "fails" });
        await Assert.ThrowsAsync<WorkItemException>(() => failed.Completion.Within("the job that fails", pool));
        await Page.OpenAsync(_url);

        await Page.UntilAsync("document.querySelectorAll('.problems li').length === 1");

        using var status = NodeProcess.Start("status", "--cluster", _address, "-o", "json");
        await status.CheckEndAsync(0);
        using var json = System.Text.Json.JsonDocument.Parse(status.Output);
        var problem = json.RootElement.GetProperty("problems").EnumerateArray().Single().GetString();
        Assert.Equal(problem, await Page.EvaluateAsync("document.querySelector('.problems li').innerText.trim()"));
        Assert.StartsWith("fails failed: ", problem, StringComparison.Ordinal);
        await Page.ClickAsync(".problems a", problem!);
        await Page.UntilAsync("document.querySelector('h1 .name')?.innerText === 'fails'");
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task The_log_shows_the_level_of_the_node_and_sets_no_other_by_itself()
    {
        const string Level = "document.querySelector('form.inline label:nth-of-type(2) select').value";
        const string IsSettable = "!document.querySelector('form.inline button').disabled";
        await Page.OpenAsync(_url + "#/log");
        await Page.UntilAsync("document.querySelector('main h1')");
        await Page.EvaluateAsync("location.hash = '#/log'");
        await Page.UntilAsync($"document.querySelector('form.inline') && {Level} === 'info'");
        Assert.Equal("false", await Page.EvaluateAsync(IsSettable));
        using var order = NodeProcess.Start("nodes", "log-level", _address, "warning", "--cluster", _address);
        await order.CheckEndAsync(0);
        await Page.UntilAsync($"{Level} === 'warning'");

        await Page.EvaluateAsync(
            "(select => { select.value = 'error'; select.dispatchEvent(new Event('change')); })"
            + "(document.querySelector('form.inline label:nth-of-type(2) select'))");
        await Page.UntilAsync(IsSettable);
        await Page.ClickAsync("form.inline button", "Set");

        await Page.UntilAsync("document.body.innerText.includes('logs from the level error on')");
        await Page.UntilAsync($"{Level} === 'error' && document.querySelector('form.inline button').disabled");
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task A_long_name_leaves_room_for_the_pools_and_no_page_is_wider_than_a_phone()
    {
        await using var pool = await WorkerPool.ConnectAsync(
            _address, new WorkerPoolOptions { Name = "a-pool-with-a-name-of-its-own" }).Within("the connection");
        var name = string.Concat(Enumerable.Repeat("nightly-prices-", 20));
        var job = pool.StartMap(WaitAsync, Enumerable.Range(0, 10), new JobOptions { Name = name });
        var other = pool.StartMap(WaitAsync, Enumerable.Range(0, 10), new JobOptions { Name = "gpj.\u202Eexe\u2066" });
        await Page.OpenAsync(_url);
        await Page.UntilAsync("document.querySelectorAll('.cards .line .note').length === 2");
        var cards = await Page.EvaluateAsync("document.querySelector('.cards').innerText");
        Assert.Contains("gpj.\uFFFDexe\uFFFD", cards, StringComparison.Ordinal);
        Assert.DoesNotContain("\u202E", await Page.EvaluateAsync("document.documentElement.outerHTML"), StringComparison.Ordinal);
        foreach (var width in new[] { 1280, 390 })
        {
            await Page.ResizeAsync(width, 800);
            // Letters below each other would make it higher than wide.
            await Page.UntilAsync("[...document.querySelectorAll('.cards .line .note')].every(one => one.clientWidth > 90)");
            foreach (var hash in new[] { "#/", "#/jobs", "#/nodes", "#/log" })
            {
                await Page.EvaluateAsync($"location.hash = '{hash}'");
                await Page.UntilAsync($"document.querySelector('nav a[aria-current]').getAttribute('href') === '{hash}'");
                Assert.Equal("true", await Page.EvaluateAsync($"document.documentElement.scrollWidth <= {width}"));
            }
            await Page.EvaluateAsync("location.hash = '#/'");
        }
        Assert.Empty(Page.Complaints);
        job.Cancel();
        other.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end of the job", pool));
    }

    [ChromiumFact]
    public async Task Running_jobs_that_are_not_listed_are_counted_and_one_without_a_visible_name_has_its_key()
    {
        await using var pool = await ConnectAsync();
        using var end = new CancellationTokenSource();
        var jobs = Enumerable.Range(0, 230)
            .Select(_ => pool.StartMap(WaitAsync, Enumerable.Range(0, 10), new JobOptions { Name = " " }, end.Token)).ToList();
        await Page.OpenAsync(_url);

        await Page.UntilAsync("document.querySelector('.stats')?.innerText.includes('200 of them listed')");
        Assert.Equal("230", await Page.EvaluateAsync("document.querySelectorAll('.stats dd')[2].innerText.match(/\\d+/)[0]"));
        await Page.EvaluateAsync("location.hash = '#/jobs'");
        await Page.UntilAsync("document.querySelector('main').innerText.includes('Not listed: 30 running jobs.')");
        Assert.Equal("true", await Page.EvaluateAsync(
            "[...document.querySelectorAll('.jobs th a')].every(one => /^[0-9a-f]{12}-\\d+$/.test(one.innerText))"));
        Assert.Empty(Page.Complaints);
        await end.CancelAsync();
        foreach (var job in jobs)
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end of a job", pool));
    }

    [ChromiumFact]
    public async Task Short_jobs_count_in_the_throughput()
    {
        await using var pool = await ConnectAsync();
        await Page.OpenAsync(_url);
        await Page.UntilAsync("window.Dash?.store?.state.samples.length > 1");

        for (var i = 0; i < 100; i++)
            await pool.MapAsync(Double, Enumerable.Range(0, 100), new JobOptions { Name = "short" }).Within("the job", pool);

        // Each sample has the items of a second; jobs that took less than 10 ms are in no list.
        await Page.UntilAsync(
            "Dash.store.state.samples.reduce((sum, one, index, all) => sum + (one.items ?? 0) * (one.t - (all[index - 1]?.t ?? one.t)), 0)"
            + " > 9999");
        Assert.Empty(Page.Complaints);
    }

    [ChromiumFact]
    public async Task The_line_that_runs_items_again_says_when_it_has_not_all()
    {
        await using var pool = await ConnectAsync();
        await pool.TryMapAsync(FailTwice, Enumerable.Range(0, 31), new JobOptions { Name = "many" }).Within("the job", pool);
        await pool.TryMapAsync(FailTwice, Enumerable.Range(0, 2), new JobOptions { Name = "two" }).Within("the job", pool);
        await Page.OpenAsync(_url);

        await ShowJobAsync("many", "// the first 20 of 31 failed items");
        Assert.EndsWith(
            "18, 19 }.Select(i => inputs[i]); // the first 20 of 31 failed items",
            await Page.EvaluateAsync("document.querySelector('.code code').innerText"), StringComparison.Ordinal);
        await ShowJobAsync("two", "var again");
        Assert.Equal(
            "var again = new[] { 0, 1 }.Select(i => inputs[i]);",
            await Page.EvaluateAsync("document.querySelector('.code code').innerText"));
    }

    [ChromiumFact]
    public async Task The_heading_names_the_minutes_that_the_axis_has()
    {
        await using var pool = await ConnectAsync();
        await Page.OpenAsync(_url);
        await Page.UntilAsync("document.body.innerText.includes('items per second, the last minute')");

        // As if the page had been open for a while.
        foreach (var (seconds, words) in new[] { (90, "the last 2 minutes"), (200, "the last 5 minutes"), (400, "the last 5 minutes") })
        {
            await Page.EvaluateAsync($"void Dash.store.state.samples.unshift({{ ...Dash.store.state.samples.at(-1), "
                + $"t: Dash.store.state.samples.at(-1).t - {seconds} }})");
            await Page.UntilAsync($"document.body.innerText.includes('items per second, {words}')");
        }
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

    private static ValueTask<int> WaitLateAsync(int x, CancellationToken token) => x < 200 ? new ValueTask<int>(x) : WaitAsync(x, token);

    private static int Fail(int x) => x == 17 ? throw new FormatException($"no order: {Hostile}") : x;

    private static int FailTwice(int x) => throw new FormatException("no order");

    private static int Double(int x) => 2 * x;
}
