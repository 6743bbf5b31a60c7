using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata.Ecma335;
using System.Runtime.Loader;
using ActorPool.Serialization;
using ActorPool.Tests.Shipping;

namespace ActorPool.Tests.Serialization;

/// <summary>The code of a module is found whatever became of its file.</summary>
public sealed class ModuleCodeTests : IDisposable
{
    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("module").FullName, "ShippedLib.dll");

    public void Dispose() => Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);

    [Theory]
    [InlineData("kept")]
    [InlineData("removed")]
    [InlineData("another build")]
    [InlineData("no assembly")]
    public void A_module_shows_its_methods(string file)
    {
        File.Copy(Path.Combine(ShippedProgram.Folder, "ShippedLib.dll"), _file);
        var context = new AssemblyLoadContext("test", isCollectible: true);
        var module = context.LoadFromAssemblyPath(_file).ManifestModule;
        Change(file);

        using var image = ModuleCode.Open(module)!;
        var codes = image.Metadata.MethodDefinitions.Select(method => image.GetCode(method).Length).ToArray();
        Assert.Contains(codes, length => length > 0);
        const BindingFlags Own = BindingFlags.Static | BindingFlags.Public | BindingFlags.DeclaredOnly;
        var method = module.GetTypes().SelectMany(type => type.GetMethods(Own)).First(one => one.GetMethodBody() is not null);
        Assert.Equal(
            method.GetMethodBody()!.GetILAsByteArray(),
            image.GetCode(MetadataTokens.MethodDefinitionHandle(method.MetadataToken & 0xFFFFFF)).ToArray());
        context.Unload();
    }

    [Fact]
    public void A_module_that_is_made_at_run_time_names_nothing()
    {
        var module = AssemblyBuilder.DefineDynamicAssembly(new AssemblyName("made"), AssemblyBuilderAccess.Run).DefineDynamicModule("made");
        Assert.Empty(MemberUses.For(module).Find(typeof(string).GetMethod(nameof(string.Clone))!, out var tokens));
        Assert.Empty(tokens);
    }

    private void Change(string file)
    {
        // A file that is mapped into memory is replaced, not written.
        if (file is not "kept")
            File.Delete(_file);
        if (file is "another build")
            File.Copy(typeof(ModuleCodeTests).Assembly.Location, _file);
        else if (file is "no assembly")
            File.WriteAllText(_file, "nothing");
    }
}
