using System.Reflection;
using ActorPool.Serialization;

namespace ActorPool.Tests.Serialization;

/// <summary>A program of one module, this one.</summary>
internal sealed class OwnModule : ITypeDirectory
{
    private static readonly Module s_own = typeof(OwnModule).Module;

    /// <summary>Creates a format that knows nothing of earlier ones, as in another process.</summary>
    public static ExceptionFormat CreateFormat() => new(Payloads.New(), new OwnModule());

    public bool Contains(Assembly assembly) => assembly == s_own.Assembly;

    public Module? Find(Guid mvid) => mvid == s_own.ModuleVersionId ? s_own : null;
}
