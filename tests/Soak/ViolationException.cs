namespace ActorPool.Soak;

/// <summary>The pool broke one of its guarantees.</summary>
internal sealed class ViolationException(string message, Exception? cause = null) : Exception($"{message} {cause}")
{
    public static void ThrowUnless(bool holds, string guarantee)
    {
        if (!holds)
            throw new ViolationException(guarantee);
    }

    /// <summary>Checks that there is each result, once and in its place.</summary>
    public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual)
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        var same = wanted.Zip(found).TakeWhile(pair => EqualityComparer<T>.Default.Equals(pair.First, pair.Second)).Count();
        ThrowUnless(
            same == wanted.Count && same == found.Count,
            $"{found.Count} results instead of {wanted.Count}, and the one at {same} is wrong.");
    }
}
