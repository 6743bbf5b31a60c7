using System.Collections;
using System.Globalization;
using ActorPool.Diagnostics;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Writes and reads the comparers of collections.</summary>
/// <remarks>
/// Those that every process has are numbers; a culture's comparer is the culture's name. One of the user's own classes travels by its
/// fields. A collection with another comparer is refused: rebuilt without it, it would find other keys.
/// </remarks>
internal static class KnownComparer
{
    private const byte Default = 0, OfCulture = 5, ByReference = 6, Own = 7, OfFunctions = 8, OfType = 9, Structural = 10;

    private static readonly StringComparer[] s_strings =
    [
        StringComparer.Ordinal, StringComparer.OrdinalIgnoreCase,
        StringComparer.InvariantCulture, StringComparer.InvariantCultureIgnoreCase,
    ];

    /// <param name="writer">The writer.</param>
    /// <param name="comparer">An equality comparer or a comparer of <typeparamref name="T"/>; null for the type's own.</param>
    /// <param name="context">The run of items.</param>
    /// <param name="isAlone">Whether no collection has it.</param>
    /// <returns>Whether it is of the program's own code, and may answer otherwise than before.</returns>
    /// <exception cref="PayloadException">The comparer cannot travel.</exception>
    public static bool Write<T>(ref MessagePackWriter writer, object? comparer, PayloadContext context, bool isAlone = false)
    {
        if (comparer is null || ReferenceEquals(comparer, EqualityComparer<T>.Default) || ReferenceEquals(comparer, Comparer<T>.Default))
        {
            writer.Write(Default);
            return false;
        }
        if (comparer is StringComparer known && Array.IndexOf(s_strings, known) is >= 0 and var index)
        {
            writer.Write((byte)(index + 1));
            return false;
        }
        if (ReferenceEquals(comparer, ReferenceEqualityComparer.Instance) && typeof(T) != typeof(string)) // strings have no identity
        {
            writer.Write(ByReference);
            return false;
        }
        if (comparer is IEqualityComparer<string?> strings
            && StringComparer.IsWellKnownCultureAwareComparer(strings, out var culture, out var options))
        {
            writer.Write(OfCulture);
            writer.Write(culture.Name);
            writer.Write((int)options);
            return false;
        }
        if (context.FunctionWriter is not null && FunctionComparers.Find(comparer) is { } functions)
        {
            writer.Write(OfFunctions);
            FunctionComparers.Write(ref writer, comparer, functions, context);
            return true;
        }
        if (ReferenceEquals(comparer, StructuralComparisons.StructuralEqualityComparer))
        {
            writer.Write(Structural);
            return false;
        }
        if (TypeComparers.Find(comparer) is { } ofType)
        {
            writer.Write(OfType);
            TypeComparers.Write(ref writer, ofType, context);
            return true; // it calls what the items say
        }
        if (FrameworkAssemblies.Contains(comparer.GetType().Assembly))
            throw CreateError(comparer, isAlone, context);
        writer.Write(Own);
        context.EnterComparer(comparer);
        context.WriteOpen(ref writer, comparer, typeof(object));
        context.LeaveComparer(comparer);
        return true;
    }

    /// <summary>Reads an equality comparer; null for the type's own.</summary>
    public static IEqualityComparer<T>? ReadEqualityComparer<T>(ref MessagePackReader reader, PayloadContext context) =>
        Read(ref reader, context) switch
        {
            null => null,
            IEqualityComparer<T> comparer => comparer,
            var other => throw CreateMisfit<T>(other),
        };

    /// <summary>Reads a comparer; null for the type's own.</summary>
    public static IComparer<T>? ReadComparer<T>(ref MessagePackReader reader, PayloadContext context) =>
        Read(ref reader, context) switch
        {
            null => null,
            IComparer<T> comparer => comparer,
            var other => throw CreateMisfit<T>(other),
        };

    /// <summary>Reads a comparer; null for the type's own.</summary>
    public static object? Read(ref MessagePackReader reader, PayloadContext context)
    {
        var kind = reader.ReadByte();
        switch (kind)
        {
            case Default:
                return null;
            case <= 4:
                return s_strings[kind - 1];
            case OfCulture:
                var name = PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("The name of a culture is nil.");
                return StringComparer.Create(CultureInfo.GetCultureInfo(name), (CompareOptions)reader.ReadInt32());
            case ByReference:
                return ReferenceEqualityComparer.Instance;
            case Structural:
                return StructuralComparisons.StructuralEqualityComparer;
            case OfType:
                return TypeComparers.Read(ref reader, context);
            case OfFunctions:
                return FunctionComparers.Read(ref reader, context);
            case Own:
                context.EnterWhole();
                var own = context.ReadOpen<object>(ref reader);
                context.LeaveWhole();
                return own;
            default:
                throw new MessagePackSerializationException($"There is no comparer [{kind}].");
        }
    }

    /// <summary>Whether a comparer that was just read may lack fields that come later.</summary>
    /// <remarks>One of the program's own may hold the collection itself.</remarks>
    public static bool MayBeIncomplete(object? comparer) =>
        comparer is not null && !FrameworkAssemblies.Contains(comparer.GetType().Assembly);

    private static MessagePackSerializationException CreateMisfit<T>(object comparer) =>
        new($"A [{TypeText.Format(comparer.GetType())}] does not compare [{TypeText.Format(typeof(T))}].");

    private static PayloadException CreateError(object comparer, bool isAlone, PayloadContext context)
    {
        const string OwnClass = "Use a comparer class of your own, which travels by its fields; or ";
        var name = TypeText.Format(comparer.GetType());
        var areFunctions = FunctionComparers.Find(comparer) is not null;
        return context.CreateError(
            isAlone
                ? $"The comparer [{name}] cannot travel: "
                    + (areFunctions ? "it is made of functions, which travel only with the function of a job." : "it is .NET's own.")
                : $"A collection with the comparer [{name}] cannot travel: without the comparer it would find other keys.",
            OwnClass + (areFunctions ? "capture the comparer, or what has it, in the function of the job."
                : isAlone ? "create it where it is used." : "send the items, and build the collection where it is used."));
    }
}
