using System.Globalization;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>What a process holds, to compare before and after a fault.</summary>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Files">Other descriptors: files, pipes, events; without assemblies, which stay open after use.</param>
/// <param name="Threads">Threads, without those of the runtime.</param>
/// <param name="Children">Processes that it has started and not waited for.</param>
/// <param name="Temporary">Files in its directory for temporary files.</param>
internal sealed record Resources(int Sockets, int Files, int Threads, int Children, int Temporary)
{
    /// <summary>How many more sockets a process may have.</summary>
    /// <remarks>Members reconnect at any time, each with a connection in each direction, and the socket engine waits on an event.</remarks>
    private const int ExtraSockets = 6;

    private const int ExtraFiles = 3;
    private const int ExtraThreads = 3;

    public static Resources Read(int process, string temporary)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var descriptors = Directory.GetFileSystemEntries($"{folder}/fd").Select(ReadLink).OfType<string>().ToList();
        var sockets = descriptors.Count(target => target.StartsWith("socket:", StringComparison.Ordinal));
        // In this process, pipes are the streams of ended processes that the test has not read yet.
        if (process == Environment.ProcessId)
            descriptors.RemoveAll(target => target.StartsWith("pipe:", StringComparison.Ordinal));
        var files = descriptors.Count(target =>
            !target.StartsWith("socket:", StringComparison.Ordinal) && !target.EndsWith(".dll", StringComparison.Ordinal));
        var tasks = Directory.GetDirectories($"{folder}/task");
        var threads = tasks.Select(ReadName).Count(name => name is not null && !IsRuntimeThread(name));
        return new Resources(sockets, files, threads, tasks.Sum(CountChildren), Directory.GetFileSystemEntries(temporary).Length);
    }

    /// <summary>Waits until a process holds no more than before.</summary>
    public static async Task AwaitReleaseAsync(Resources before, int process, string temporary, string owner)
    {
        var now = before;
        try
        {
            await Deadline.Until(() => (now = Read(process, temporary)).IsWithin(before), $"{owner} to release what it held");
        }
        catch (HangException e)
        {
            throw new HangException($"{e.Message} Before: {before}, now: {now}: {string.Join(", ", Describe(process))}", e);
        }
    }

    /// <summary>Returns the largest of each number.</summary>
    public static Resources Max(IEnumerable<Resources> all) => all.Aggregate((a, b) => new Resources(
        Math.Max(a.Sockets, b.Sockets), Math.Max(a.Files, b.Files), Math.Max(a.Threads, b.Threads),
        Math.Max(a.Children, b.Children), Math.Max(a.Temporary, b.Temporary)));

    private bool IsWithin(Resources before) =>
        Sockets <= before.Sockets + ExtraSockets && Files <= before.Files + ExtraFiles && Threads <= before.Threads + ExtraThreads
        && Children <= before.Children && Temporary <= before.Temporary;

    /// <summary>Whether the thread pool or the compiler of .NET may have started the thread.</summary>
    private static bool IsRuntimeThread(string thread) => thread.StartsWith(".NET ", StringComparison.Ordinal);

    private static IEnumerable<string> Describe(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var threads = Directory.GetDirectories($"{folder}/task").Select(ReadName);
        var descriptors = Directory.GetFileSystemEntries($"{folder}/fd").Select(ReadLink)
            .Where(target => target?.EndsWith(".dll", StringComparison.Ordinal) is false)
            .Select(target => target!.Split('[')[0]);
        return threads.Concat(descriptors).OfType<string>().CountBy(name => name, StringComparer.Ordinal)
            .Select(count => $"{count.Value} {count.Key}")
            .Concat(ListConnections(folder));
    }

    /// <summary>Lists the process's TCP connections as the system does: both ends and the state.</summary>
    /// <remarks>The states are numbers (proc(5)), such as 1: established, 8: the other side has closed, 10: listening.</remarks>
    private static IEnumerable<string> ListConnections(string folder)
    {
        var own = Directory.GetFileSystemEntries($"{folder}/fd").Select(ReadLink).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return from file in (string[])["tcp", "tcp6"]
               from line in File.ReadLines($"{folder}/net/{file}").Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where own.Contains($"socket:[{columns[9]}]")
               select $"{FormatEndPoint(columns[1])} to {FormatEndPoint(columns[2])} in state {Convert.ToInt32(columns[3], 16)}, "
                   + $"unsent and unread {columns[4]}";
    }

    private static string FormatEndPoint(string address)
    {
        var parts = address.Split(':');
        // An IPv4 address in the machine's byte order, which may be the end of an IPv6 address.
        var last = Convert.FromHexString(parts[0][^8..]).Reverse();
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', last)}:{Convert.ToInt32(parts[1], 16)}");
    }

    private static string? ReadLink(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null; // it is closed now
        }
    }

    private static string? ReadName(string task) => Read($"{task}/comm");

    private static int CountChildren(string task) =>
        Read($"{task}/children")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return null; // it has ended now
        }
    }
}
