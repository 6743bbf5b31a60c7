namespace ActorPool.Shipping;

/// <summary>What kind of file a module is.</summary>
internal enum ModuleKind : byte
{
    /// <summary>Code. Its name is the simple name of the assembly.</summary>
    Assembly = 0,

    /// <summary>Resources of one language. Its name is <c>culture/simple name</c>.</summary>
    Satellite = 1,

    /// <summary>A native library. Its name is that of its file.</summary>
    Native = 2,
}
