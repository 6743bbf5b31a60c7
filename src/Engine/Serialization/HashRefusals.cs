using ActorPool.Diagnostics;

namespace ActorPool.Serialization;

/// <summary>Says why fields mean nothing in another process: they hold what follows from hash codes.</summary>
/// <remarks>Only who sends asks: the answer needs much code to be read, and the layout does not depend on it.</remarks>
internal static class HashRefusals
{
    private const string Differ = "and hash codes differ from process to process";
    private const string Belong = "and in another process there is something else or nothing";
    private const string Convert = "For a type of a library, write a PayloadConverter<T, TSurrogate>.";
    private const string Build =
        "Send the items, and build it where it is used; or build it anew in a method that is marked [OnDeserialized]. " + Convert;
    private const string Compute =
        "Compute it in GetHashCode, which may keep it in a private field that nothing else reads; or mark the field "
        + "[NonSerialized] and set it in a method that is marked [OnDeserialized]. " + Convert;
    private const string Make =
        "Send what is there, such as an array, a name or a path. Or mark the field [NonSerialized], and allocate or open it anew in a "
        + "method that is marked [OnDeserialized]. " + Convert;

    /// <returns>Null for a type whose objects can travel.</returns>
    public static (string Reason, string Advice)? Find(Type type)
    {
        // The author of callbacks thought of what does not travel.
        if (SerializationCallbacks.Find(type) is not null || HashCodes.FindStored(type) is not { } stored)
            return null;
        var name = CompilerNames.FormatField(stored.Field);
        return (stored.IsPlaced, stored.IsAddress) switch
        {
            (true, false) => ($"places its items in the field [{name}] by their hash codes, {Differ}", Build),
            (true, true) => ($"places its items in the field [{name}] by addresses or handles, {Belong}", Build),
            (false, false) => ($"keeps a hash code in the field [{name}], {Differ}", Compute),
            (false, true) => ($"keeps an address or a handle in the field [{name}], {Belong}", Make),
        };
    }
}
