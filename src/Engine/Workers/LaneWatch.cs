namespace ActorPool.Workers;

/// <summary>Looks after lanes while work waits in them, from a thread of its own.</summary>
/// <remarks>
/// The .NET thread pool may be full of the program's own work. The thread sleeps when nothing waits, and ends when that lasts.
/// </remarks>
/// <param name="look">Looks once, told whether the process computes rather than waits. Returns whether work waits.</param>
internal sealed class LaneWatch(Func<bool, bool> look)
{
    private const double ComputingShare = 0.75;
    private const int LooksWithoutWork = 100; // so that a busy pool need not wake it again and again
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _wake = new(0, 1);
    private bool _isRunning;
    private volatile bool _isAwake;

    /// <summary>Begins to look, when work has to wait.</summary>
    public void Start()
    {
        if (_isAwake)
            return;
        lock (_lock)
        {
            if (_isAwake)
                return;
            _isAwake = true;
            if (_isRunning)
            {
                _wake.Release();
                return;
            }
            _isRunning = true;
        }
        new Thread(Run) { IsBackground = true, Name = "actorpool-watch" }.UnsafeStart();
    }

    private void Run()
    {
        do
        {
            for (var looks = 0; looks < LooksWithoutWork; looks++)
            {
                var (cpu, time) = (Environment.CpuUsage.TotalTime, TimeProvider.System.GetTimestamp());
                var pauses = GC.GetTotalPauseDuration();
                _wake.Wait(s_interval); // nobody wakes it while it is awake
                var used = (Environment.CpuUsage.TotalTime - cpu) / TimeProvider.System.GetElapsedTime(time);
                // Whom a garbage collection stops does not block.
                if (look(used >= ComputingShare * Environment.ProcessorCount || GC.GetTotalPauseDuration() > pauses))
                    looks = 0;
            }
        }
        while (Rest());
    }

    /// <returns>Whether to look again.</returns>
    private bool Rest()
    {
        _isAwake = false;
        // Work that had to wait in between did not wake it.
        if (look(false))
        {
            _isAwake = true;
            return true;
        }
        if (_wake.Wait(s_rest))
            return true;
        lock (_lock)
        {
            if (_isAwake)
            {
                _wake.Wait(); // it was just woken
                return true;
            }
            _isRunning = false;
            return false;
        }
    }
}
