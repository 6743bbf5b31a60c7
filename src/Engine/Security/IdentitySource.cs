using ActorPool.Diagnostics;
using Akka.Event;

namespace ActorPool.Security;

/// <summary>The certificates of a directory, which are read again when the files have changed.</summary>
/// <remarks>
/// Connections that exist go on with what they were made with; new ones use the new certificate and authorities. Files that cannot be used
/// change nothing: what was read before serves until it expires.
/// </remarks>
internal sealed class IdentitySource(string directory, NodeIdentity first, TimeProvider clock)
{
    /// <summary>How often the files are looked at.</summary>
    /// <remarks>A renewal of several files is seen half done at worst until the next time.</remarks>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly ExpiryNotice _notice = new();
    private readonly Lock _lock = new();
    private volatile NodeIdentity _current = first;
    private string? _failed; // the content that could not be used

    public string Directory => directory;

    public NodeIdentity Current => _current;

    /// <summary>Called with each certificate that replaces another.</summary>
    public Action<NodeIdentity> OnRenewed { get; set; } = static _ => { };

    /// <summary>The name or address by which others know this process; null if none calls it.</summary>
    /// <remarks>A certificate that is not for it cannot be used.</remarks>
    public string? Host { get; set; }

    /// <summary>Says why others would refuse this process, at its host, with a certificate.</summary>
    /// <returns>A clause without a full stop; null if they would accept it.</returns>
    public string? FindRefusal(NodeIdentity identity) =>
        Host is null ? null : identity.Validation.FindRefusalOfNode(identity.Certificate, Host);

    /// <summary>Looks at the files from now on.</summary>
    /// <returns>Ends that.</returns>
    public IDisposable Watch(ILoggingAdapter log)
    {
        NoticeExpiry(log);
        return clock.CreateTimer(_ => Look(log), null, Interval, Interval);
    }

    /// <summary>Reads the files if they have changed, and warns if the certificate ends soon.</summary>
    public void Look(ILoggingAdapter log)
    {
        if (!_lock.TryEnter())
            return; // the last look still waits for a slow disk
        try
        {
            Renew(log);
            NoticeExpiry(log);
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void Renew(ILoggingAdapter log)
    {
        var content = NodeIdentity.ReadContent(directory) ?? "";
        if (content.Equals(_current.Content, StringComparison.Ordinal))
            _failed = null;
        if (content.Equals(_failed ?? _current.Content, StringComparison.Ordinal))
            return;
        try
        {
            var read = NodeIdentity.Read(directory, clock);
            if (FindRefusal(read) is { } refusal)
                throw new IdentityException($"With that in [{directory}], the others would refuse this node: {refusal}.");
            _current = read;
            _failed = null;
            log.CertificateRenewed(directory, _current.NotAfter);
            OnRenewed(_current);
        }
        catch (IdentityException e)
        {
            _failed = content;
            log.CertificateNotRenewed(e.Message, _current.NotAfter);
        }
    }

    private void NoticeExpiry(ILoggingAdapter log)
    {
        var now = clock.GetUtcNow();
        if (_notice.IsDue(_current.NotBefore, _current.NotAfter, now))
            log.CertificateEnds(directory, _current.NotAfter, hasEnded: now >= _current.NotAfter);
    }
}
