using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Benchmarks.Children;

/// <summary>Runs this program again as a child: one that measures one thing and prints one line of numbers, or one that serves.</summary>
internal static class ChildProcess
{
    /// <summary>The hidden first argument that makes the program a child.</summary>
    public const string Verb = "child";

    /// <summary>Starts a child and waits for its end.</summary>
    /// <param name="arguments">The child's name and what it takes.</param>
    /// <returns>The numbers that it printed.</returns>
    public static Task<double[]> RunAsync(params string[] arguments) => RunAsync(StartInfo(arguments));

    /// <summary>Starts a process and waits for its end.</summary>
    /// <returns>The numbers that it printed.</returns>
    public static async Task<double[]> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new WrongResultException($"[{start.FileName} {string.Join(' ', start.ArgumentList)}] ended with {child.ExitCode}: {output}");
        return Array.ConvertAll(output.Split(' '), n => double.Parse(n, CultureInfo.InvariantCulture));
    }

    /// <summary>Starts a child that serves until it is disposed.</summary>
    /// <param name="arguments">The child's name and what it takes.</param>
    /// <returns>The child and the ports that it listens at.</returns>
    public static async Task<(PeerProcess Child, int[] Ports)> ServeAsync(params string[] arguments)
    {
        var child = PeerProcess.Start(StartInfo(arguments));
        var ready = await child.ExpectAsync(Patterns.Ready);
        return (child, [.. ready.Groups["port"].Captures.Select(c => int.Parse(c.ValueSpan, CultureInfo.InvariantCulture))]);
    }

    /// <summary>The child's side.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> MainAsync(string[] arguments)
    {
        switch (arguments)
        {
            case [StreamChild.Name, .. var rest]:
                await PrintAsync(await StreamChild.RunAsync(rest));
                return 0;
            case [StartChild.Name, .. var rest]:
                await PrintAsync(await StartChild.RunAsync(rest));
                return 0;
            case [TcpChild.Name]:
                TcpChild.Serve();
                return 0;
            case [AkkaChild.Name, .. var rest]:
                await AkkaChild.ServeAsync(rest);
                return 0;
            case [OrleansChild.Name]:
                await OrleansChild.ServeAsync();
                return 0;
            default:
                throw new ArgumentException($"There is no child [{string.Join(' ', arguments)}].", nameof(arguments));
        }
    }

    /// <summary>Says that a child serves, and waits for its input to end, which it does when the parent has gone too.</summary>
    public static void ServeUntilInputEnds(params int[] ports)
    {
        Console.WriteLine(string.Join(' ', ports.Select(p => p.ToString(CultureInfo.InvariantCulture)).Prepend("ready")));
        while (Console.ReadLine() is not null)
        {
        }
    }

    private static Task PrintAsync(IEnumerable<double> numbers) =>
        Console.Out.WriteAsync(string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture))));

    private static ProcessStartInfo StartInfo(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments.Prepend(Verb))
            start.ArgumentList.Add(argument);
        return start;
    }
}
