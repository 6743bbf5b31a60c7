using ActorPool.Shipping;

namespace ActorPool.Tests.Shipping;

/// <summary>Whose bytes a node passes on to its worker processes.</summary>
public sealed class ModuleCatalogTests
{
    private readonly ModuleCatalog _node = new();

    [Fact]
    public async Task The_next_client_with_a_module_has_its_own_bytes_of_it()
    {
        var (first, described) = await DescribeAsync();
        Read(described);
        first.Unload();
        Assert.All(described.Identities, module => Assert.Throws<InvalidDataException>(() => _node.GetBytes(module)));

        var (second, again) = await DescribeAsync();

        Assert.Equal(described.Identities, again.Identities);
        Read(again);
        second.Unload();
    }

    [Fact]
    public async Task A_client_that_goes_leaves_the_bytes_of_another_with_the_same_module()
    {
        var clients = new List<CodeContext>();
        ModuleClosure? described = null;
        for (var i = 0; i < 3; i++)
        {
            (var client, described) = await DescribeAsync();
            clients.Add(client);
        }

        foreach (var gone in new[] { clients[0], clients[2] })
        {
            gone.Unload();
            Read(described!);
        }

        clients[1].Unload();
        Assert.All(described!.Identities, module => Assert.Throws<InvalidDataException>(() => _node.GetBytes(module)));
    }

    private void Read(ModuleClosure closure) =>
        Assert.All(closure.Identities, module => Assert.True(module.Matches(_node.GetBytes(module).Span)));

    private async Task<(CodeContext Client, ModuleClosure Described)> DescribeAsync()
    {
        var client = ShippedProgram.Node(new CodeContextOptions { KeepsBytes = true });
        var function = await ShippedProgram.ShipAsync(client, ShippedProgram.Function("BesideAClient"));
        return (client, _node.GetClosure(function.Method.Module.Assembly));
    }
}
