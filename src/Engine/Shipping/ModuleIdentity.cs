namespace ActorPool.Shipping;

/// <summary>One build of one assembly, and the bytes that its file must have.</summary>
/// <param name="Name">Its simple name.</param>
/// <param name="Version">Its assembly version.</param>
/// <param name="Mvid">The module version id that the compiler gave this build; the same source gives the same id.</param>
/// <param name="Sha256">The hash of its file, in upper-case hexadecimal digits.</param>
/// <param name="Length">The length of its file in bytes.</param>
internal sealed record ModuleIdentity(string Name, Version Version, Guid Mvid, string Sha256, long Length)
{
    public override string ToString() => $"{Name} {Version} ({Mvid})";
}

/// <summary>An assembly that another one names, and the version that it was built against.</summary>
internal sealed record ModuleReference(string Name, Version Version);
