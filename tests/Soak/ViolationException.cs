namespace ActorPool.Soak;

/// <summary>The pool broke one of its promises.</summary>
internal sealed class ViolationException(string message, Exception? cause = null) : Exception($"{message} {cause}")
{
    public static void ThrowUnless(bool holds, string promise)
    {
        if (!holds)
            throw new ViolationException(promise);
    }

    /// <summary>The first difference between what should be and what is.</summary>
    public static void ThrowUnlessEqual<T>(IEnumerable<T> expected, IReadOnlyList<T> actual, string what)
    {
        var i = 0;
        foreach (var item in expected)
        {
            if (i >= actual.Count || !EqualityComparer<T>.Default.Equals(item, actual[i]))
                throw new ViolationException($"{what}: at {i} there is {(i < actual.Count ? actual[i] : "nothing")} instead of {item}; {actual.Count} results.");
            i++;
        }
        ThrowUnless(i == actual.Count, $"{what}: {actual.Count} results instead of {i}.");
    }
}
