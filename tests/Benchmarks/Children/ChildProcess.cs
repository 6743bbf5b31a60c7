using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Benchmarks.Children;

/// <summary>Runs this program again as a child that measures one thing and prints one line of numbers.</summary>
internal static class ChildProcess
{
    /// <summary>The hidden first argument that makes the program a child.</summary>
    public const string Verb = "child";

    /// <summary>What all children together have used.</summary>
    public static TimeSpan ProcessorTime { get; private set; }

    /// <summary>Starts a child and waits for its end.</summary>
    /// <param name="arguments">The child's name and what it takes.</param>
    /// <returns>The numbers that it printed.</returns>
    public static async Task<double[]> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) is "dotnet")
            start.ArgumentList.Add(typeof(ChildProcess).Assembly.Location);
        foreach (var argument in arguments.Prepend(Verb))
            start.ArgumentList.Add(argument);
        using var child = Process.Start(start)!;
        var output = await child.StandardOutput.ReadToEndAsync();
        await child.WaitForExitAsync();
        if (child.ExitCode != 0)
            throw new WrongResultException($"The child [{string.Join(' ', arguments)}] ended with {child.ExitCode}: {output}");
        var numbers = Array.ConvertAll(output.Split(' '), n => double.Parse(n, CultureInfo.InvariantCulture));
        ProcessorTime += TimeSpan.FromSeconds(numbers[0]);
        return numbers[1..];
    }

    /// <summary>The child's side.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> MainAsync(string[] arguments)
    {
        var numbers = arguments switch
        {
            [StreamChild.Name, .. var rest] => await StreamChild.RunAsync(rest),
            [StartChild.Name, .. var rest] => await StartChild.RunAsync(rest),
            _ => throw new ArgumentException($"There is no child [{string.Join(' ', arguments)}].", nameof(arguments)),
        };
        var line = numbers.Prepend(Environment.CpuUsage.TotalTime.TotalSeconds).Select(n => n.ToString("R", CultureInfo.InvariantCulture));
        await Console.Out.WriteAsync(string.Join(' ', line));
        return 0;
    }
}
