using System.Reflection;
using ActorPool.Processes;

namespace ActorPool;

/// <summary>What a worker process runs in place of the program's <c>Main</c>.</summary>
internal static class ChildMain
{
    /// <summary>Runs the worker, and returns the exit code of the process.</summary>
    public static Task<int> RunAsync(ChildStart start)
    {
        if (start.Handler.Length > 0)
            return FindHandler(start.Handler)(start);
        throw new InvalidOperationException($"A worker process has no session to run: {start}.");
    }

    private static Func<ChildStart, Task<int>> FindHandler(string name)
    {
        var at = name.IndexOf('@', StringComparison.Ordinal);
        var type = Type.GetType(name[(at + 1)..], throwOnError: true)!;
        var method = type.GetMethod(name[..at], BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic)
            ?? throw new MissingMethodException(type.FullName, name[..at]);
        return method.CreateDelegate<Func<ChildStart, Task<int>>>();
    }
}
