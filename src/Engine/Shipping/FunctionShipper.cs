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
    /// <summary>Describes types and functions.</summary>
    /// <param name="types">The types.</param>
    /// <param name="functions">The functions; a null one stays null.</param>
    /// <param name="serializer">Writes what they captured.</param>
    /// <param name="values">Gets each captured value that is written; null for none.</param>
    /// <param name="input">The type of the inputs; null for none.</param>
    /// <exception cref="FunctionNotShippableException">A function, or what it captured, cannot run in another process.</exception>
    public static CodeManifest Describe(
        IReadOnlyList<Type> types, IReadOnlyList<Delegate?> functions, PayloadSerializer serializer,
        ICollection<CheckedValue>? values = null, Type? input = null)
    {
        using var writer = new ManifestWriter(ModuleCatalog.Shared, serializer, values);
        writer.WriteTypes(types);
        writer.WriteFunctions(functions);
        return writer.Finish(input);
    }

    /// <summary>Describes conversions, for <see cref="CodeContext.CreateSerializer"/>.</summary>
    /// <exception cref="FunctionNotShippableException">A converter cannot run in another process.</exception>
    public static CodeManifest Describe(Conversions conversions, PayloadLimits limits) => Describe(
        [.. conversions.All.SelectMany(one => new[] { one.Type, one.Surrogate })],
        [.. conversions.All.SelectMany(one => new[] { one.To, one.From })],
        new PayloadSerializer(limits, ModuleCatalog.Shared));
}
