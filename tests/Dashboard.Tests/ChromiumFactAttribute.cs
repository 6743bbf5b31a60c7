namespace ActorPool.Dashboard.Tests;

/// <summary>A test that needs a browser; elsewhere it is skipped with the reason.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ChromiumFactAttribute : FactAttribute
{
    public ChromiumFactAttribute() => Skip = Chromium.Program is null ? "needs chromium on the PATH (Debian package chromium)" : null;
}
