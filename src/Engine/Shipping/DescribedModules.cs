using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ActorPool.Shipping;

/// <summary>Remembers the images of the modules that a process has described.</summary>
/// <remarks>
/// On a node, several clients may have the same module, each in a context of its own, and the bytes of a client that has gone are gone with
/// it. So a module has an image for each of them. Those without bytes are forgotten when others are described.
/// </remarks>
internal sealed class DescribedModules
{
    private readonly ConcurrentDictionary<Guid, ImmutableArray<ModuleImage>> _images = new();

    public bool Contains(Guid mvid) => _images.ContainsKey(mvid);

    public void Add(IEnumerable<ModuleImage> images)
    {
        foreach (var (mvid, known) in _images)
        {
            var readable = known.RemoveAll(image => !image.IsReadable);
            if (readable.IsEmpty)
                _images.TryRemove(KeyValuePair.Create(mvid, known));
            else if (readable.Length < known.Length)
                _images.TryUpdate(mvid, readable, known);
        }
        foreach (var image in images)
            _images.AddOrUpdate(image.Mvid, [image], (_, known) => known.Any(one => one.HasBytesOf(image)) ? known : known.Add(image));
    }

    /// <summary>Finds an image by the module's id; null if there is none.</summary>
    public ModuleImage? Find(Guid mvid) => _images.TryGetValue(mvid, out var images) ? images[0] : null;

    /// <summary>Finds an image that no client takes along; null if there is none.</summary>
    public ModuleImage? FindLasting(Guid mvid) =>
        _images.TryGetValue(mvid, out var images) ? images.FirstOrDefault(image => image.IsLasting) : null;

    /// <summary>Finds an image that has its bytes; null if there is none.</summary>
    public ModuleImage? FindReadable(ModuleIdentity identity) => _images.TryGetValue(identity.Mvid, out var images)
        ? images.FirstOrDefault(image => image.IsReadable && image.Identity == identity)
        : null;
}
