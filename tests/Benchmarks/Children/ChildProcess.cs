using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Benchmarks.Children;

/// <summary>Runs this program again as a child.</summary>
/// <remarks>A child either makes one measurement and prints one line of numbers, or serves until it is ended.</remarks>
internal static class ChildProcess
{
    /// <summary>The hidden first argument that makes the program a child.</summary>
    public const string Verb = "child";

    /// <summary>Starts a child and waits for its end.</summary>
    /// <param name="arguments">The child's name and its arguments.</param>
    /// <returns>The numbers that it printed.</returns>
    public static Task<double[]> RunAsync(params string[] arguments) => RunAsync(CreateStartInfo(arguments));

    /// <summary>Starts a process and waits for its end.</summary>
    /// <returns>The numbers that it printed.</returns>
    public static async Task<double[]> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
        {
            var command = $"{start.FileName} {string.Join(' ', start.ArgumentList)}";
            throw new WrongResultException($"[{command}] ended with {child.ExitCode}: {output}");
        }
        return Array.ConvertAll(output.Split(' '), n => double.Parse(n, CultureInfo.InvariantCulture));
    }

    /// <summary>Starts a child that serves until it is disposed.</summary>
    /// <param name="arguments">The child's name and its arguments.</param>
    /// <returns>The child and its ports.</returns>
    public static async Task<(PeerProcess Child, int[] Ports)> ServeAsync(params string[] arguments)
    {
        var child = PeerProcess.Start(CreateStartInfo(arguments));
        var ready = await child.ExpectAsync(Patterns.Ready);
        return (child, [.. ready.Groups["port"].Captures.Select(c => int.Parse(c.ValueSpan, CultureInfo.InvariantCulture))]);
    }

    /// <summary>Runs the child that the arguments name.</summary>
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
            case [WaitsChild.Name, .. var rest]:
                await PrintAsync(await WaitsChild.RunAsync(rest));
                return 0;
            case [RawChild.Name, .. var rest]:
                RawChild.Serve(rest);
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

    /// <summary>Prints that a child serves, and waits for its input to end.</summary>
    /// <remarks>The input also ends when the parent has ended.</remarks>
    public static void ServeUntilInputEnds(params int[] ports)
    {
        Console.WriteLine(string.Join(' ', ports.Select(p => p.ToString(CultureInfo.InvariantCulture)).Prepend("ready")));
        while (Console.ReadLine() is not null)
        {
        }
    }

    private static Task PrintAsync(IEnumerable<double> numbers) =>
        Console.Out.WriteAsync(string.Join(' ', numbers.Select(n => n.ToString("R", CultureInfo.InvariantCulture))));

    private static ProcessStartInfo CreateStartInfo(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!);
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments.Prepend(Verb))
            start.ArgumentList.Add(argument);
        return start;
    }
}
