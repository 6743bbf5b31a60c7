using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using ActorPool.Node.Tests.Observing;
using ActorPool.Tests.Support;

namespace ActorPool.Node.Tests.Http;

/// <summary>The dashboard of a real node: who gets in, and what they get.</summary>
public sealed class DashboardTests : IAsyncLifetime
{
    private readonly HttpClient _http = new(new HttpClientHandler { AllowAutoRedirect = false, UseCookies = false });
    private NodeProcess _node = null!;
    private string _url = "";
    private string _token = "";
    private string _address = "";

    public async Task InitializeAsync()
    {
        _node = NodeProcess.Start("--seed", "--port", "0", "--workers", "2", "--http", "0");
        var parts = (await _node.AwaitAsync("Dashboard: ")).Split("Dashboard: ")[1].Trim().Split("/?token=");
        (_url, _token) = (parts[0], parts[1]);
        _address = (await _node.AwaitAsync("control:")).Split("control:")[1].Trim();
        await _node.AwaitAsync("next:");
    }

    public Task DisposeAsync()
    {
        _http.Dispose();
        _node.Dispose();
        return Task.CompletedTask;
    }

    [Theory]
    [InlineData("GET", "/")]
    [InlineData("GET", "/app.js")]
    [InlineData("GET", "/api/v1/cluster")]
    [InlineData("GET", "/api/v1/events")]
    [InlineData("GET", "/nothing")]
    [InlineData("POST", "/api/v1/jobs/0123456789ab-1/cancel")]
    [InlineData("POST", "/api/v1/jobs/0123456789ab-1/retry")]
    public async Task Without_the_token_there_is_nothing(string method, string path)
    {
        foreach (var token in new[] { null, "", "x", _token[..^1], _token + "0", _token.ToUpperInvariant() + "x" })
        {
            using var request = Create(method, path, token);
            request.Headers.Add("X-ActorPool", "1");
            using var response = await _http.SendAsync(request).Within("the answer");
            Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        }
    }

    [Fact]
    public async Task The_printed_address_gives_a_cookie_that_scripts_and_other_sites_do_not_get()
    {
        using var answer = await _http.GetAsync(new Uri($"{_url}/?token={_token}")).Within("the answer");

        Assert.Equal((HttpStatusCode.Redirect, "/"), (answer.StatusCode, $"{answer.Headers.Location}"));
        var cookie = Assert.Single(answer.Headers.GetValues("Set-Cookie"));
        Assert.Contains("httponly", cookie, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("samesite=strict", cookie, StringComparison.OrdinalIgnoreCase);
        using var page = new HttpRequestMessage(HttpMethod.Get, $"{_url}/");
        page.Headers.Add("Cookie", cookie.Split(';')[0]);
        using var response = await _http.SendAsync(page).Within("the page");
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var policy = response.Headers.GetValues("Content-Security-Policy").Single();
        Assert.Contains("default-src 'none'; script-src 'self'", policy, StringComparison.Ordinal);
        Assert.Contains("<title>ActorPool</title>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failed_items_of_a_job_run_again_and_a_page_of_another_site_does_not_order_it()
    {
        await using var pool = await WorkerPool.ConnectAsync(_address, new WorkerPoolOptions { Name = "web" }).Within("the connection");
        var test = new FailingItems();
        var job = test.Start(pool);
        await Deadline.Until(() => job.Progress.Done == 19, "all outcomes but one", pool);
        using var ask = Create("GET", "/api/v1/cluster", _token);
        using var cluster = await _http.SendAsync(ask).Within("the cluster");
        var key = FindJob(await cluster.Content.ReadAsStringAsync());
        using var foreign = Create("POST", $"/api/v1/jobs/{key}/retry", _token);
        foreign.Headers.Add("X-ActorPool", "1");
        foreign.Headers.Add("Origin", "http://evil.example");
        using var refusal = await _http.SendAsync(foreign).Within("the refusal");
        Assert.Equal((HttpStatusCode.Forbidden, 3L), (refusal.StatusCode, job.Progress.Failed));
        test.Repair();

        using var order = Create("POST", $"/api/v1/jobs/{key}/retry", _token);
        order.Headers.Add("X-ActorPool", "1");
        using var answer = await _http.SendAsync(order).Within("the answer");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("3 failed items of parse run again.", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        test.End();
        Assert.All(await job.Within("the job", pool), one => Assert.True(one.IsSuccess));
        Assert.Equal(HttpStatusCode.Conflict, await GetErrorAsync("POST", $"/api/v1/jobs/{key}/retry", body: null));
    }

    [Theory]
    [InlineData("Host", "evil.example", "is not served under the name [evil.example]")]
    [InlineData("Origin", "http://evil.example", "A page of [http://evil.example]")]
    [InlineData("X-ActorPool", null, "needs the header X-ActorPool: 1")]
    public async Task A_page_of_another_site_orders_nothing(string header, string? value, string reason)
    {
        using var request = Create("POST", $"/api/v1/nodes/{_address}/drain", _token);
        if (header is not "X-ActorPool")
            request.Headers.Add("X-ActorPool", "1");
        if (value is not null)
            request.Headers.Add(header, value);

        using var response = await _http.SendAsync(request).Within("the answer");

        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
        Assert.Contains(reason, await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beyond_the_loopback_interface_there_are_only_the_probes()
    {
        using var node = NodeProcess.Start("--seed", "--port", "0", "--http", "0.0.0.0:0");
        var port = (await node.AwaitAsync("Serving http://")).Split("0.0.0.0:")[1].Split('/')[0];
        await node.AwaitAsync("next:");
        Assert.DoesNotContain("Dashboard:", node.Error, StringComparison.Ordinal);

        using var probe = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/livez")).Within("the probe");
        using var page = await _http.GetAsync(new Uri($"http://127.0.0.1:{port}/")).Within("the page");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.Forbidden), (probe.StatusCode, page.StatusCode));
        Assert.Contains("on the loopback interface only", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_is_in_the_stream_of_events_and_can_be_cancelled()
    {
        await using var pool = await WorkerPool.ConnectAsync(_address, new WorkerPoolOptions { Name = "web" }).Within("the connection");
        using var request = Create("GET", "/api/v1/events", _token);
        using var stream = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead).Within("the stream");
        Assert.Equal("text/event-stream", $"{stream.Content.Headers.ContentType}");
        using var reader = new StreamReader(await stream.Content.ReadAsStreamAsync());
        Assert.Equal("event: cluster", await reader.ReadLineAsync().Within("the first event"));

        var job = pool.StartMap(
            async (int x, CancellationToken token) =>
            {
                await new TaskCompletionSource().Task.WaitAsync(token);
                return x;
            },
            Enumerable.Range(0, 10), new JobOptions { Name = "endless <img src=x>" });
        var key = "";
        while (key.Length == 0)
        {
            var line = await reader.ReadLineAsync().Within("an event") ?? throw new InvalidOperationException("The stream has ended.");
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                key = FindJob(line["data: ".Length..]);
        }
        using var cancel = Create("POST", $"/api/v1/jobs/{key}/cancel", _token);
        cancel.Headers.Add("X-ActorPool", "1");
        using var answer = await _http.SendAsync(cancel).Within("the answer");

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => job.Completion.Within("the end"));
        Assert.Equal(HttpStatusCode.Conflict, await GetErrorAsync("POST", $"/api/v1/jobs/{key}/cancel", body: null)); // it has ended
        var unknown = $"{key[..key.LastIndexOf('-')]}-999";
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("POST", $"/api/v1/jobs/{unknown}/cancel", body: null));
    }

    [Fact]
    public async Task A_page_gets_an_error_that_its_browser_does_not_report()
    {
        foreach (var path in new[] { "/api/v1/jobs/0123456789ab-1", "/api/v1/jobs/nonsense" })
        {
            Assert.Equal(HttpStatusCode.OK, await GetErrorAsync("GET", $"{path}?status=200", body: null));
            Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("GET", $"{path}?status=404", body: null));
            Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("GET", path, body: null));
        }
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("POST", "/api/v1/jobs/0123456789ab-1/cancel?status=200", body: null));
    }

    [Fact]
    public async Task What_is_asked_wrongly_gets_an_error_in_JSON()
    {
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("GET", "/api/v1/jobs/nonsense", body: null));
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("GET", "/api/v2/cluster", body: null));
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("POST", "/api/v1/jobs/nonsense/cancel", body: null));
        Assert.Equal(HttpStatusCode.NotFound, await GetErrorAsync("POST", "/api/v1/jobs/0123456789ab-1/cancel", body: null));
        Assert.Equal(HttpStatusCode.Conflict, await GetErrorAsync("POST", "/api/v1/nodes/nowhere/drain", body: null));
        Assert.Equal(HttpStatusCode.BadRequest, await GetErrorAsync("POST", $"/api/v1/nodes/{_address}/workers", "{}"));
        Assert.Equal(HttpStatusCode.BadRequest, await GetErrorAsync("POST", $"/api/v1/nodes/{_address}/workers", "{\"workers\":\"x\"}"));
        Assert.Equal(HttpStatusCode.Conflict, await GetErrorAsync("POST", $"/api/v1/nodes/{_address}/workers", "{\"workers\":10001}"));
    }

    private static string FindJob(string json)
    {
        using var report = JsonDocument.Parse(json);
        var jobs = report.RootElement.GetProperty("jobs").EnumerateArray();
        return jobs.Select(job => job.GetProperty("key").GetString()!).FirstOrDefault("");
    }

    private async Task<HttpStatusCode> GetErrorAsync(string method, string path, string? body)
    {
        using var request = Create(method, path, _token);
        request.Headers.Add("X-ActorPool", "1");
        if (body is not null)
            request.Content = new StringContent(body);
        using var response = await _http.SendAsync(request).Within("the answer");
        using var error = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        Assert.Equal(1, error.RootElement.GetProperty("version").GetInt32());
        Assert.NotEqual("", error.RootElement.GetProperty("error").GetString(), StringComparer.Ordinal);
        return response.StatusCode;
    }

    private HttpRequestMessage Create(string method, string path, string? token)
    {
        var request = new HttpRequestMessage(new HttpMethod(method), $"{_url}{path}");
        if (token is not null)
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return request;
    }
}
