using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Says why fields mean nothing in another process: they hold what follows from hash codes.</summary>
/// <remarks>Only who sends asks: the answer needs much code to be read, and the layout does not depend on it.</remarks>
internal static class HashRefusals
{
    /// <returns>Null for a type whose objects can travel.</returns>
    public static (string Reason, string Advice)? Find(Type type)
    {
        const string Differ = "and hash codes differ from process to process, as the addresses of types and methods do";
        // The author of callbacks thought of what does not travel.
        if (SerializationCallbacks.Find(type) is not null || HashCodes.FindStored(type) is not { } stored)
            return null;
        var name = CompilerNames.FormatField(stored.Field);
        return stored.IsPlaced
            ? (
                $"places its items in the field [{name}] by their hash codes, {Differ}",
                "Send the items, and build it where it is used; or build it anew in a method that is marked [OnDeserialized]. "
                + "For a type of a library, write a PayloadConverter<T, TSurrogate>.")
            : (
                $"keeps a hash code in the field [{name}], {Differ}",
                "Compute it in GetHashCode, which may keep it in a private field that nothing else reads; or mark the field "
                + "[NonSerialized] and set it in a method that is marked [OnDeserialized]. "
                + "For a type of a library, write a PayloadConverter<T, TSurrogate>.");
    }
}
