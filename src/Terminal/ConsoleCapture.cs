namespace ActorPool.Terminal;

/// <summary>Replaces the console's writers by ones that print above a screen's lines.</summary>
/// <remarks>A redirected output keeps its writer: it does not meet the lines.</remarks>
internal sealed class ConsoleCapture(Screen screen)
{
    private TextWriter? _out;
    private TextWriter? _error;
    private TextWriter? _ownOut;
    private TextWriter? _ownError;

    public void Install()
    {
        _error = Console.Error;
        Console.SetError(new AboveWriter(screen, _error));
        _ownError = Console.Error; // SetError wraps it
        if (Console.IsOutputRedirected)
            return;
        _out = Console.Out;
        Console.SetOut(new AboveWriter(screen, _out));
        _ownOut = Console.Out;
    }

    /// <summary>Puts the writers back, unless the program has set others meanwhile.</summary>
    public void Restore()
    {
        if (_error is not null && ReferenceEquals(Console.Error, _ownError))
            Console.SetError(_error);
        if (_out is not null && ReferenceEquals(Console.Out, _ownOut))
            Console.SetOut(_out);
        (_out, _error, _ownOut, _ownError) = (null, null, null, null);
    }
}
