using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

public sealed class NativeFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-natives-");
    private readonly NativeFiles _files;

    public NativeFilesTests() => _files = new NativeFiles(_folder.FullName, maxBytes: 100);

    public void Dispose()
    {
        _files.Delete();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void Libraries_that_came_together_are_in_one_folder()
    {
        var folder = _files.Place([Library("liba.so", 1), Library("libb.so", 2)]);

        Assert.Equal(
            "liba.so, libb.so",
            string.Join(", ", Directory.EnumerateFiles(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public void The_same_libraries_are_the_same_files_and_others_are_not()
    {
        var first = _files.Place([Library("liba.so", 1)]);

        Assert.Equal(first, _files.Place([Library("liba.so", 1)]));
        Assert.Equal(first, _files.Place([(Library("liba.so", 1).Identity, ReadOnlyMemory<byte>.Empty)])); // its bytes were released
        Assert.NotEqual(first, _files.Place([Library("liba.so", 2)]), StringComparer.Ordinal);
        Assert.NotEqual(first, _files.Place([Library("liba.so", 1), Library("libb.so", 2)]), StringComparer.Ordinal);
    }

    [Fact]
    public void A_file_that_was_changed_is_written_again_before_it_is_used()
    {
        var library = Library("liba.so", 1);
        var path = Path.Combine(_files.Place([library]), "liba.so");
        File.WriteAllText(path, "changed");

        _files.Place([library]);

        Assert.Equal(library.Bytes.ToArray(), File.ReadAllBytes(path));
    }

    [Fact]
    public void Files_are_accessible_only_to_their_owner()
    {
        if (OperatingSystem.IsWindows())
            return;
        var folder = _files.Place([Library("liba.so", 1)]);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(folder, "liba.so")));
        const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        for (var at = folder; !string.Equals(at, _folder.Parent!.FullName, StringComparison.Ordinal); at = Path.GetDirectoryName(at)!)
            Assert.Equal(Owner, File.GetUnixFileMode(at));
    }

    [Fact]
    public void Beyond_the_limit_a_library_is_refused_with_the_limit()
    {
        for (byte i = 0; i < 10; i++)
            _files.Place([Library("liba.so", i)]);

        var error = Assert.Throws<FunctionNotShippableException>(() => _files.Place([Library("liba.so", 10)]));

        Assert.Contains("[100]", error.Message, StringComparison.Ordinal);
        _files.Place([Library("liba.so", 9)]); // is there
    }

    [Fact]
    public void What_an_ended_process_left_is_deleted_and_what_a_living_one_uses_is_not()
    {
        var used = _files.Place([Library("liba.so", 1)]);
        var left = Directory.CreateDirectory(Path.Combine(_folder.FullName, "left"));
        File.WriteAllText(Path.Combine(left.FullName, "owner"), "");
        var other = new NativeFiles(_folder.FullName, maxBytes: 100);

        var placed = other.Place([Library("liba.so", 1)]);

        Assert.NotEqual(used, placed, StringComparer.Ordinal);
        Assert.True(Directory.Exists(used));
        left.Refresh();
        Assert.False(left.Exists);
        other.Delete();
        Assert.False(Directory.Exists(placed));
        Assert.True(Directory.Exists(used));
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_named_with_the_setting()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");

        var error = Assert.Throws<FunctionNotShippableException>(
            () => new NativeFiles(file, maxBytes: 100).Place([Library("liba.so", 1)]));

        Assert.Contains($"[{file}]", error.Message, StringComparison.Ordinal);
        Assert.Contains("actorpool.cluster.code-cache", error.Message, StringComparison.Ordinal);
    }

    private static (ModuleIdentity Identity, ReadOnlyMemory<byte> Bytes) Library(string name, byte content)
    {
        var bytes = Enumerable.Repeat(content, 10).ToArray();
        return (ModuleIdentity.ForNative(name, bytes), bytes);
    }
}
