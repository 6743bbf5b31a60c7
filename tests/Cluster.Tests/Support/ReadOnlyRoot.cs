using System.ComponentModel;
using System.Diagnostics;

namespace ActorPool.ClusterTests.Support;

/// <summary>A mount namespace in which nothing can be written, except where the test says.</summary>
internal static class ReadOnlyRoot
{
    // Each mount is bound over itself and then made read-only: that of the root does not hold for those below it. The kernel's own file
    // systems stay, and so does what is hidden below another mount.
    private const string Script = """
        mount --make-rprivate / || exit 1
        awk '{ print $2 }' /proc/self/mounts | grep -v -e '^/proc' -e '^/sys' -e '^/dev$' -e '^/dev/pts' | sort -r | while read -r place; do
          mount -o remount,bind,ro "$place" || { mount --bind "$place" "$place" && mount -o remount,bind,ro "$place"; } || exit 1
        done
        [ -z "$1" ] || mount -t tmpfs tmpfs "$1" || exit 1
        for place in /tmp /var/tmp "$HOME" .; do
          [ "$place" = "$1" ] || ! touch "$place/writable" 2>/dev/null || { echo "[$place] can be written"; exit 1; }
        done
        shift
        exec "$@"
        """;

    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    public static string? Obstacle => s_obstacle.Value;

    /// <summary>Returns the words before a command that run it there.</summary>
    /// <param name="writable">A directory that is empty and writable there; "" for none.</param>
    public static string[] CreatePrefix(string writable) => ["unshare", "-m", "sh", "-c", Script, "sh", writable];

    private static string? FindObstacle()
    {
        try
        {
            var command = CreatePrefix("");
            var start = new ProcessStartInfo(command[0], [.. command[1..], "true"])
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
                UseShellExecute = false,
            };
            using var process = Process.Start(start)!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0
                ? null
                : $"No read-only root: {error.GetAwaiter().GetResult().Trim()} {output.Trim()}. Run as root, or in: unshare -Urm";
        }
        catch (Win32Exception e)
        {
            return $"The program unshare cannot be started: {e.Message}. Install util-linux.";
        }
    }
}

/// <summary>A test that needs a <see cref="ReadOnlyRoot"/>; elsewhere it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ReadOnlyRootFactAttribute : FactAttribute
{
    public ReadOnlyRootFactAttribute() => Skip = ReadOnlyRoot.Obstacle;
}
