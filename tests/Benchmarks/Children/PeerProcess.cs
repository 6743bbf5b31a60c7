using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using System.Threading.Channels;

namespace ActorPool.Benchmarks.Children;

/// <summary>A process that serves contenders until it is disposed.</summary>
/// <remarks>It is this program as a child, a node, or Python.</remarks>
internal sealed class PeerProcess : IAsyncDisposable
{
    private static readonly TimeSpan s_maxWait = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan s_exitTimeout = TimeSpan.FromSeconds(2);

    // Both streams of the process; when they are full, the oldest lines are lost.
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
    /// <exception cref="InvalidOperationException">
    /// The process ended first, or printed no such line within a minute; the message has its last lines.
    /// </exception>
    public async Task<Match> ExpectAsync(Regex pattern)
    {
        using var timeout = new CancellationTokenSource(s_maxWait);
        var lines = new List<string>();
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(timeout.Token))
            {
                if (pattern.Match(line) is { Success: true } match)
                    return match;
                lines.Add(line);
            }
        }
        catch (OperationCanceledException)
        {
            lines.Add($"(no further line in {s_maxWait})");
        }
        throw new InvalidOperationException($"[{_name}] printed no line like [{pattern}], but: {string.Join('\n', lines.TakeLast(20))}");
    }

    /// <summary>Sends a line and waits for one of numbers.</summary>
    public async Task<double[]> AskAsync(string request)
    {
        await _process.StandardInput.WriteLineAsync(request);
        await _process.StandardInput.FlushAsync();
        var answer = await ExpectAsync(Patterns.Numbers);
        return Array.ConvertAll(answer.Value.Split(' '), n => double.Parse(n, CultureInfo.InvariantCulture));
    }

    /// <summary>Ends the process: closes its input, and kills it if it goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        using var timeout = new CancellationTokenSource(s_exitTimeout);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
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
