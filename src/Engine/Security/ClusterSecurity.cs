using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Akka.Actor.Setup;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using ActorPool.Cluster;
using ActorPool.Hosting;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>What keeps strangers away from both planes of a node or a pool: mutual TLS, or on the loopback interface nothing, if that was asked for.</summary>
internal sealed class ClusterSecurity
{
    /// <summary>Before it, Akka.Remote did not ask callers for a certificate (CVE-2025-61778).</summary>
    private static readonly Version s_leastRemote = new(1, 5, 52);

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

    /// <summary>Whether connections are encrypted, and both sides show certificates.</summary>
    public bool IsOn => _identity is not null;

    /// <summary>Whether the certificate is the one that this user's processes on this machine have in common.</summary>
    public bool IsDevelopment { get; }

    /// <summary>For the data plane.</summary>
    public IChannelSecurity Channel { get; }

    /// <summary>Where refused peers of the control plane are told; set before the first one can come.</summary>
    public HandshakeRefusals? Refusals { get; set; }

    /// <summary>Reads the certificates that the settings name.</summary>
    /// <exception cref="ArgumentException">They cannot be used; the message says why and what to do.</exception>
    public static ClusterSecurity Of(ClusterSettings settings, TimeProvider clock)
    {
        if (!settings.Tls)
            return new ClusterSecurity(null, clock, isDevelopment: false);
        if (typeof(DotNettySslSetup).Assembly.GetName().Version is { } version && version < s_leastRemote)
            throw new ArgumentException($"Akka.Remote is of version [{version.ToString(3)}], which does not ask callers for a certificate (CVE-2025-61778). Use [{s_leastRemote}] or later.");
        try
        {
            return settings.Certificates is { } directory
                ? new ClusterSecurity(NodeIdentity.Read(directory, clock), clock, isDevelopment: false)
                : new ClusterSecurity(NodeIdentity.Development(IdentityFiles.DevelopmentDirectory, clock), clock, isDevelopment: true);
        }
        catch (IdentityException e)
        {
            throw new ArgumentException($"actorpool.cluster.tls.certificates is [{settings.Certificates ?? "auto"}]: {e.Message}", e);
        }
    }

    /// <summary>Why nobody may listen on an address, or call from it or to it, with these settings.</summary>
    /// <param name="host">The address.</param>
    /// <param name="what">Which it is, for the message.</param>
    /// <param name="settings">Whether there are certificates that others can have too.</param>
    /// <returns>Null if it is safe.</returns>
    public static string? WhyUnsafe(string host, string what, ClusterSettings settings)
    {
        if (NodeAddress.IsLoopback(host) || (settings.Tls && settings.Certificates is not null))
            return null;
        return $"{what} is [{host}], which is not an address of the loopback interface, {(settings.Tls ? "and there are no certificates for other machines" : "and TLS is off")}. Whoever reaches a node can run code on it. " +
            "Either stay on this machine with 127.0.0.1 (or ::1); or make certificates with dotnet Node.dll certs init and certs issue HOST, and set actorpool.cluster.tls.certificates (--certs) to the directory that the machine got.";
    }

    /// <summary>For the control plane: Akka's own TLS, with the same certificate and the same decision about others, if TLS is on.</summary>
    public Setup[] RemotingSetups =>
    [
        new ControlTransportSetup(Channel),
        .. _identity is null ? Array.Empty<Setup>() : [new DotNettySslSetup(_identity.Certificate, suppressValidation: false, requireMutualAuthentication: true, IsGoodForRemoting)],
    ];

    /// <summary>Says of an address why no node can be reached there, as far as one connection shows.</summary>
    public Task<ProbeResult> ProbeAsync(string host, int port, CancellationToken cancellationToken) => SeedProbe.RunAsync(Channel, host, port, cancellationToken);

    private bool IsGoodForRemoting(X509Certificate2? certificate, X509Chain? chain, string peer, System.Net.Security.SslPolicyErrors errors, ILoggingAdapter log)
    {
        // Who was called is named as an address of Akka, a caller by its socket.
        var at = peer.LastIndexOf('@');
        var host = at < 0 ? null : peer[(at + 1)..peer.LastIndexOf(':')].Trim('[', ']');
        if (_validation!.WhyRefused(certificate, isServer: host is not null, host) is not { } reason)
            return true;
        Refusals?.Add(host is null ? "from" : "to", peer[(at + 1)..], char.ToUpperInvariant(reason[0]) + reason[1..]);
        return false;
    }
}
