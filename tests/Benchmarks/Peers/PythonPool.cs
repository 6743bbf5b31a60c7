using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Peers;

/// <summary>Python's multiprocessing.Pool, with the caller in a Python process.</summary>
/// <remarks>That process measures the times and checks the results.</remarks>
internal sealed class PythonPool : IAsyncDisposable
{
    private readonly PeerProcess _python;
    private readonly string _script;

    private PythonPool(PeerProcess python, string script)
    {
        _python = python;
        _script = script;
    }

    public static async Task<PythonPool> StartAsync(int workers)
    {
        var script = await WriteScriptAsync();
        try
        {
            var python = PeerProcess.Start(CreateStartInfo(script, workers));
            await python.ExpectAsync(Patterns.Ready);
            return new PythonPool(python, script);
        }
        catch (Win32Exception e)
        {
            File.Delete(script);
            throw new SkippedException($"python3 does not start: {e.Message}");
        }
    }

    /// <summary>Measures a fresh process until its pool's first result.</summary>
    /// <returns>Milliseconds from the pool's creation, and from just before the process was started.</returns>
    public static async Task<double[]> ColdStartAsync(int workers)
    {
        var script = await WriteScriptAsync();
        try
        {
            // Python's monotonic clock is the same clock.
            var now = Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
            return await ChildProcess.RunAsync(CreateStartInfo(script, workers, now.ToString(CultureInfo.InvariantCulture)));
        }
        catch (Win32Exception e)
        {
            throw new SkippedException($"python3 does not start: {e.Message}");
        }
        finally
        {
            File.Delete(script);
        }
    }

    public Task<double[]> MeasureAsync(string command) => _python.AskAsync(command);

    public async ValueTask DisposeAsync()
    {
        await _python.DisposeAsync();
        File.Delete(_script);
    }

    private static ProcessStartInfo CreateStartInfo(string script, int workers, params string[] arguments) =>
        new("python3", [script, workers.ToString(CultureInfo.InvariantCulture), .. arguments]);

    private static async Task<string> WriteScriptAsync()
    {
        var path = Path.GetTempFileName();
        await using var resource = typeof(PythonPool).Assembly.GetManifestResourceStream("pool.py")!;
        await using var file = File.Create(path);
        await resource.CopyToAsync(file);
        return path;
    }
}
