using System.IO.Compression;
using System.Text;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>Reading the assemblies of a program that is a single file.</summary>
/// <remarks>The layout is that of .NET's host; a real one is in ProcessProgramTests of Cluster.Tests.</remarks>
public sealed class ProgramBundleTests : IDisposable
{
    private const string Signature = "8B1202B96A612038727B930214D7A03213F5B9E6EFAE3318EE3B2DCE24B36AAE";
    private const byte Assembly = 1;
    private const byte Settings = 4;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"bundle-{Guid.NewGuid():N}");

    public void Dispose() => File.Delete(_path);

    [Theory]
    [InlineData(0)]
    [InlineData((1 << 20) - 20)] // the signature lies across two parts that are read
    [InlineData(3 << 20)]
    public void Assemblies_are_read_by_name_plain_and_compressed(int before)
    {
        var (plain, large) = ("MZ plain"u8.ToArray(), Encoding.ASCII.GetBytes(new string('x', 100_000)));
        Write(
            before, layout: 6,
            ("Plain.dll", Assembly, plain, false), ("Large.dll", Assembly, large, true), ("a.json", Settings, plain, false));

        var bundle = ProgramBundle.TryRead(_path)!;

        Assert.Equal(plain, bundle.Read("Plain"));
        Assert.Equal(large, bundle.Read("Large"));
        Assert.True(bundle.Contains("Plain"));
        Assert.Null(bundle.Read("a"));
        Assert.Null(bundle.Read("Other"));
    }

    [Fact]
    public void Other_programs_have_none()
    {
        Assert.Null(ProgramBundle.TryRead(null));
        Assert.Null(ProgramBundle.TryRead(_path)); // no file
        Assert.Null(ProgramBundle.TryRead(typeof(ProgramBundle).Assembly.Location));
        Write(before: 0, layout: 7, ("Plain.dll", Assembly, "MZ"u8.ToArray(), false));
        Assert.Null(ProgramBundle.TryRead(_path));
    }

    [Fact]
    public void A_file_that_ends_early_has_none()
    {
        Write(before: 0, layout: 6, ("Plain.dll", Assembly, "MZ"u8.ToArray(), false));
        var whole = File.ReadAllBytes(_path);
        File.WriteAllBytes(_path, whole[..^8]);
        Assert.Null(ProgramBundle.TryRead(_path));
    }

    private void Write(int before, uint layout, params (string Path, byte Kind, byte[] Bytes, bool IsCompressed)[] files)
    {
        using var stream = File.Create(_path);
        using var writer = new BinaryWriter(stream);
        writer.Write(new byte[before]);
        writer.Write(0L); // the place of the list, written below
        writer.Write(Convert.FromHexString(Signature));
        var entries = new List<(long Offset, long Size, long Compressed, byte Kind, string Path)>();
        foreach (var (path, kind, bytes, isCompressed) in files)
        {
            var offset = stream.Position;
            if (isCompressed)
            {
                using var deflate = new DeflateStream(stream, CompressionLevel.Optimal, leaveOpen: true);
                deflate.Write(bytes);
            }
            else
                writer.Write(bytes);
            entries.Add((offset, bytes.Length, isCompressed ? stream.Position - offset : 0, kind, path));
        }
        var list = stream.Position;
        writer.Write(layout);
        writer.Write(0u);
        writer.Write(files.Length);
        writer.Write("an id");
        writer.Write(new byte[5 * sizeof(long)]);
        foreach (var (offset, size, compressed, kind, path) in entries)
        {
            writer.Write(offset);
            writer.Write(size);
            writer.Write(compressed);
            writer.Write(kind);
            writer.Write(path);
        }
        stream.Position = before;
        writer.Write(list);
    }
}
