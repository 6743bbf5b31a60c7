using Microsoft.Extensions.Logging;

namespace ActorPool.Diagnostics;

/// <summary>Takes what functions log and write, and brings it to the caller's log.</summary>
internal interface IFunctionLog
{
    /// <summary>The lowest level that it takes.</summary>
    LogLevel MinLevel { get; }

    /// <summary>Whether what functions write to standard output and error on nodes goes here.</summary>
    bool TakesOutput { get; }

    /// <summary>Takes a line, or drops it and counts it; never waits.</summary>
    void Write(FunctionLine line);
}

/// <summary>Drops all lines: no one has asked for them.</summary>
internal sealed class NoFunctionLog : IFunctionLog
{
    public static readonly NoFunctionLog Instance = new();

    public LogLevel MinLevel => LogLevel.None;

    public bool TakesOutput => false;

    public void Write(FunctionLine line)
    {
        // No one asks for it.
    }
}
