using System.Diagnostics;
using ActorPool.Jobs;

namespace ActorPool.Child;

/// <summary>Shows the parent of a worker process that this process runs.</summary>
/// <remarks>
/// A thread of its own: the function may keep all others, those of the .NET thread pool included. What stops the whole process stops it,
/// too; the parent's PulseWatch decides then.
/// </remarks>
internal sealed class Pulse : IDisposable
{
    private static readonly TimeSpan s_interval = TimeSpan.FromMilliseconds(250);

    private readonly ManualResetEventSlim _end = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;

    private Pulse(WorkNote note)
    {
        _thread = new Thread(() => Run(note)) { IsBackground = true, Name = "actorpool-pulse" };
        _thread.UnsafeStart();
    }

    /// <summary>Starts the thread.</summary>
    /// <param name="note">Where the parent sees it; the caller disposes of it later than of this.</param>
    public static Pulse Start(WorkNote note) => new(note);

    public void Dispose()
    {
        _end.Set();
        _thread.Join();
        _end.Dispose();
    }

    private void Run(WorkNote note)
    {
        do
            note.Beat(Debugger.IsAttached);
        while (!_end.Wait(s_interval));
    }
}
