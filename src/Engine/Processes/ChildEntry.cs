using System.Text;

namespace ActorPool.Processes;

/// <summary>What a worker process does first.</summary>
internal static class ChildEntry
{
    private const int MaxLineBytes = 1024 * 1024;

    private static bool s_isCalled;

    /// <summary>Throws unless this program, started again, becomes a worker.</summary>
    /// <remarks>
    /// Without the startup hook, <c>Main</c> must call <see cref="WorkerProcess.RunIfRequested"/>, and has then done so here, too.
    /// Otherwise the program would do in each worker what it does here.
    /// </remarks>
    /// <exception cref="InvalidOperationException">It does not; the message says what to do.</exception>
    public static void CheckProgram()
    {
        if (ChildEnvironment.IsMarked)
        {
            throw new InvalidOperationException(
                "This process was started as a worker process, but runs the program's Main. "
                + "Call WorkerProcess.RunIfRequested(args) first in Main, before anything else.");
        }
        if (ProgramFile.HasNoHooks && !Volatile.Read(ref s_isCalled))
        {
            throw new InvalidOperationException(
                "Worker processes are this program, started again, and .NET's startup hooks are switched off in it (StartupHookSupport), "
                + "as in a program of one source file (dotnet run app.cs). "
                + "Call WorkerProcess.RunIfRequested(args) first in Main, before anything else.");
        }
    }

    /// <summary>Returns what this process is told, if it starts as a worker; else null.</summary>
    /// <remarks>
    /// From then on it ends with its parent (<see cref="ParentWatch"/>), and has the environment of its parent. Functions read an empty
    /// standard input.
    /// </remarks>
    /// <exception cref="FormatException">Standard input does not have what it should.</exception>
    public static ChildStart? Take()
    {
        if (!ChildEnvironment.IsMarked)
        {
            Volatile.Write(ref s_isCalled, true);
            return null;
        }
        UnixCalls.LeadSession();
        var input = TakeStandardInput();
        var line = ReadLine(input);
        if (line is null)
            ParentWatch.EndProcess(); // The parent has ended already.
        var start = ChildStart.FromLine(line!);
        ParentWatch.Start(input, new Leftovers(start));
        ChildEnvironment.Restore(start.ParentVariables);
        return start;
    }

    private static Stream TakeStandardInput()
    {
        // A copy, which processes that functions start do not inherit.
        var input = Console.OpenStandardInput();
        if (OperatingSystem.IsWindows())
        {
            Console.SetIn(TextReader.Null);
            return input;
        }
        using var empty = File.OpenHandle("/dev/null");
        UnixCalls.ReplaceStandardInput(empty);
        return input;
    }

    /// <summary>Reads a line byte by byte, so that nothing that follows is taken.</summary>
    private static string? ReadLine(Stream input)
    {
        var line = new StringBuilder();
        Span<byte> next = stackalloc byte[1];
        while (input.Read(next) == 1)
        {
            if (next[0] == '\n')
                return line.ToString();
            if (line.Length == MaxLineBytes)
                throw new FormatException($"The first line of a worker's standard input has more than [{MaxLineBytes}] bytes.");
            line.Append((char)next[0]);
        }
        return null;
    }
}
