namespace ActorPool.Security;

/// <summary>Decides when to say that a certificate ends.</summary>
/// <remarks>
/// A sixth of its validity before that, at most 30 days: whoever renews certificates has not done it by then. Once a day from there on.
/// </remarks>
internal sealed class ExpiryNotice
{
    private const int PartsOfValidity = 6;
    private static readonly TimeSpan s_max = TimeSpan.FromDays(30);
    private static readonly TimeSpan s_interval = TimeSpan.FromDays(1);

    private DateTimeOffset _notAfter;
    private DateTimeOffset _noticed = DateTimeOffset.MinValue;
    private bool _expired;

    /// <summary>Whether a notice is due now.</summary>
    /// <param name="notBefore">When the certificate became valid.</param>
    /// <param name="notAfter">When it ends.</param>
    /// <param name="now">The present time.</param>
    public bool IsDue(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        if (!IsNear(notBefore, notAfter, now))
            return false;
        var expired = now >= notAfter;
        if (_notAfter == notAfter && _expired == expired && now - _noticed < s_interval)
            return false;
        (_notAfter, _expired, _noticed) = (notAfter, expired, now);
        return true;
    }

    private static bool IsNear(DateTimeOffset notBefore, DateTimeOffset notAfter, DateTimeOffset now)
    {
        var part = (notAfter - notBefore) / PartsOfValidity;
        return notAfter - now < (part < s_max ? part : s_max);
    }
}
