using Microsoft.Extensions.Logging;

namespace ActorPool.Diagnostics;

/// <summary>A line that a function has logged or written.</summary>
/// <param name="Kind">How.</param>
/// <param name="Level">Its level.</param>
/// <param name="Event">Its event; 0 for what was written.</param>
/// <param name="Text">The line.</param>
/// <param name="Origin">Who has written it; null if that is not known.</param>
internal sealed record FunctionLine(LineKind Kind, LogLevel Level, EventId Event, string Text, LineOrigin Origin)
{
    /// <summary>Most characters of a text that comes from another process.</summary>
    public const int MaxChars = 16 * 1024;

    /// <summary>An exception of this process.</summary>
    public Exception? Exception { get; init; }

    /// <summary>An exception of another process, as text.</summary>
    public string? Error { get; init; }

    /// <summary>Makes the line of what was written to standard output or error.</summary>
    public static FunctionLine FromOutput(string text, bool isError, LineOrigin origin) => new(
        isError ? LineKind.Error : LineKind.Output, isError ? LogLevel.Warning : LogLevel.Information, default, text, origin);
}

/// <summary>How a function has written a line.</summary>
internal enum LineKind : byte
{
    /// <summary>Through <see cref="WorkContext.Logger"/>.</summary>
    Logged = 1,

    /// <summary>To standard output.</summary>
    Output,

    /// <summary>To standard error.</summary>
    Error,
}

/// <summary>Who has written a line.</summary>
/// <param name="Job">The job's name; null for a worker that runs no item.</param>
/// <param name="Item">The position of the item.</param>
/// <param name="Worker">The worker's name.</param>
/// <param name="Node">The address of the node; null for this process and its worker processes.</param>
internal sealed record LineOrigin(string? Job, long Item, string Worker, string? Node = null)
{
    public override string ToString()
    {
        var worker = Node is null ? Worker : $"{Worker} on {Node}";
        return Job is null ? worker : WorkerName.Format(worker, Item, Job);
    }
}
