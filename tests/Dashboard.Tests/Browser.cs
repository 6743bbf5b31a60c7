using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using ActorPool.Tests.Support;

namespace ActorPool.Dashboard.Tests;

/// <summary>A tab of a browser without a window, driven over Chromium's DevTools protocol.</summary>
/// <remarks>A library for browsers brings hundreds of megabytes; these tests need three commands.</remarks>
internal sealed class Browser : IAsyncDisposable
{
    private const string Listening = "DevTools listening on ";
    private const int BufferBytes = 1 << 16;

    private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("actorpool-chromium");
    private readonly Process _process;
    private readonly ClientWebSocket _socket = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _asked = new();
    private readonly ConcurrentQueue<string> _complaints = new();
    private string? _session;
    private Task _reading = Task.CompletedTask;
    private Task _draining = Task.CompletedTask; // it would wait for a reader of its standard error
    private int _last;

    private Browser() => _process = Process.Start(new ProcessStartInfo(Chromium.Program!)
    {
        ArgumentList =
        {
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--remote-debugging-port=0",
            $"--user-data-dir={_profile.FullName}", "about:blank",
        },
        UseShellExecute = false,
        RedirectStandardError = true,
    })!;

    /// <summary>Errors and warnings of the page.</summary>
    /// <remarks>They are those of its console, of its scripts, and of the browser about it.</remarks>
    public IReadOnlyCollection<string> Complaints => _complaints;

    public static async Task<Browser> StartAsync()
    {
        var browser = new Browser();
        try
        {
            await browser.ConnectAsync().Within("a tab of the browser");
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>Opens a page.</summary>
    public Task OpenAsync(string url) => SendAsync("Page.navigate", new JsonObject { ["url"] = url });

    /// <summary>Gives the page a size, as a window or a phone has it.</summary>
    public Task ResizeAsync(int width, int height) => SendAsync("Emulation.setDeviceMetricsOverride", new JsonObject
    {
        ["width"] = width,
        ["height"] = height,
        ["deviceScaleFactor"] = 1,
        ["mobile"] = false,
    });

    /// <summary>Runs an expression in the page, which may be a promise.</summary>
    /// <returns>Its value as text; empty for none.</returns>
    public async Task<string> EvaluateAsync(string expression)
    {
        var answer = await SendAsync("Runtime.evaluate", new JsonObject
        {
            ["expression"] = expression,
            ["returnByValue"] = true,
            ["awaitPromise"] = true,
        });
        if (answer["exceptionDetails"] is { } error)
            throw new InvalidOperationException($"[{expression}] threw in the page: {error.ToJsonString()}");
        return answer["result"]?["value"]?.ToString() ?? "";
    }

    /// <summary>Waits until an expression is true in the page.</summary>
    public async Task UntilAsync(string expression)
    {
        try
        {
            // A page that has just been opened has no body yet.
            var condition = $"(async () => Boolean(document.body && ({expression})))()";
            await Deadline.Until(async () => bool.Parse(await EvaluateAsync(condition)), expression);
        }
        catch (HangException e)
        {
            var text = await EvaluateAsync("document.body?.innerText");
            throw new HangException($"{e.Message} The page says: {text} Its complaints: {string.Join('\n', Complaints)}", e);
        }
    }

    /// <summary>Waits for an element that a user finds by its words, and clicks it.</summary>
    public async Task ClickAsync(string selector, string text)
    {
        var words = JsonSerializer.Serialize(text);
        var found = $"[...document.querySelectorAll('{selector}')].find(one => one.innerText.trim() === {words})";
        await UntilAsync(found);
        await EvaluateAsync($"{found}.click()");
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        await Task.WhenAll(_reading, _draining).Within("the end of the connection to the browser");
        _process.Dispose();
        _socket.Dispose();
        // What its child processes wrote last may still be arriving.
        await Deadline.Until(TryDeleteProfile, "the browser's profile to be deleted");
    }

    private bool TryDeleteProfile()
    {
        try
        {
            _profile.Delete(recursive: true);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    private async Task ConnectAsync()
    {
        string? line;
        do
            line = await _process.StandardError.ReadLineAsync() ?? throw new InvalidOperationException("The browser has ended.");
        while (!line.StartsWith(Listening, StringComparison.Ordinal));
        _draining = _process.StandardError.BaseStream.CopyToAsync(Stream.Null);
        await _socket.ConnectAsync(new Uri(line[Listening.Length..]), CancellationToken.None);
        _reading = ReadAsync();
        var target = await SendAsync("Target.createTarget", new JsonObject { ["url"] = "about:blank" });
        var attached = await SendAsync(
            "Target.attachToTarget", new JsonObject { ["targetId"] = $"{target["targetId"]}", ["flatten"] = true });
        _session = $"{attached["sessionId"]}";
        foreach (var domain in new[] { "Page", "Runtime", "Log" })
            await SendAsync($"{domain}.enable", []);
    }

    private async Task<JsonNode> SendAsync(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        _asked[id] = answer;
        var message = new JsonObject { ["id"] = id, ["method"] = method, ["params"] = parameters };
        if (_session is not null)
            message["sessionId"] = _session;
        var bytes = JsonSerializer.SerializeToUtf8Bytes(message);
        await _socket.SendAsync(bytes, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
        return await answer.Task.Within($"the browser's answer to {method}");
    }

    private async Task ReadAsync()
    {
        var buffer = new byte[BufferBytes];
        using var message = new MemoryStream();
        try
        {
            while (await _socket.ReceiveAsync(buffer, CancellationToken.None) is { MessageType: WebSocketMessageType.Text } part)
            {
                message.Write(buffer, 0, part.Count);
                if (!part.EndOfMessage)
                    continue;
                OnMessage(JsonNode.Parse(message.GetBuffer().AsSpan(0, (int)message.Length))!);
                message.SetLength(0);
            }
        }
        catch (WebSocketException)
        {
            // The browser was ended.
        }
    }

    private void OnMessage(JsonNode message)
    {
        if (message["id"] is { } id && _asked.TryRemove(int.Parse(id.ToJsonString(), CultureInfo.InvariantCulture), out var answer))
        {
            if (message["error"] is { } error)
                answer.SetException(new InvalidOperationException($"The browser has refused: {error.ToJsonString()}"));
            else
                answer.SetResult(message["result"]!);
            return;
        }
        var isComplaint = $"{message["method"]}" switch
        {
            "Runtime.exceptionThrown" => true,
            "Runtime.consoleAPICalled" => $"{message["params"]!["type"]}" is "error" or "warning" or "assert",
            "Log.entryAdded" => $"{message["params"]!["entry"]!["level"]}" is "error" or "warning",
            _ => false,
        };
        if (isComplaint)
            _complaints.Enqueue(message["params"]!.ToJsonString());
    }
}
