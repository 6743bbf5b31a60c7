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

    private readonly IdentitySource? _identity;
    private readonly ControlTransportSetup _transport;

    private ClusterSecurity(IdentitySource? identity, bool isDevelopment)
    {
        (_identity, IsDevelopment) = (identity, isDevelopment);
        Channel = identity is null ? PlainChannel.Instance : new TlsChannel(() => identity.Current);
        _transport = new ControlTransportSetup(Channel);
        if (identity is not null)
            identity.OnRenewed = renewed => _transport.OnCertificate(renewed.Certificate);
    }

    /// <summary>Whether connections are encrypted and both sides show certificates.</summary>
    public bool IsOn => _identity is not null;

    /// <summary>The directory of the certificates; null for the development certificate, and without TLS.</summary>
    public string? Directory => IsDevelopment ? null : _identity?.Directory;

    /// <summary>Whether the certificate is the one that this user's processes on this machine share.</summary>
    public bool IsDevelopment { get; }

    /// <summary>Whether the certificate of this process gives it all roles.</summary>
    public bool HasAllRoles => _identity is null || CertificateRoles.Read(_identity.Current.Certificate) == PeerRoles.All;

    /// <summary>The protection of the data plane.</summary>
    public IChannelSecurity Channel { get; }

    /// <summary>Logs refused peers of the control plane; set before the first connection.</summary>
    public HandshakeRefusals? Refusals { get; set; }

    /// <summary>Reads the certificates that the settings name.</summary>
    /// <exception cref="SettingsException">They cannot be used; the message says why and what to do.</exception>
    public static ClusterSecurity Create(ClusterSettings settings, TimeProvider clock)
    {
        if (!settings.Tls)
            return new ClusterSecurity(null, isDevelopment: false);
        if (typeof(DotNettySslSetup).Assembly.GetName().Version is { } version && version < s_minRemoteVersion)
        {
            const string Danger = "which does not ask callers for a certificate (CVE-2025-61778)";
            throw new SettingsException(new SettingsFault(
                "", null, $"Akka.Remote has the version [{version.ToString(3)}], {Danger}. Use [{s_minRemoteVersion}] or later."));
        }
        try
        {
            var isDevelopment = settings.Certificates is null;
            var directory = settings.Certificates ?? FindDevelopmentDirectory();
            var identity = isDevelopment
                ? NodeIdentity.ReadDevelopment(directory, clock)
                : NodeIdentity.Read(directory, clock);
            return new ClusterSecurity(new IdentitySource(directory, identity, clock), isDevelopment);
        }
        catch (IdentityException e)
        {
            const string Key = "actorpool.cluster.tls.certificates";
            throw new SettingsException(new SettingsFault(Key, null, $"{Key} is [{settings.Certificates ?? "auto"}]: {e.Message}"), e);
        }
    }

    /// <summary>Reads the certificates again when they change, and warns before they expire.</summary>
    /// <returns>Ends that; null without TLS.</returns>
    public IDisposable? Watch(ILoggingAdapter log) => _identity?.Watch(log);

    /// <summary>Reads the certificates again now, if they have changed.</summary>
    public void Renew(ILoggingAdapter log) => _identity?.Look(log);

    /// <summary>Demands that the certificate, and each later one, is for this node.</summary>
    /// <param name="host">The name or address by which others know it.</param>
    /// <returns>Why the others would refuse this certificate, a clause without a full stop; null if they would accept it.</returns>
    public string? ServeAs(string host)
    {
        if (_identity is null)
            return null;
        _identity.Host = host;
        return _identity.FindRefusal(_identity.Current);
    }

    /// <summary>Called when a process answers that has another address than the one that was called.</summary>
    /// <remarks>With both addresses, from any thread. It must not block.</remarks>
    public Action<NodeAddress, NodeAddress> OnRenamed
    {
        get => _transport.OnRenamed;
        set => _transport.OnRenamed = value;
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
        _transport,
        .. _identity is null
            ? Array.Empty<Setup>()
            :
            [
                new DotNettySslSetup(
                    _identity.Current.Certificate, suppressValidation: false, requireMutualAuthentication: true, AcceptPeer),
            ],
    ];

    /// <summary>Finds out with one connection why no node can be reached at an address.</summary>
    public Task<ProbeResult> ProbeAsync(NodeAddress address, CancellationToken cancellationToken) =>
        SeedProbe.RunAsync(Channel, address.Host, address.Port, cancellationToken);

    /// <summary>Finds out with one connection why the data port of a node cannot be used.</summary>
    public Task<ProbeResult> ProbeDataAsync(NodeAddress address, CancellationToken cancellationToken) =>
        SeedProbe.RunAsync(Channel, address.Host, address.Port, cancellationToken, isData: true);

    /// <exception cref="IdentityException">The user has no place for it.</exception>
    private static string FindDevelopmentDirectory()
    {
        try
        {
            return IdentityFiles.DevelopmentDirectory;
        }
        catch (DirectoryNotFoundException e)
        {
            throw new IdentityException(
                $"There is no place for a development certificate. {e.Message} Or set actorpool.cluster.tls.certificates (--certs) "
                + "to a directory of certificates.", e);
        }
    }

    private bool AcceptPeer(X509Certificate2? certificate, X509Chain? chain, string peer, SslPolicyErrors errors, ILoggingAdapter log)
    {
        // Akka gives a called peer as an address of Akka, and a caller as a socket address.
        var at = peer.LastIndexOf('@');
        var host = at < 0 ? null : NodeAddress.TryParse(peer[(at + 1)..], out var called) ? called.Host : ""; // no certificate is for ""
        if (_identity!.Current.Validation.FindRefusal(certificate, isServer: host is not null, host) is not { } reason)
            return true;
        Refusals?.Add(host is null ? "from" : "to", peer[(at + 1)..], $"{char.ToUpperInvariant(reason[0])}{reason[1..]}.");
        return false;
    }
}
