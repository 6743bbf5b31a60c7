using System.Net.Sockets;
using ActorPool.Transport;

namespace ActorPool.Tests.Transport;

/// <summary>What killed nodes leave among the temporary files.</summary>
public sealed class AbandonedSocketsTests : IDisposable
{
    private readonly string _temporary = Directory.CreateTempSubdirectory("abandoned-").FullName;

    public void Dispose() => Directory.Delete(_temporary, recursive: true);

    [Fact]
    public void The_directory_of_a_socket_without_a_process_is_removed()
    {
        var directory = LeaveSocket();

        AbandonedSockets.Remove(_temporary);

        Assert.Equal(!OperatingSystem.IsLinux(), Directory.Exists(directory));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_socket_with_a_process_stays_and_is_not_called(bool listens)
    {
        var directory = MakeDirectory();
        using var socket = Bind(directory);
        if (listens)
            socket.Listen();
        Age(directory);

        AbandonedSockets.Remove(_temporary);

        Assert.True(File.Exists(Path.Combine(directory, NodeSocket.Name)));
        Assert.False(listens && socket.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public void One_that_was_just_made_stays()
    {
        var directory = LeaveSocket();
        Directory.SetLastWriteTimeUtc(directory, TimeProvider.System.GetUtcNow().UtcDateTime);

        AbandonedSockets.Remove(_temporary);

        Assert.True(File.Exists(Path.Combine(directory, NodeSocket.Name)));
    }

    [Fact]
    public void Links_stay_and_so_does_what_they_lead_to()
    {
        var elsewhere = LeaveSocket("elsewhere");
        var link = Path.Combine(_temporary, $"{SocketDirectory.Prefix}link");
        Directory.CreateSymbolicLink(link, elsewhere);
        var inside = MakeDirectory();
        File.CreateSymbolicLink(Path.Combine(inside, NodeSocket.Name), Path.Combine(elsewhere, NodeSocket.Name));
        Age(inside);

        AbandonedSockets.Remove(_temporary);

        Assert.True(File.Exists(Path.Combine(link, NodeSocket.Name)));
        Assert.True(File.Exists(Path.Combine(inside, NodeSocket.Name)));
    }

    [Fact]
    public void What_is_not_a_nodes_stays()
    {
        var empty = MakeDirectory(); // a pool's, while its processes run
        var open = LeaveSocket();
        File.SetUnixFileMode(open, File.GetUnixFileMode(open) | UnixFileMode.OtherExecute);
        var fileInstead = MakeDirectory();
        File.WriteAllText(Path.Combine(fileInstead, NodeSocket.Name), "");
        var withMore = LeaveSocket();
        File.WriteAllText(Path.Combine(withMore, "mine.txt"), "");
        Array.ForEach([empty, open, fileInstead, withMore], Age);

        AbandonedSockets.Remove(_temporary);

        Assert.True(Directory.Exists(empty));
        Assert.True(File.Exists(Path.Combine(open, NodeSocket.Name)));
        Assert.True(File.Exists(Path.Combine(fileInstead, NodeSocket.Name)));
        Assert.True(File.Exists(Path.Combine(withMore, "mine.txt")));
    }

    [Fact]
    public void Where_others_can_replace_directories_all_stay()
    {
        var directory = LeaveSocket();
        File.SetUnixFileMode(_temporary, File.GetUnixFileMode(_temporary) | UnixFileMode.OtherWrite);

        AbandonedSockets.Remove(_temporary);

        Assert.True(Directory.Exists(directory));
    }

    [Fact]
    public void A_directory_that_is_missing_is_no_error() => AbandonedSockets.Remove(Path.Combine(_temporary, "missing"));

    private static void Age(string directory) =>
        Directory.SetLastWriteTimeUtc(directory, TimeProvider.System.GetUtcNow().UtcDateTime.AddMinutes(-2));

    private static Socket Bind(string directory)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Path.Combine(directory, NodeSocket.Name)));
        return socket;
    }

    private string MakeDirectory(string? name = null)
    {
        var path = Path.Combine(_temporary, name ?? $"{SocketDirectory.Prefix}{Guid.NewGuid():N}"[..16]);
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        return Directory.CreateDirectory(path, Owner).FullName;
    }

    /// <summary>Makes a socket as a killed process leaves it.</summary>
    private string LeaveSocket(string? name = null)
    {
        var directory = MakeDirectory(name);
        var path = Path.Combine(directory, NodeSocket.Name);
        // .NET deletes the file at the path of a socket that it disposes of.
        using (Bind(directory))
            File.Move(path, path + "x");
        File.Move(path + "x", path);
        Age(directory);
        return directory;
    }
}
