using System.Runtime.InteropServices;
using ActorPool.Diagnostics;

namespace ActorPool.Jobs;

/// <summary>How a job ended.</summary>
/// <param name="State">Whether it succeeded.</param>
/// <param name="Error">Why not, in one line; null if it succeeded or was cancelled.</param>
/// <param name="Workers">Workers that the pool had then.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct JobEnd(JobState State, string? Error, int Workers)
{
    private const int MaxErrorChars = 1000;

    public static JobEnd From(Exception? error, int workers) => error switch
    {
        null => new JobEnd(JobState.Succeeded, Error: null, workers),
        OperationCanceledException => new JobEnd(JobState.Cancelled, Error: null, workers),
        _ => new JobEnd(JobState.Failed, Describe(error), workers),
    };

    private static string Describe(Exception error)
    {
        var line = SafeText.GetMessage(error).ReplaceLineEndings(" ");
        return SafeText.Cut(error is ActorPoolException ? line : $"{error.GetType().Name}: {line}", MaxErrorChars);
    }
}
