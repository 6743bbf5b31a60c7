namespace ActorPool.Terminal;

/// <summary>Writes the line that stays of a job.</summary>
internal static class LastLine
{
    // So that the line of a job with a long name still has its numbers in the first row of most terminals.
    private const int MaxName = 30;

    /// <summary>Formats the line.</summary>
    /// <returns>
    /// For example <c>resize: 1,000 of 1,000 done in 12 s, 2 failed</c> or <c>resize: cancelled after 3.2 s, 450 of 1,000 done</c>.
    /// </returns>
    public static string Format(string name, JobProgress progress, LineStyle style)
    {
        var label = name.Length > 0 ? $"{Cells.Cut(name, MaxName, style.Mark)}: " : "";
        var done = progress.Total is { } total
            ? $"{Amounts.Format(progress.Done)} of {Amounts.Format(total)} done"
            : $"{Amounts.Format(progress.Done)} done";
        var time = Amounts.Format(progress.Elapsed);
        var text = progress.State switch
        {
            JobState.Succeeded => $"{done} in {time}",
            JobState.Cancelled => $"{style.Yellow("cancelled")} after {time}, {done}",
            JobState.Failed => $"{style.Red("failed")} after {time}, {done}",
            _ => $"{style.Yellow("not ended")} after {time}, {done}",
        };
        return progress.Failed > 0 ? $"{label}{text}, {style.Red($"{Amounts.Format(progress.Failed)} failed")}" : label + text;
    }
}
