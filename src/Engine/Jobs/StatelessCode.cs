using System.Runtime.CompilerServices;
using ActorPool.Serialization;
using ActorPool.Shipping;
using ActorPool.Wire;

namespace ActorPool.Jobs;

/// <summary>Describes a function that captures nothing only once, not for each job.</summary>
/// <remarks>The compiler makes only one delegate for such a lambda.</remarks>
internal static class StatelessCode
{
    private static readonly ConditionalWeakTable<Delegate, Entry> s_known = [];

    /// <summary>Describes a call over inputs of a type.</summary>
    /// <returns>Whether its functions hold no state; then the manifest is the same for the same delegate.</returns>
    public static bool TryDescribe(
        CallDescription call, Type input, JobOptions options, PayloadSerializer serializer, out CodeManifest manifest)
    {
        var stateless = call.Functions is [var only] && options.RetryWhen is null && Statelessness.HasNoState(only) ? only : null;
        if (stateless is not null && s_known.TryGetValue(stateless, out var known))
        {
            if (known.Describes(call))
            {
                manifest = known.Manifest;
                HotReload.CheckUnchanged(manifest.Modules);
                return true;
            }
            stateless = null; // the types that came first stay: a node keeps only so many codes
        }
        manifest = FunctionShipper.Describe(call.Types, [.. call.Functions, options.RetryWhen], serializer, input: input);
        if (stateless is null)
            return false;
        s_known.AddOrUpdate(stateless, new Entry(call, manifest));
        return true;
    }

    private sealed class Entry(CallDescription call, CodeManifest manifest)
    {
        private readonly CallKind _kind = call.Kind;
        private readonly IReadOnlyList<Type> _types = call.Types;

        public CodeManifest Manifest => manifest;

        /// <summary>Whether it is the same call; one delegate fits several types (<c>Func&lt;object, int&gt;</c>).</summary>
        public bool Describes(CallDescription other) => other.Kind == _kind && other.Types.SequenceEqual(_types);
    }
}
