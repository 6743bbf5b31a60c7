namespace ActorPool;

/// <summary>Reads texts that a user's types produce, which may throw or be endless.</summary>
internal static class SafeText
{
    /// <summary>Longest text of a foreign exception that is repeated in one of ours; the inner exception still has it whole.</summary>
    private const int Longest = 64 * 1024;

    public static string MessageOf(Exception error)
    {
        try
        {
            var text = error.Message;
            return text.Length <= Longest ? text : string.Concat(text.AsSpan(0, Longest), $"... [{text.Length} characters]");
        }
        catch (Exception e)
        {
            return $"(its Message threw {e.GetType().Name})";
        }
    }
}
