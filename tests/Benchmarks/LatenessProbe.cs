using System.Diagnostics;

namespace ActorPool.Benchmarks;

/// <summary>Submits an empty task every 10 ms from its own thread, and measures its delay.</summary>
internal sealed class LatenessProbe : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);

    private readonly List<Task<double>> _tasks = [];
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    public LatenessProbe()
    {
        _thread = new Thread(Submit) { IsBackground = true, Name = "lateness-probe" };
        _thread.Start();
    }

    /// <summary>Stops submitting, and waits for the tasks that have not run yet.</summary>
    /// <returns>Milliseconds from submission to run, one for each task.</returns>
    public async Task<double[]> StopAsync()
    {
        _stop.Set();
        _thread.Join();
        return await Task.WhenAll(_tasks);
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Submit()
    {
        do
        {
            var submitted = Stopwatch.GetTimestamp();
            _tasks.Add(Task.Run(() => Elapsed.Milliseconds(submitted)));
        }
        while (!_stop.Wait(s_interval));
    }
}
