using ActorPool.Security;
using ActorPool.Tests.Support;
using Akka.Event;

namespace ActorPool.Tests.Security;

/// <summary>Certificates as Kubernetes and cert-manager lay them, and their renewal.</summary>
public sealed class MountedSecretTests : IDisposable
{
    private const UnixFileMode GroupReads = UnixFileMode.UserRead | UnixFileMode.GroupRead;

    private readonly Certificates _certificates = new();

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public void A_mounted_secret_is_read()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));

        Assert.Equal("CN=10.0.0.5", NodeIdentity.Read(secret.Directory, TimeProvider.System).Certificate.Subject);
    }

    [Fact]
    public void A_key_of_roots_may_be_read_by_the_process_group_and_by_nobody_else()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"), GroupReads);
        if (Environment.IsPrivilegedProcess)
            Assert.NotNull(NodeIdentity.Read(secret.Directory, TimeProvider.System));
        else
            AssertRefused(secret, "can be used by other users"); // a user's own group may have other users

        File.SetUnixFileMode(Path.Combine(secret.Version, "tls.key"), GroupReads | UnixFileMode.OtherRead);
        AssertRefused(secret, "can be used by other users");
        AssertRefused(secret, "defaultMode and fsGroup");
        File.SetUnixFileMode(Path.Combine(secret.Version, "tls.key"), GroupReads | UnixFileMode.GroupWrite);
        AssertRefused(secret, "can be changed by other users");
    }

    [Fact]
    public void A_directory_in_which_others_can_replace_the_files_is_refused()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));
        File.SetUnixFileMode(secret.Directory, File.GetUnixFileMode(secret.Directory) & ~UnixFileMode.StickyBit);
        AssertRefused(secret, $"chmod go-w {secret.Directory}");

        File.SetUnixFileMode(secret.Directory, File.GetUnixFileMode(secret.Directory) | UnixFileMode.StickyBit);
        File.SetUnixFileMode(secret.Version, File.GetUnixFileMode(secret.Version) | UnixFileMode.OtherWrite);
        AssertRefused(secret, $"chmod go-w {secret.Version}");
    }

    [Fact]
    public void A_missing_file_is_named_with_both_kinds_of_names()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));
        File.Delete(Path.Combine(secret.Version, "ca.crt"));

        AssertRefused(secret, "ca.crt]");
        AssertRefused(secret, "ca.pem, node.pem and node.key");
        AssertRefused(secret, "ca.crt, tls.crt and tls.key");
    }

    [Fact]
    public void A_renewed_secret_replaces_the_certificate_and_one_that_cannot_be_used_does_not()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));
        var source = new IdentitySource(
            secret.Directory, NodeIdentity.Read(secret.Directory, TimeProvider.System), TimeProvider.System);
        var renewed = new List<NodeIdentity>();
        source.OnRenewed = renewed.Add;

        source.Look(NoLogger.Instance);
        Assert.Empty(renewed);

        secret.Replace(_certificates.IssueByOtherAuthority("10.0.0.6"));
        source.Look(NoLogger.Instance);
        Assert.Equal("CN=10.0.0.6", Assert.Single(renewed).Certificate.Subject);
        Assert.Same(renewed[0], source.Current);

        secret.Replace(_certificates.IssueExpired("10.0.0.7"));
        source.Look(NoLogger.Instance);
        source.Look(NoLogger.Instance);
        Assert.Equal("CN=10.0.0.6", source.Current.Certificate.Subject);

        secret.Replace(_certificates.For("10.0.0.8"));
        source.Look(NoLogger.Instance);
        Assert.Equal("CN=10.0.0.8", source.Current.Certificate.Subject);
        Assert.Equal(2, renewed.Count);
    }

    [Fact]
    public async Task The_files_are_looked_at_while_they_are_watched()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));
        var clock = new Child.TimerClock();
        var source = new IdentitySource(secret.Directory, NodeIdentity.Read(secret.Directory, TimeProvider.System), clock);
        var renewed = new TaskCompletionSource<NodeIdentity>();
        source.OnRenewed = renewed.SetResult;
        using var watch = source.Watch(NoLogger.Instance);
        secret.Replace(_certificates.For("10.0.0.6"));

        clock.Advance(IdentitySource.Interval);

        Assert.Equal("CN=10.0.0.6", (await renewed.Task.Within("the renewal")).Certificate.Subject);
    }

    [Fact]
    public void A_certificate_for_another_host_does_not_replace_that_of_a_node()
    {
        using var secret = new MountedSecret(_certificates.For("10.0.0.5"));
        var log = new ListAdapter();
        var source = new IdentitySource(secret.Directory, NodeIdentity.Read(secret.Directory, TimeProvider.System), TimeProvider.System)
        {
            Host = "10.0.0.5",
            OnRenewed = _ => throw new InvalidOperationException("It is used."),
        };

        secret.Replace(_certificates.For("10.0.0.6"));
        source.Look(log);
        source.Look(log);

        Assert.Equal("CN=10.0.0.5", source.Current.Certificate.Subject);
        var line = Assert.Single(log.Lines);
        Assert.Contains("is not for the host [10.0.0.5], but for 10.0.0.6", line, StringComparison.Ordinal);
        Assert.Contains("The last one serves until", line, StringComparison.Ordinal);
    }

    private static void AssertRefused(MountedSecret secret, string reason)
    {
        var error = Assert.Throws<IdentityException>(() => NodeIdentity.Read(secret.Directory, TimeProvider.System));
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }
}
