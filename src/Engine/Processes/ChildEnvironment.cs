using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Processes;

/// <summary>The variables of a worker process that differ from its parent's.</summary>
internal static class ChildEnvironment
{
    /// <summary>Tells a process that it is a worker.</summary>
    public const string Marker = "ACTORPOOL_WORKER_PROCESS";

    /// <summary>.NET's list of startup hooks.</summary>
    public const string Hooks = "DOTNET_STARTUP_HOOKS";

    // N workers are N processes. The server's collector would give each of them a heap and a thread for each processor, and the
    // concurrent one a further thread, to shorten pauses that no worker minds.
    private const string ServerCollector = "DOTNET_gcServer";
    private const string ConcurrentCollector = "DOTNET_gcConcurrent";
    private const string HeapCount = "DOTNET_GCHeapCount";
    // Threads that look for work before they sleep take the processor from the others; one chunk at a time has little use for them.
    private const string PoolSpins = "DOTNET_ThreadPool_UnfairSemaphoreSpinLimit";
    private const string HeapLimit = "DOTNET_GCHeapHardLimit";
    private const string ProcessorCount = "DOTNET_PROCESSOR_COUNT";

    /// <summary>Whether this process is a worker that has not been told so yet.</summary>
    public static bool IsMarked => Environment.GetEnvironmentVariable(Marker) is not null;

    /// <summary>Sets the variables, and returns those that it has changed, with the parent's values.</summary>
    public static List<KeyValuePair<string, string?>> Apply(ProcessStartInfo start, ChildOptions options)
    {
        var changed = new List<KeyValuePair<string, string?>>();
        Set(Marker, "1");
        // The parent's hooks run first, as they do in the parent: that of a worker does not return.
        var hooks = Environment.GetEnvironmentVariable(Hooks);
        Set(Hooks, string.IsNullOrEmpty(hooks) ? ProgramFile.HookName : $"{hooks}{Path.PathSeparator}{ProgramFile.HookName}");
        Set(ServerCollector, "0");
        Set(ConcurrentCollector, "0");
        Set(HeapCount, null);
        Set(PoolSpins, "0");
        if (options.Start.MaxMemoryBytes is { } bytes)
            Set(HeapLimit, bytes.ToString("x", CultureInfo.InvariantCulture)); // .NET reads this one as hexadecimal
        if (options.Processors is { } processors)
            Set(ProcessorCount, processors.ToString(CultureInfo.InvariantCulture));
        return changed;

        void Set(string name, string? value)
        {
            changed.Add(new(name, Environment.GetEnvironmentVariable(name)));
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value;
        }
    }

    /// <summary>Gives a worker its parent's environment: processes that functions start are no workers.</summary>
    public static void Restore(IEnumerable<KeyValuePair<string, string?>> parentVariables)
    {
        foreach (var (name, value) in parentVariables)
        {
            Environment.SetEnvironmentVariable(name, value);
            UnixCalls.SetVariable(name, value);
        }
    }
}
