using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>What is kept of a job's end, besides its state.</summary>
/// <param name="Error">Why it failed, in one line; null if it succeeded or was cancelled.</param>
/// <param name="Workers">Workers that the pool had then.</param>
/// <param name="WorkerTime">The time that workers had during the job, summed over them.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JobEnd(string? Error, int Workers, TimeSpan WorkerTime)
{
    private const int MaxErrorChars = 1000;

    public static JobEnd From(Exception? error, int workers, TimeSpan workerTime) =>
        new(error is null or OperationCanceledException ? null : Describe(error), workers, workerTime);

    private static string Describe(Exception error)
    {
        var line = SafeText.GetMessage(error).ReplaceLineEndings(" ");
        return SafeText.Cut(error is ActorPoolException ? line : $"{error.GetType().Name}: {line}", MaxErrorChars);
    }
}
