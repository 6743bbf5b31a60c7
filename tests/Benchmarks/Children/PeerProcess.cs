using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace ActorPool.Benchmarks.Children;

/// <summary>A process that serves contenders until it is disposed: this program as a child, a node, or Python.</summary>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);

    // Both streams of the process; whoever talks more than anybody reads loses the oldest lines.
    private readonly Channel<string> _lines =
        Channel.CreateBounded<string>(new BoundedChannelOptions(1_000) { FullMode = BoundedChannelFullMode.DropOldest });
    private readonly Process _process;
    private readonly string _name;

    private PeerProcess(ProcessStartInfo start)
    {
        _name = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        _ = PumpAsync();
    }

    public static PeerProcess Start(ProcessStartInfo start) => new(start);

    /// <summary>Waits for the first line that matches.</summary>
    /// <exception cref="InvalidOperationException">The process ended first; the message has what it said.</exception>
    public async Task<Match> ExpectAsync(Regex pattern)
    {
        using var patience = new CancellationTokenSource(Longest);
        var said = new List<string>();
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(patience.Token))
            {
                if (pattern.Match(line) is { Success: true } match)
                    return match;
                said.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            said.Add($"(nothing more in {Longest})");
        }
        throw new InvalidOperationException($"[{_name}] did not say [{pattern}], but: {string.Join('\n', said.TakeLast(20))}");
    }

    /// <summary>Sends a line and waits for one of numbers.</summary>
    public async Task<double[]> AskAsync(string request)
    {
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        var answer = await ExpectAsync(Patterns.Numbers);
        return Array.ConvertAll(answer.Value.Split(' '), n => double.Parse(n, CultureInfo.InvariantCulture));
    }

    /// <summary>Ends the process: children see the end of their input, the others are killed.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var patience = new CancellationTokenSource(Farewell);
        try
        {
            await _process.WaitForExitAsync(patience.Token);
        }
        catch (OperationCanceledException)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync(CancellationToken.None);
        }
        _process.Dispose();
    }

    private async Task PumpAsync()
    {
        await Task.WhenAll(PumpAsync(_process.StandardOutput), PumpAsync(_process.StandardError));
        _lines.Writer.Complete();
    }

    private async Task PumpAsync(StreamReader reader)
    {
        while (await reader.ReadLineAsync() is { } line)
            _lines.Writer.TryWrite(line);
    }
}
