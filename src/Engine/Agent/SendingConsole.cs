using System.Text;
using ActorPool.Diagnostics;

namespace ActorPool.Agent;

/// <summary>A node's standard output or error, which sends lines of functions to their pools.</summary>
/// <remarks>
/// Only to pools that have asked for them: all others are written as before. Used through <see cref="TextWriter.Synchronized"/>, which
/// <see cref="Console"/> adds: one thread writes at a time.
/// </remarks>
internal sealed class SendingConsole(TextWriter inner, bool isError) : TextWriter(inner.FormatProvider)
{
    private static int s_isInstalled;

    public override Encoding Encoding => inner.Encoding;

    /// <summary>Puts itself before the console's writers, once in a process.</summary>
    public static void Install()
    {
        if (Interlocked.Exchange(ref s_isInstalled, 1) != 0)
            return;
        Console.SetOut(new SendingConsole(Console.Out, isError: false));
        Console.SetError(new SendingConsole(Console.Error, isError: true));
    }

    public override void Write(char value) => Write([value]);

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(ReadOnlySpan<char> buffer)
    {
        if (WorkContext.Current is not { } context || !context.Pool.FunctionLog.TakesOutput)
            inner.Write(buffer);
        else
            context.Written.Add(buffer, isError, context);
    }

    public override void WriteLine() => Write(CoreNewLine);

    public override void WriteLine(string? value) => Write($"{value}{NewLine}");

    public override void WriteLine(ReadOnlySpan<char> buffer) => Write($"{buffer}{NewLine}");

    public override void Flush() => inner.Flush();
}
