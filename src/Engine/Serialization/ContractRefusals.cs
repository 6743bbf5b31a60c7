#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Runtime.Serialization;
using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Says why the fields of a type do not hold what its objects are.</summary>
internal static class ContractRefusals
{
    /// <returns>Null for a type whose objects can travel.</returns>
    public static (string Reason, string Advice)? Find(Type type)
    {
        if (typeof(IObjectReference).IsAssignableFrom(type))
        {
            return (
                "asks to be replaced on arrival (IObjectReference)",
                "Send a key instead, or hold the object in a static read-only field of its class.");
        }
        if (typeof(ISerializable).IsAssignableFrom(type))
        {
            return type.IsValueType || SerializationCallbacks.FindConstructor(type) is null
                ? (
                    "writes itself (ISerializable), and has no constructor that reads what it writes",
                    $"Add a constructor with the parameters ({nameof(SerializationInfo)}, {nameof(StreamingContext)}). "
                    + "For a type of a library, write a PayloadConverter.")
                : null;
        }
        if (SerializationCallbacks.Find(type) is not null)
            return null; // its author thought of what does not travel
        const string Differ = "and hash codes differ from process to process";
        if (HashCodes.FindStored(type) is { } stored)
        {
            return (
                $"keeps a hash code in the field [{CompilerNames.FormatField(stored)}], {Differ}",
                "Compute it in GetHashCode, which may keep it in a private field that nothing else reads; or mark the field "
                + "[NonSerialized] and set it in a method that is marked [OnDeserialized]. "
                + "For a type of a library, write a PayloadConverter.");
        }
        return HashCodes.FindBuckets(type) is { } buckets
            ? (
                $"places its items in the field [{CompilerNames.FormatField(buckets)}] by their hash codes, {Differ}",
                "Send the items, and build it where it is used; or build it anew in a method that is marked [OnDeserialized]. "
                + "For a type of a library, write a PayloadConverter.")
            : null;
    }
}
