namespace ActorPool;

/// <summary>The order in which a stream yields its results.</summary>
public enum JobOrder
{
    /// <summary>The inputs' order; a slow item holds back those after it (Python's <c>imap</c>).</summary>
    Input,

    /// <summary>As the items complete; no result waits for a slow item (Python's <c>imap_unordered</c>).</summary>
    Completion,
}
