using ActorPool.Terminal;

namespace ActorPool;

/// <summary>Shows the progress of jobs in the terminal that the program runs in.</summary>
/// <remarks>
/// On a terminal there is one line for each running job, at most eight and "and 3 more", below what the program prints. The lines are
/// drawn ten times a second on standard error, so standard output can be redirected. While jobs run, <see cref="Console.Out"/> and
/// <see cref="Console.Error"/> are writers that print above the lines; they are put back when the last job has ended. What goes to the
/// terminal on another way, such as a writer taken from <see cref="Console.Out"/> before, a child process or what the user types, can
/// hit the lines. Without a terminal, or with <c>TERM=dumb</c>, a job writes a line without control characters on standard error each half
/// minute, and one at its end. <c>NO_COLOR</c> turns the colours off.
/// </remarks>
public static class ConsoleProgress
{
    private static readonly Lazy<ProgressBoard> s_board = new(ProgressBoard.ForConsole);

    /// <summary>Makes a handler for <see cref="JobOptions.Progress"/> that shows a bar.</summary>
    /// <param name="name">What stands before the bar; <see langword="null"/> for the job's name. Control characters become spaces.</param>
    /// <param name="keep">
    /// Whether a line with the items, time and failures stays when the job has ended. If not, the bar vanishes, and without a terminal
    /// nothing is written.
    /// </param>
    /// <returns>
    /// A handler that takes a report and returns; a timer draws. Only the last report of a job writes, and waits while the terminal does
    /// not take output. Any number of jobs may share it, one after another, or at the same time if their names differ. A program may also
    /// report on work of its own to it: the line is there from the first report until one with a <see cref="JobProgress.State"/> other than
    /// <see cref="JobState.Running"/>, or until the process exits.
    /// </returns>
    /// <remarks>
    /// The line shows items, the speed, the remaining time and the workers as far as the width allows; of an unknown total no bar. Speed
    /// and remaining time come from a mean in which the last quarter of a minute, or the last few chunks if they take longer, counts most.
    /// </remarks>
    public static IProgress<JobProgress> Bar(string? name = null, bool keep = true) => new JobBar(s_board.Value, name, keep);
}
