using ActorPool.Serialization;
using ActorPool.Tests.Shipping;

namespace ActorPool.Tests.Serialization;

public sealed class FrameworkAssembliesTests
{
    [Fact]
    public void The_list_for_self_contained_programs_has_all_assemblies_of_the_runtime()
    {
        var listed = FrameworkNames.All.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(listed.Order(StringComparer.Ordinal), listed, StringComparer.Ordinal);
        Assert.Equal(listed.Distinct(StringComparer.Ordinal), listed, StringComparer.Ordinal);
        Assert.False(FrameworkAssemblies.IsSelfContained);
        Assert.Empty(Directory.EnumerateFiles(FrameworkAssemblies.Folder!, "*.dll")
            .Select(file => Path.GetFileNameWithoutExtension(file)).Except(listed, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("System.Private.CoreLib", true)]
    [InlineData("System.Text.Json", true)]
    [InlineData("netstandard", true)]
    [InlineData("Microsoft.CSharp", true)]
    [InlineData("System.Orders", false)]
    [InlineData("System.IO.Hashing", false)]
    [InlineData("System.Private.Orders", false)]
    [InlineData("Microsoft.Win32.SystemEvents", false)]
    [InlineData("Microsoft.Data.Analysis", false)]
    [InlineData("Microsoft.AspNetCore.Http", false)]
    public void What_the_runtime_consists_of_is_its_own_whatever_the_names_of_others(string name, bool isFramework) =>
        Assert.Equal(isFramework, FrameworkAssemblies.Contains(name));

    [Fact]
    public async Task A_type_of_a_users_own_System_assembly_travels_by_its_fields()
    {
        using var program = new ShippedProgram();
        var type = program.Load("System.Orders").GetType("ShippedOrders.Order", throwOnError: true)!;
        var order = Activator.CreateInstance(type, "nail", 3)!;
        var serializer = ShippedProgram.Serializer;
        using var writer = new PayloadWriter();
        serializer.WriteValue(writer, type, order);

        var read = await serializer.ReadValueAsync(new MemoryPayloadReader(writer.ToArray()), type, default);

        Assert.Equal(order, read);
    }
}
