using ActorPool.Security;

[assembly: System.Runtime.Versioning.UnsupportedOSPlatform("windows")]

namespace ActorPool.Tests.Security;

public sealed class NodeIdentityTests : IDisposable
{
    private readonly Certificates _certificates = new();
    private readonly DirectoryInfo _home = Directory.CreateTempSubdirectory("home-");

    public void Dispose()
    {
        _certificates.Dispose();
        _home.Delete(recursive: true);
    }

    [Fact]
    public async Task Processes_that_start_at_the_same_time_get_the_same_development_certificate()
    {
        var directory = Path.Combine(_home.FullName, "actorpool", "certificate");

        var identities = await Task.WhenAll(
            Enumerable.Range(0, 16).Select(_ => Task.Run(() => NodeIdentity.ReadDevelopment(directory, TimeProvider.System))));

        Assert.Single(identities.Select(identity => identity.Certificate.Thumbprint).Distinct(StringComparer.Ordinal));
        Assert.Equal(
            "ca.pem node.key node.pem",
            string.Join(' ', Directory.GetFiles(directory).Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)));
        Assert.Single(Directory.GetFileSystemEntries(Path.GetDirectoryName(directory)!)); // no other directory remains
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(directory, "node.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(directory));
        var validation = new PeerValidation(identities[0].Authorities, TimeProvider.System);
        string[] hosts = ["127.0.0.1", "localhost", "::1"];
        Assert.All(hosts, host => Assert.Null(validation.FindRefusal(identities[1].Certificate, isServer: true, host)));
        Assert.NotNull(validation.FindRefusal(identities[1].Certificate, isServer: true, "10.0.0.1"));
    }

    [Fact]
    public void A_development_certificate_that_others_can_read_is_refused()
    {
        var directory = Path.Combine(_home.FullName, "certificate");
        NodeIdentity.ReadDevelopment(directory, TimeProvider.System);
        File.SetUnixFileMode(directory, File.GetUnixFileMode(directory) | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);

        var error = Assert.Throws<IdentityException>(() => NodeIdentity.ReadDevelopment(directory, TimeProvider.System));

        Assert.Contains($"chmod 700 {directory}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_development_certificate_that_has_expired_says_how_to_get_another()
    {
        var directory = Path.Combine(_home.FullName, "certificate");
        NodeIdentity.ReadDevelopment(directory, TimeProvider.System);

        var error = Assert.Throws<IdentityException>(
            () => NodeIdentity.ReadDevelopment(directory, new FixedClock(TimeProvider.System.GetUtcNow().AddDays(4000))));

        Assert.Contains("expired on", error.Message, StringComparison.Ordinal);
        Assert.Contains($"delete the directory [{directory}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_fault_of_a_directory_is_reported_with_its_file()
    {
        var directory = _certificates.For("10.0.0.5");
        AssertFails(Path.Combine(_home.FullName, "nowhere"), "no directory");
        AssertBroken(directory, "node.key", File.Delete, "There is no [", "node.key]");
        AssertBroken(directory, "node.pem", path => File.WriteAllText(path, "-----BEGIN NONSENSE-----"), "node.pem] is not a PEM file");
        AssertBroken(directory, "ca.pem", path => File.WriteAllText(path, ""), "ca.pem] is not a PEM file", "contains no certificate");
        AssertBroken(
            directory,
            "node.key",
            path => File.Copy(Path.Combine(_certificates.IssueByOtherAuthority("x"), "node.key"), path, overwrite: true),
            "not the key of node.pem");
        AssertBroken(
            directory, "node.key", path => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead), "chmod 600");
        AssertBroken(
            directory, "ca.pem", path => File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherWrite), "chmod go-w");
        AssertBroken(
            directory,
            "ca.pem",
            path => File.Copy(Path.Combine(_certificates.IssueByOtherAuthority("x"), "ca.pem"), path, overwrite: true),
            "would be refused by all others",
            "is not trusted");
        AssertFails(_certificates.IssueExpired("10.0.0.5"), "would be refused by all others", "expired on");
        Assert.Equal("CN=10.0.0.5", NodeIdentity.Read(directory, TimeProvider.System).Certificate.Subject);
    }

    private static void AssertBroken(string directory, string file, Action<string> destroy, params string[] expected)
    {
        var path = Path.Combine(directory, file);
        var (good, mode) = (File.ReadAllText(path), File.GetUnixFileMode(path));
        destroy(path);
        AssertFails(directory, expected);
        File.Delete(path);
        File.WriteAllText(path, good);
        File.SetUnixFileMode(path, mode);
    }

    private static void AssertFails(string directory, params string[] expected)
    {
        var error = Assert.Throws<IdentityException>(() => NodeIdentity.Read(directory, TimeProvider.System));
        Assert.All(expected, part => Assert.Contains(part, error.Message, StringComparison.Ordinal));
    }
}
