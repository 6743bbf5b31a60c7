namespace ActorPool.Chunking;

/// <summary>The execution context of a call, in which the engine runs its caller's own code.</summary>
/// <remarks>
/// Sources, progress handlers and merges belong to the caller, unlike functions, which start clean. They see its <c>AsyncLocal</c>s,
/// culture and activity as they were at the call, as in PLINQ and <c>Parallel.ForEachAsync</c>. Where the caller has suppressed the flow,
/// they start in the context of the pool's thread, which has none of these.
/// </remarks>
internal sealed class CallerContext
{
    private ExecutionContext? _context;

    private CallerContext(ExecutionContext? context) => _context = context;

    /// <summary>Captures the context of this thread; costs some nanoseconds.</summary>
    public static CallerContext Capture() => new(ExecutionContext.Capture());

    /// <summary>Runs code in the context; this thread's own one is restored afterwards.</summary>
    public TResult Run<TResult>(Func<TResult> code)
    {
        if (_context is not { } context)
            return code();
        var result = default(TResult)!;
        ExecutionContext.Run(context, _ => result = code(), null);
        return result;
    }

    /// <inheritdoc cref="Run{TResult}(Func{TResult})"/>
    public void Run(Action code)
    {
        if (_context is { } context)
            ExecutionContext.Run(context, static state => ((Action)state!)(), code);
        else
            code();
    }

    /// <summary>Makes the next code run in this thread's context, and see what changed there.</summary>
    /// <remarks>Not thread-safe: for code that runs in parts, one after another.</remarks>
    public void Keep() => _context = ExecutionContext.Capture() ?? _context;

    /// <remarks>Records that hold a context are equal if the rest of them is.</remarks>
    public override bool Equals(object? obj) => obj is CallerContext;

    public override int GetHashCode() => 0;
}
