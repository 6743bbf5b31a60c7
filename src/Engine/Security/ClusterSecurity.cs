using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Transport;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;

namespace ActorPool.Security;

/// <summary>Protects the control plane and the data plane of a node or a pool.</summary>
/// <remarks>Mutual TLS; or no protection on the loopback interface, if the settings ask for that.</remarks>
internal sealed class ClusterSecurity
{
    /// <summary>Earlier versions of Akka.Remote did not ask callers for a certificate (CVE-2025-61778).</summary>
    private static readonly Version s_minRemoteVersion = new(1, 5, 52);

    private readonly NodeIdentity? _identity;
    private readonly PeerValidation? _validation;

    private ClusterSecurity(NodeIdentity? identity, TimeProvider clock, bool isDevelopment)
    {
        (_identity, IsDevelopment) = (identity, isDevelopment);
        Channel = PlainChannel.Instance;
        if (identity is null)
            return;
        _validation = new PeerValidation(identity.Authorities, clock);
        Channel = new TlsChannel(identity, _validation);
    }

    /// <summary>Whether connections are encrypted and both sides show certificates.</summary>
    public bool IsOn => _identity is not null;

    /// <summary>Whether the certificate is the one that this user's processes on this machine share.</summary>
    public bool IsDevelopment { get; }

    /// <summary>The protection of the data plane.</summary>
    public IChannelSecurity Channel { get; }

    /// <summary>Logs refused peers of the control plane; set before the first connection.</summary>
    public HandshakeRefusals? Refusals { get; set; }

    /// <summary>Reads the certificates that the settings name.</summary>
    /// <exception cref="SettingsException">They cannot be used; the message says why and what to do.</exception>
    public static ClusterSecurity Create(ClusterSettings settings, TimeProvider clock)
    {
        if (!settings.Tls)
            return new ClusterSecurity(null, clock, isDevelopment: false);
        if (typeof(DotNettySslSetup).Assembly.GetName().Version is { } version && version < s_minRemoteVersion)
        {
            const string Danger = "which does not ask callers for a certificate (CVE-2025-61778)";
            throw new SettingsException(new SettingsFault(
                "", null, $"Akka.Remote has the version [{version.ToString(3)}], {Danger}. Use [{s_minRemoteVersion}] or later."));
        }
        try
        {
            return settings.Certificates is { } directory
                ? new ClusterSecurity(NodeIdentity.Read(directory, clock), clock, isDevelopment: false)
                : new ClusterSecurity(NodeIdentity.ReadDevelopment(IdentityFiles.DevelopmentDirectory, clock), clock, isDevelopment: true);
        }
        catch (IdentityException e)
        {
            const string Key = "actorpool.cluster.tls.certificates";
            throw new SettingsException(new SettingsFault(Key, null, $"{Key} is [{settings.Certificates ?? "auto"}]: {e.Message}"), e);
        }
    }

    /// <summary>Says why listening on an address, or calling from or to it, is unsafe.</summary>
    /// <param name="host">The address.</param>
    /// <param name="what">The address's name in the message: words, or a <see cref="SettingsOption"/>.</param>
    /// <param name="settings">Says whether there are certificates that other machines can have, too.</param>
    /// <returns>Sentences for the user; null if it is safe.</returns>
    public static FormattableString? FindUnsafeReason(string host, object what, ClusterSettings settings)
    {
        if (NodeAddress.IsLoopback(host) || (settings.Tls && settings.Certificates is not null))
            return null;
        var lack = settings.Tls ? "and there are no certificates for other machines" : "and TLS is off";
        const string Advice = "Either stay on this machine with 127.0.0.1 (or ::1); or make certificates with dotnet Node.dll certs init "
            + "and certs issue HOST, and set actorpool.cluster.tls.certificates (--certs) to the directory made for this machine.";
        const string Danger = "Anyone who reaches a node can run code on it.";
        return $"{what} is [{host}], which is not an address of the loopback interface, {lack}. {Danger} {Advice}";
    }

    /// <summary>The protection of the control plane.</summary>
    /// <remarks>If TLS is on, this is Akka's own TLS, with the same certificate and the same validation of peers.</remarks>
    public Setup[] RemotingSetups =>
    [
        new ControlTransportSetup(Channel),
        .. _identity is null
            ? Array.Empty<Setup>()
            :
            [
                new DotNettySslSetup(_identity.Certificate, suppressValidation: false, requireMutualAuthentication: true, AcceptPeer),
            ],
    ];

    /// <summary>Finds out with one connection why no node can be reached at an address.</summary>
    public Task<ProbeResult> ProbeAsync(NodeAddress address, CancellationToken cancellationToken) =>
        SeedProbe.RunAsync(Channel, address.Host, address.Port, cancellationToken);

    private bool AcceptPeer(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        // Akka gives a called peer as an address of Akka, and a caller as a socket address.
        var at = peer.LastIndexOf('@');
        var host = at < 0 ? null : NodeAddress.TryParse(peer[(at + 1)..], out var called) ? called.Host : ""; // no certificate is for ""
        if (_validation!.FindRefusal(certificate, isServer: host is not null, host) is not { } reason)
            return true;
        Refusals?.Add(host is null ? "from" : "to", peer[(at + 1)..], $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.");
        return false;
    }
}
