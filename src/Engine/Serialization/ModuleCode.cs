using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace ActorPool.Serialization;

/// <summary>The metadata of a module, and the code of its methods.</summary>
/// <remarks>Read from the module's file if it has one: reflection takes much longer to show the code of each method.</remarks>
internal abstract class ModuleCode : IDisposable
{
    public abstract MetadataReader Metadata { get; }

    /// <summary>Gets a method's code; empty if it has none.</summary>
    public abstract ReadOnlySpan<byte> GetCode(MethodDefinitionHandle method);

    public abstract void Dispose();

    /// <summary>Opens the image of a module.</summary>
    /// <returns>Null for a module that is made at run time.</returns>
    public static ModuleCode? Open(Module module)
    {
        if (module.Assembly.IsDynamic)
            return null;
        return module.Assembly.Location is { Length: > 0 } path && OpenFile(path, module.ModuleVersionId) is { } file
            ? file
            : LoadedImage.Find(module);
    }

    // Null for a file that was removed, or replaced by another build, since it was loaded.
    private static FileImage? OpenFile(string path, Guid version)
    {
        FileImage? file = null;
        try
        {
            file = new FileImage(path);
            if (file.Metadata.GetGuid(file.Metadata.GetModuleDefinition().Mvid) == version)
                return file;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            // What was loaded is in memory.
        }
        file?.Dispose();
        return null;
    }

    private sealed class FileImage(string path) : ModuleCode
    {
        private readonly PEReader _file = new(File.OpenRead(path));
        private MetadataReader? _metadata;

        public override MetadataReader Metadata => _metadata ??= _file.GetMetadataReader();

        public override unsafe ReadOnlySpan<byte> GetCode(MethodDefinitionHandle method)
        {
            var address = Metadata.GetMethodDefinition(method).RelativeVirtualAddress;
            if (address == 0)
                return [];
            var code = _file.GetMethodBody(address).GetILReader();
            return new ReadOnlySpan<byte>(code.CurrentPointer, code.RemainingBytes);
        }

        public override void Dispose() => _file.Dispose();
    }

    // A node gets modules as bytes: they have no file there. A file may be another one by now.
    private sealed class LoadedImage(Module module, MetadataReader metadata) : ModuleCode
    {
        public override MetadataReader Metadata => metadata;

        public static unsafe LoadedImage? Find(Module module) => module.Assembly.TryGetRawMetadata(out var blob, out var length)
            ? new LoadedImage(module, new MetadataReader(blob, length))
            : null;

        public override ReadOnlySpan<byte> GetCode(MethodDefinitionHandle method)
        {
            try
            {
                return module.ResolveMethod(MetadataTokens.GetToken(method))?.GetMethodBody()?.GetILAsByteArray();
            }
            catch (Exception e) when (HashIndex.IsUnreadable(e))
            {
                return []; // it needs an assembly that is not here
            }
        }

        public override void Dispose() => GC.KeepAlive(module);
    }
}
