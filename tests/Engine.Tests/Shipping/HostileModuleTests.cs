using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Shipping;

/// <summary>Modules that are not what they were announced or asked for as.</summary>
public sealed class HostileModuleTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("actorpool-hostile-");
    private readonly List<CodeContext> _nodes = [];

    public void Dispose()
    {
        foreach (var node in _nodes)
            node.Unload();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public void A_native_library_that_is_not_identified_by_its_hash_is_refused()
    {
        var node = Track(ShippedProgram.Node());
        byte[] bytes = [1, 2, 3];
        var honest = ModuleIdentity.ForNative("libsum.so", bytes);
        foreach (var forged in new[] { honest with { Mvid = Guid.NewGuid() }, honest with { Version = new Version(1, 0) } })
        {
            Assert.Single(node.FindMissing(CreateManifest(forged)));
            Assert.Throws<InvalidDataException>(() => node.Add(forged, bytes));
        }
        Assert.Throws<InvalidDataException>(() => node.Add(honest, new byte[] { 1, 2, 4 }));
        Assert.Throws<InvalidDataException>(() => node.Add(honest, bytes)); // not asked for
        Assert.Single(node.FindMissing(CreateManifest(honest)));
        node.Add(honest, bytes);
        Assert.Empty(node.FindMissing(CreateManifest(honest)));
    }

    [Theory]
    [InlineData("../libsum.so")]
    [InlineData("/tmp/libsum.so")]
    [InlineData("a/libsum.so")]
    [InlineData("a\\libsum.so")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("c:libsum.dll")]
    [InlineData("libsum.so\0")]
    public async Task The_name_of_a_native_library_is_no_path(string name)
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, ModuleIdentity.ForNative(name, [1, 2, 3]));
        await Assert.ThrowsAsync<InvalidDataException>(
            async () => await WireRecord.ReadAsync<ModuleIdentity>(new MemoryPayloadReader(writer.ToArray()), default));
    }

    [Fact]
    public async Task A_library_or_resources_cannot_stand_for_the_code_of_a_function()
    {
        var node = Track(ShippedProgram.Node());
        var manifest = ShippedProgram.Describe(ShippedProgram.Function("BesideAClient"));
        var bytes = ModuleCatalog.Shared.GetBytes(manifest.Modules[0]);
        var posing = ModuleIdentity.ForNative("Shipped", bytes.Span);
        var posingManifest = new CodeManifest(
            manifest.Body, [posing, .. manifest.Modules.Skip(1)], manifest.References, manifest.Requirements);
        ShippedProgram.Supply(node, new CodeManifest(manifest.Body, manifest.Modules.Skip(1).ToArray(), [[]], []));
        Assert.Equal([posing], node.FindMissing(posingManifest));
        node.Add(posing, bytes);

        await Assert.ThrowsAsync<InvalidDataException>(async () => await node.ResolveAsync(posingManifest));
    }

    [Fact]
    public void An_answer_with_another_module_than_was_asked_for_is_refused()
    {
        var node = Track(ShippedProgram.Node());
        var caller = DirectSource.CreateCaller(_folder);
        var found = caller.Find(new ModuleQuery(ModuleKind.Assembly, "System.Orders"))!;
        var query = new ModuleQuery(ModuleKind.Assembly, "Another");
        Assert.Throws<InvalidDataException>(() => node.Accept(query, found.Name, found.Manifest)); // its bytes have not come
        foreach (var module in node.FindMissing(found.Manifest))
            node.Add(module, caller.GetBytes(module));

        Assert.Throws<InvalidDataException>(() => node.Accept(query, found.Name, found.Manifest));
        Assert.Throws<InvalidDataException>(() => node.Accept(query, "Another", found.Manifest));
        Assert.Throws<InvalidDataException>(
            () => node.Accept(new ModuleQuery(ModuleKind.Satellite, "System.Orders"), found.Name, found.Manifest));
        Assert.NotNull(node.Accept(new ModuleQuery(ModuleKind.Assembly, "System.Orders"), found.Name, found.Manifest));
    }

    [Fact]
    public async Task A_module_that_is_too_large_is_refused_with_both_sizes_where_it_is_loaded()
    {
        var node = Track(ShippedProgram.Node(new CodeContextOptions { MaxTotalBytes = 100_000 }));
        var large = Track(ShippedProgram.Node(new CodeContextOptions { MaxModuleBytes = 1000 }));
        var found = DirectSource.CreateCaller(_folder).Find(new ModuleQuery(ModuleKind.Assembly, "System.Orders"))!;
        var error = Assert.Throws<FunctionNotShippableException>(() => large.FindMissing(found.Manifest));
        Assert.Contains("[1000]", error.Message, StringComparison.Ordinal);

        var shipped = await ShippedProgram.ShipAsync(node, ShippedProgram.Function("OfAnAssemblyByName"));
        node.Named.Add(new RefusingSource());

        var refused = await Assert.ThrowsAnyAsync<IOException>(() => Task.Run(() => shipped(5)).Within("the call"));
        Assert.Contains("too large", $"{refused}", StringComparison.Ordinal);
    }

    private CodeContext Track(CodeContext node)
    {
        _nodes.Add(node);
        return node;
    }

    private static CodeManifest CreateManifest(ModuleIdentity module) => new(ReadOnlyMemory<byte>.Empty, [module], [[]], []);

    private sealed class RefusingSource : IModuleSource
    {
        public Task<NamedModule?> FindAsync(ModuleQuery query) =>
            Task.FromException<NamedModule?>(new FunctionNotShippableException("It is too large."));
    }
}
