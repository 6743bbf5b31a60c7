using System.Globalization;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>What a process holds: to be the same after a fault as before.</summary>
/// <param name="Sockets">Open sockets.</param>
/// <param name="Files">Other descriptors: files, pipes, events; assemblies are kept once they were used.</param>
/// <param name="Threads">Threads, without those that the runtime keeps for itself.</param>
/// <param name="Children">Processes that it has started, and has not waited for.</param>
/// <param name="Temporary">Files in its directory for temporary ones.</param>
internal sealed record Resources(int Sockets, int Files, int Threads, int Children, int Temporary)
{
    /// <summary>Members reconnect at moments of their own, each with a connection either way, and the event that the socket engine waits on.</summary>
    private const int MoreSockets = 6;

    private const int MoreFiles = 3;
    private const int MoreThreads = 3;

    public static Resources Of(int process, string temporary)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var descriptors = Directory.GetFileSystemEntries($"{folder}/fd").Select(LinkOf).OfType<string>().ToList();
        var sockets = descriptors.Count(target => target.StartsWith("socket:", StringComparison.Ordinal));
        if (process == Environment.ProcessId)
            descriptors.RemoveAll(target => target.StartsWith("pipe:", StringComparison.Ordinal)); // the streams of processes that have ended, until the test has read them
        var tasks = Directory.GetDirectories($"{folder}/task");
        return new Resources(sockets, descriptors.Count(target => !target.StartsWith("socket:", StringComparison.Ordinal) && !target.EndsWith(".dll", StringComparison.Ordinal)), tasks.Select(NameOf).Count(name => name is not null && !IsTheRuntimes(name)), tasks.Sum(ChildrenOf), Directory.GetFileSystemEntries(temporary).Length);
    }

    /// <summary>Waits until the process has no more than it had.</summary>
    public static async Task ReturnToAsync(Resources before, int process, string temporary, string whose)
    {
        var now = before;
        try
        {
            await Deadline.Until(() => (now = Of(process, temporary)).IsWithin(before), $"{whose} to let go of what it held");
        }
        catch (HangException e)
        {
            throw new HangException($"{e.Message} Before: {before}, now: {now}: {string.Join(", ", Describe(process))}", e);
        }
    }

    /// <summary>The most of several.</summary>
    public static Resources Most(IEnumerable<Resources> all) => all.Aggregate((a, b) => new Resources(
        Math.Max(a.Sockets, b.Sockets), Math.Max(a.Files, b.Files), Math.Max(a.Threads, b.Threads), Math.Max(a.Children, b.Children), Math.Max(a.Temporary, b.Temporary)));

    private bool IsWithin(Resources before) =>
        Sockets <= before.Sockets + MoreSockets && Files <= before.Files + MoreFiles && Threads <= before.Threads + MoreThreads && Children <= before.Children && Temporary <= before.Temporary;

    /// <summary>The pool of .NET and the compiler start and end threads as they like.</summary>
    private static bool IsTheRuntimes(string thread) => thread.StartsWith(".NET ", StringComparison.Ordinal);

    private static IEnumerable<string> Describe(int process)
    {
        var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}");
        var threads = Directory.GetDirectories($"{folder}/task").Select(NameOf);
        var descriptors = Directory.GetFileSystemEntries($"{folder}/fd").Select(LinkOf).Where(target => target?.EndsWith(".dll", StringComparison.Ordinal) is false).Select(target => target!.Split('[')[0]);
        return threads.Concat(descriptors).OfType<string>().CountBy(name => name, StringComparer.Ordinal).Select(count => $"{count.Value} {count.Key}").Concat(Connections(folder));
    }

    /// <summary>The process's TCP connections as the system lists them (proc(5)): both ends, and the state as a number (1: established, 8: the other side has closed, 10: listening).</summary>
    private static IEnumerable<string> Connections(string folder)
    {
        var own = Directory.GetFileSystemEntries($"{folder}/fd").Select(LinkOf).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return from file in (string[])["tcp", "tcp6"]
               from line in File.ReadLines($"{folder}/net/{file}").Skip(1)
               let columns = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)
               where own.Contains($"socket:[{columns[9]}]")
               select $"{End(columns[1])} to {End(columns[2])} in state {Convert.ToInt32(columns[3], 16)}, unsent and unread {columns[4]}";
    }

    private static string End(string address)
    {
        var parts = address.Split(':');
        var last = Convert.FromHexString(parts[0][^8..]).Reverse(); // an IPv4 address, also as the end of an IPv6 one; in the byte order of the machine
        return string.Create(CultureInfo.InvariantCulture, $"{string.Join('.', last)}:{Convert.ToInt32(parts[1], 16)}");
    }

    private static string? LinkOf(string descriptor)
    {
        try
        {
            return new FileInfo(descriptor).LinkTarget;
        }
        catch (IOException)
        {
            return null; // closed by now
        }
    }

    private static string? NameOf(string task) => Read($"{task}/comm");

    private static int ChildrenOf(string task) => Read($"{task}/children")?.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length ?? 0;

    private static string? Read(string file)
    {
        try
        {
            return File.ReadAllText(file).Trim();
        }
        catch (IOException)
        {
            return null; // ended by now
        }
    }
}
