using System.Reflection;
using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>Turns types and functions into references that another process resolves.</summary>
/// <remarks>
/// This is the client's half of <see cref="CodeContext"/>. A method is sent as its assembly, module version id and metadata token, so that
/// the node runs exactly the build that the caller runs, whatever its name. The captured values that the method reads are sent with it.
/// Static fields are not sent: on a node they have the values that their initializers set there.
/// </remarks>
internal static class FunctionShipper
{
    /// <exception cref="FunctionNotShippableException">A function, or what it captured, cannot run in another process.</exception>
    public static CodeManifest Describe(IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer)
    {
        using var writer = new ManifestWriter(ModuleCatalog.Shared, serializer);
        writer.WriteTypes(types);
        writer.WriteFunctions(functions);
        return writer.Finish();
    }
}
