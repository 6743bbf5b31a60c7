using System.Security.Cryptography;
using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

public sealed class ModuleStoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-store-");
    private readonly SteppedClock _clock = new();

    private string Cache => Path.Combine(_folder.FullName, "cache");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void An_added_module_can_be_read_by_any_store_of_the_directory()
    {
        var (identity, bytes) = Module("a", 1000);
        Assert.Null(Store().TryRead(identity));
        Assert.True(Store().TryAdd(identity, bytes));
        Assert.Equal(bytes, Store().TryRead(identity));
    }

    [Fact]
    public void Files_are_accessible_only_to_their_owner()
    {
        if (OperatingSystem.IsWindows())
            return;
        Directory.CreateDirectory(Cache);
        var (identity, bytes) = Module("a", 10);
        Store().TryAdd(identity, bytes);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Cache));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Assert.Single(Directory.GetFiles(Cache))));
    }

    [Fact]
    public void A_torn_or_changed_file_is_no_module_and_is_replaced()
    {
        var (identity, bytes) = Module("a", 1000);
        Action<string>[] damages =
        [
            file => File.WriteAllBytes(file, bytes[..500]),
            file => File.WriteAllBytes(file, new byte[1000]),
            file => File.WriteAllText(file, ""),
        ];
        foreach (var damage in damages)
        {
            Store().TryAdd(identity, bytes);
            damage(Assert.Single(Directory.GetFiles(Cache)));
            Assert.Null(Store().TryRead(identity));
            Assert.Empty(Directory.GetFiles(Cache));
        }
        Assert.True(Store().TryAdd(identity, bytes));
        Assert.Equal(bytes, Store().TryRead(identity));
    }

    [Fact]
    public void The_least_recently_used_module_is_removed_first()
    {
        var store = Store(maxBytes: 3000);
        var modules = Enumerable.Range(0, 3).Select(i => Module($"m{i}", 1000)).ToArray();
        foreach (var (identity, bytes) in modules)
            store.TryAdd(identity, bytes);
        Assert.NotNull(store.TryRead(modules[0].Identity));
        var (last, lastBytes) = Module("last", 1000);
        store.TryAdd(last, lastBytes);
        Assert.NotNull(store.TryRead(modules[0].Identity));
        Assert.Null(store.TryRead(modules[1].Identity));
        Assert.NotNull(store.TryRead(modules[2].Identity));
        Assert.NotNull(store.TryRead(last));
    }

    [Fact]
    public void A_module_larger_than_the_cache_is_not_kept_and_removes_no_other()
    {
        var store = Store(maxBytes: 1500);
        var (small, bytes) = Module("small", 1000);
        store.TryAdd(small, bytes);
        var (large, largeBytes) = Module("large", 2000);
        Assert.False(store.TryAdd(large, largeBytes));
        Assert.NotNull(store.TryRead(small));
    }

    [Fact]
    public void A_directory_that_cannot_be_created_costs_only_a_transfer()
    {
        File.WriteAllText(Cache, "a file where the directory should be");
        var (identity, bytes) = Module("a", 10);
        Assert.False(Store().TryAdd(identity, bytes));
        Assert.Null(Store().TryRead(identity));
    }

    [Fact]
    public void Modules_that_a_node_received_once_are_not_requested_again()
    {
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var options = new CodeContextOptions { Store = Store() };
        var first = ShippedProgram.Node(options);
        ShippedProgram.Supply(first, manifest);
        first.Unload();
        var second = ShippedProgram.Node(options);
        Assert.Empty(second.FindMissing(manifest));
        second.Unload();
        var torn = Directory.GetFiles(Cache)[0];
        File.WriteAllBytes(torn, [1]);
        Assert.Single(ShippedProgram.Node(options).FindMissing(manifest));
    }

    private ModuleStore Store(long maxBytes = 100_000_000) => new(Cache, maxBytes, _clock);

    private static (ModuleIdentity Identity, byte[] Bytes) Module(string name, int length)
    {
        var bytes = new byte[length];
        new Random(name.Length + name[^1]).NextBytes(bytes);
        return (new ModuleIdentity(name, new Version(1, 0), Guid.NewGuid(), Convert.ToHexString(SHA256.HashData(bytes)), length), bytes);
    }

    /// <summary>Moves on by a second with each reading.</summary>
    private sealed class SteppedClock : TimeProvider
    {
        private DateTimeOffset _now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => _now += TimeSpan.FromSeconds(1);
    }
}
