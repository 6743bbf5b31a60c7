using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using ActorPool.Benchmarks.Children;

namespace ActorPool.Benchmarks.Peers;

/// <summary>A pool of processes of Python's libraries, with the caller in a Python process.</summary>
/// <remarks>That process measures the times and checks the results.</remarks>
internal sealed class PythonPool : IAsyncDisposable
{
    /// <summary>The script's name for multiprocessing.Pool.</summary>
    public const string Pool = "pool";

    /// <summary>The script's name for concurrent.futures.ProcessPoolExecutor.</summary>
    public const string Executor = "executor";

    /// <summary>The script's name for mpi4py.futures.MPIPoolExecutor.</summary>
    public const string Mpi = "mpi";

    private readonly PeerProcess _python;
    private readonly string _script;

    private PythonPool(PeerProcess python, string script)
    {
        _python = python;
        _script = script;
    }

    public static async Task<PythonPool> StartAsync(string kind, int workers)
    {
        var script = await WriteScriptAsync();
        try
        {
            var python = PeerProcess.Start(CreateStartInfo(script, kind, workers));
            await python.ExpectAsync(Patterns.Ready);
            return new PythonPool(python, script);
        }
        catch (InvalidOperationException e) when (e.Message.Contains("No module named", StringComparison.Ordinal))
        {
            File.Delete(script);
            throw new SkippedException("a module of Python is missing");
        }
        catch (Win32Exception e)
        {
            File.Delete(script);
            throw new SkippedException($"{kind}: {e.Message}");
        }
    }

    /// <summary>Measures a fresh process until its pool's first result.</summary>
    /// <returns>Milliseconds from the pool's creation, and from just before the process was started.</returns>
    public static async Task<double[]> ColdStartAsync(string kind, int workers)
    {
        var script = await WriteScriptAsync();
        try
        {
            // Python's monotonic clock is the same clock.
            var now = Stopwatch.GetTimestamp() * (1_000_000_000 / Stopwatch.Frequency);
            return await ChildProcess.RunAsync(CreateStartInfo(script, kind, workers, now.ToString(CultureInfo.InvariantCulture)));
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

    private static ProcessStartInfo CreateStartInfo(string script, string kind, int workers, params string[] arguments)
    {
        string[] call = [script, kind, workers.ToString(CultureInfo.InvariantCulture), .. arguments];
        if (kind is not Mpi)
            return new ProcessStartInfo("python3", call);
        // The caller is a process of MPI, too. Waiting processes have to yield: they have no processor of their own.
        var processes = (workers + 1).ToString(CultureInfo.InvariantCulture);
        return new ProcessStartInfo("mpiexec", ["-n", processes, "--oversubscribe", "python3", "-m", "mpi4py.futures", .. call])
        {
            Environment =
            {
                ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
                ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
                ["OMPI_MCA_mpi_yield_when_idle"] = "1",
            },
        };
    }

    private static async Task<string> WriteScriptAsync()
    {
        var path = Path.GetTempFileName();
        await using var resource = typeof(PythonPool).Assembly.GetManifestResourceStream("pool.py")!;
        await using var file = File.Create(path);
        await resource.CopyToAsync(file);
        return path;
    }
}
