#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Runtime.Serialization;

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
        return typeof(ISerializable).IsAssignableFrom(type)
            && (type.IsValueType || SerializationCallbacks.FindConstructor(type) is null)
            ? (
                "writes itself (ISerializable), and has no constructor that reads what it writes",
                $"Add a constructor with the parameters ({nameof(SerializationInfo)}, {nameof(StreamingContext)}). "
                + "For a type of a library, write a PayloadConverter<T, TSurrogate>.")
            : null;
    }
}
