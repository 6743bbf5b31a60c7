using System.Text;

namespace ActorPool.Shipping;

/// <summary>A node's question to the caller for a module that a function loads by name.</summary>
/// <param name="Kind">What kind of module.</param>
/// <param name="Names">Its possible names, the most likely one first. Only native libraries have several.</param>
/// <param name="Runtimes">For native libraries: the runtime identifiers that fit the node, the best one first.</param>
internal sealed record ModuleQuery(ModuleKind Kind, IReadOnlyList<string> Names, IReadOnlyList<string> Runtimes)
{
    public const int MaxNames = 8;
    public const int MaxRuntimes = 16;

    public ModuleQuery(ModuleKind kind, string name) : this(kind, [name], [])
    {
    }

    /// <summary>Whether its names are short enough to be sent; no file has a longer one.</summary>
    public bool CanBeSent => Names.All(name => Encoding.UTF8.GetByteCount(name) <= ModuleIdentity.MaxNameBytes);

    public override string ToString() => Names[0];
}

/// <summary>A module that was asked for by name, and all that it needs.</summary>
/// <param name="Name">Its name in the manifest.</param>
/// <param name="Manifest">
/// Without a body. A native library comes with the others of its folder, which it may load.
/// </param>
internal sealed record NamedModule(string Name, CodeManifest Manifest);
