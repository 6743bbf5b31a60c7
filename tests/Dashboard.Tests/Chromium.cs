using System.Diagnostics;

namespace ActorPool.Dashboard.Tests;

/// <summary>A browser without a window, which opens a file and runs its scripts.</summary>
internal static class Chromium
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(90);
    private static readonly string[] s_names = ["chromium", "chromium-browser", "google-chrome"];

    /// <summary>The program, or <see langword="null"/> where there is none.</summary>
    public static string? Program { get; } = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .SelectMany(_ => s_names, Path.Combine).FirstOrDefault(File.Exists);

    /// <summary>Opens a file in a fresh profile.</summary>
    /// <param name="file">The HTML file.</param>
    /// <returns>The document as HTML after its scripts have run, and the lines of the console.</returns>
    public static async Task<(string Document, IReadOnlyList<string> Console)> OpenAsync(string file)
    {
        var profile = Directory.CreateTempSubdirectory("actorpool-chromium");
        try
        {
            using var process = Process.Start(new ProcessStartInfo(Program!)
            {
                // In containers chromium's own sandbox needs rights that root there lacks; the file is this test's.
                ArgumentList =
                {
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    "--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--virtual-time-budget=3000",
                    $"--user-data-dir={profile.FullName}", "--dump-dom", new Uri(file).AbsoluteUri,
                },
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            using var limit = new CancellationTokenSource(s_limit);
            await using var kill = limit.Token.Register(() => process.Kill(entireProcessTree: true));
            var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
            var document = await process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            await process.WaitForExitAsync(CancellationToken.None);
            Assert.True(process.ExitCode == 0, $"chromium ended with {process.ExitCode}, or was ended after {s_limit}: {await errors}");
            return (document, [.. (await errors).Split('\n').Where(line => line.Contains("CONSOLE", StringComparison.Ordinal))]);
        }
        finally
        {
            profile.Delete(recursive: true);
        }
    }
}
