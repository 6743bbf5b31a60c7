namespace ActorPool.Soak;

/// <summary>The pool broke one of its promises.</summary>
internal sealed class ViolationException(string message, Exception? cause = null) : Exception($"{message} {cause}")
{
    public static void ThrowUnless(bool holds, string promise)
    {
        if (!holds)
            throw new ViolationException(promise);
    }

    /// <summary>Each result once, and in its place.</summary>
    public static void Same<T>(IEnumerable<T> expected, IEnumerable<T> actual)
    {
        var (wanted, found) = (expected.ToList(), actual.ToList());
        var same = wanted.Zip(found).TakeWhile(pair => EqualityComparer<T>.Default.Equals(pair.First, pair.Second)).Count();
        ThrowUnless(same == wanted.Count && same == found.Count, $"{found.Count} results instead of {wanted.Count}, and the one at {same} is not what it should be.");
    }
}
