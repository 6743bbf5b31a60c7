using ActorPool.Jobs;

namespace ActorPool.Tests.Jobs;

public sealed class WorkNoteTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-note-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData(10)]
    [InlineData(256 * 1024 - 64)] // the end of the mapped part
    [InlineData(256 * 1024)]
    [InlineData(3 << 20)]
    public void What_is_kept_is_read_in_order(int bytes)
    {
        var (parent, child) = Open();
        using (parent)
        using (child)
        {
            var random = new Random(1);
            var (first, second) = (new byte[bytes], new byte[1000]);
            random.NextBytes(first);
            random.NextBytes(second);
            Assert.True(child.TryKeep(7, [first, second]));
            Assert.True(child.TryKeep(7, [second]));
            Assert.Equal(7, parent.KeptChunk);
            Assert.Equal([.. first, .. second, .. second], parent.ReadKept());
            Assert.True(child.TryKeep(8, [second]));
            Assert.Equal(8, parent.KeptChunk);
            Assert.Equal(second, parent.ReadKept());
        }
    }

    [Fact]
    public void What_has_no_room_is_not_kept()
    {
        var (parent, child) = Open();
        using (parent)
        using (child)
        {
            byte[] small = [1, 2, 3];
            Assert.True(child.TryKeep(1, [small]));
            Assert.False(child.TryKeep(1, [new byte[WorkNote.MaxKeptBytes]]));
            Assert.Equal(small, parent.ReadKept());
        }
    }

    [Fact]
    public void A_length_that_cannot_be_is_refused()
    {
        var path = Path.Combine(_folder.FullName, "note");
        using var parent = WorkNote.Create(path);
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            file.Position = 32;
            file.Write(BitConverter.GetBytes(1L << 40));
        }
        Assert.Throws<InvalidDataException>(() => parent.ReadKept());
    }

    private (WorkNote Parent, WorkNote Child) Open()
    {
        var path = Path.Combine(_folder.FullName, "note");
        return (WorkNote.Create(path), WorkNote.Open(path));
    }
}
