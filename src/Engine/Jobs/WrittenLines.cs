using ActorPool.Diagnostics;
using ActorPool.Processes;

namespace ActorPool.Jobs;

/// <summary>Makes lines of what a worker's functions write to the console.</summary>
/// <remarks>What one chunk leaves without an end of line is a line of its own. Any thread may add.</remarks>
internal sealed class WrittenLines
{
    private readonly Lock _lock = new();
    private readonly LineSplitter _output;
    private readonly LineSplitter _errors;
    private WorkContext? _context; // of the last text

    public WrittenLines()
    {
        _output = new LineSplitter(line => Send(line, isError: false));
        _errors = new LineSplitter(line => Send(line, isError: true));
    }

    public void Add(ReadOnlySpan<char> text, bool isError, WorkContext context)
    {
        lock (_lock)
        {
            _context = context;
            (isError ? _errors : _output).Add(text);
        }
    }

    /// <summary>Ends the last lines.</summary>
    public void Complete()
    {
        lock (_lock)
        {
            _output.Complete();
            _errors.Complete();
            _context = null;
        }
    }

    private void Send(string line, bool isError)
    {
        if (_context is { } context)
            context.Pool.FunctionLog.Write(FunctionLine.FromOutput(line, isError, context.CreateOrigin()));
    }
}
