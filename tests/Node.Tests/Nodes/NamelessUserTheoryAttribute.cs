using System.ComponentModel;
using System.Diagnostics;

namespace ActorPool.Node.Tests.Nodes;

/// <summary>A theory that needs to act as a user that the system does not know.</summary>
/// <remarks>Elsewhere it is skipped with the reason.</remarks>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NamelessUserTheoryAttribute : TheoryAttribute
{
    /// <summary>The number of a user that is in no list of users.</summary>
    public const string User = "54321";

    /// <summary>Runs what follows as that user.</summary>
    public const string Prefix = $"setpriv --reuid {User} --regid {User} --clear-groups";

    private static readonly Lazy<string?> s_obstacle = new(FindObstacle);

    public NamelessUserTheoryAttribute() => Skip = s_obstacle.Value;

    private static string? FindObstacle()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return "Only root on Linux can act as another user.";
        try
        {
            using var process = Process.Start("sh", ["-c", $"{Prefix} test -r {Repository.Node}"]);
            process.WaitForExit();
            return process.ExitCode == 0 ? null : $"setpriv is missing here, or other users cannot read {Repository.Node}.";
        }
        catch (Win32Exception e)
        {
            return $"No shell can be started: {e.Message}";
        }
    }
}
