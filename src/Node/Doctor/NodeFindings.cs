using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorPool.Agent;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;
using ActorPool.Security;

namespace ActorPool.Node.Doctor;

/// <summary>What a node would meet here: its settings, certificate and ports.</summary>
internal sealed class NodeFindings(SettingLayers layers, PoolNodeOptions options, TimeProvider clock)
{
    private static readonly TimeSpan s_renewalTime = TimeSpan.FromDays(30);

    /// <summary>Whether someone asked for a node on this host, and not just for any check.</summary>
    public bool IsHostGiven { get; init; }

    /// <summary>Whether someone named the port.</summary>
    public bool IsPortGiven { get; init; }

    /// <summary>The settings; null if they are wrong.</summary>
    public PoolSettings? Settings { get; private set; }

    /// <summary>How connections are protected; null if the certificate cannot be used.</summary>
    public ClusterSecurity? Security { get; private set; }

    public async Task<IReadOnlyList<Finding>> FindAsync(CancellationToken cancellationToken)
    {
        var findings = CheckSettings().ToList();
        if (Settings is not { } settings)
            return findings;
        findings.Add(CheckCertificate(settings.Cluster));
        if (await FindAddressAsync(settings, findings, cancellationToken) is { } address)
        {
            findings.Add(await CheckPortAsync(address, options.Port, "port", cancellationToken));
            if (settings.Cluster.DataPort > 0)
                findings.Add(await CheckPortAsync(address, settings.Cluster.DataPort, "data port", cancellationToken));
        }
        return findings;
    }

    private IEnumerable<Finding> CheckSettings()
    {
        try
        {
            Settings = NodeSettings.Read(options, out _);
        }
        catch (SettingsException e)
        {
            return layers.FormatProblems(e).Select(problem => new Finding(FindingLevel.Problem, "settings", problem));
        }
        return [new Finding(FindingLevel.Ok, "settings", $"They are valid: {layers.Settings.Count} given, the others are defaults.")];
    }

    private Finding CheckCertificate(ClusterSettings cluster)
    {
        const string Subject = "certificate";
        if (!cluster.Tls)
        {
            Security = ClusterSecurity.Create(cluster, clock);
            return new Finding(FindingLevel.Warning, Subject, "TLS is off: each user of this machine can run functions on its nodes.");
        }
        try
        {
            // Made by the first process that needs it, as this one does to ask a cluster.
            Security = ClusterSecurity.Create(cluster, clock);
            if (cluster.Certificates is not { } directory)
                return new Finding(FindingLevel.Ok, Subject, "The development certificate of this user, only for this machine.");
            return CheckCertificate(directory, NodeIdentity.Read(directory, clock));
        }
        catch (SettingsException e)
        {
            return new Finding(FindingLevel.Problem, Subject, string.Join(' ', layers.FormatProblems(e)));
        }
    }

    private Finding CheckCertificate(string directory, NodeIdentity identity)
    {
        const string Subject = "certificate";
        var certificate = identity.Certificate;
        var until = identity.NotAfter.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (IsHostGiven && identity.Validation.FindRefusalOfNode(certificate, options.Host) is { } refusal)
        {
            return new Finding(
                FindingLevel.Problem, Subject, $"[{directory}]: the others would refuse a node here: {refusal}. Issue one for its host.");
        }
        var roles = CertificateRoles.Read(certificate);
        var text = $"[{directory}] is for {PeerValidation.GetNames(certificate)}, with the roles {CertificateRoles.Format(roles)}, "
            + $"until {until}";
        return identity.NotAfter - clock.GetUtcNow() < s_renewalTime
            ? new Finding(FindingLevel.Warning, Subject, $"{text}, which is soon: issue another one (certs issue) before.")
            : new Finding(FindingLevel.Ok, Subject, $"{text}.");
    }

    /// <returns>Null if a node could not listen; a finding says why.</returns>
    private async Task<IPAddress?> FindAddressAsync(PoolSettings settings, List<Finding> findings, CancellationToken cancellationToken)
    {
        if (settings.Cluster.Bind is { } bind)
            return bind;
        try
        {
            var address = await LocalAddress.ResolveAsync(options.Host, cancellationToken);
            if (IsHostGiven)
                findings.Add(new Finding(FindingLevel.Ok, "host", $"{options.Host} is {address}."));
            return address;
        }
        catch (SocketException e)
        {
            findings.Add(new Finding(
                FindingLevel.Problem, "host",
                $"[{options.Host}] has no address here: {SafeText.GetReason(e)}. Give a name that resolves, or --bind."));
            return null;
        }
    }

    private async Task<Finding> CheckPortAsync(IPAddress address, int port, string subject, CancellationToken cancellationToken)
    {
        var endPoint = new IPEndPoint(address, port);
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
            socket.Listen(1);
            return new Finding(FindingLevel.Ok, subject, port == 0 ? "Any free one." : $"{endPoint} is free.");
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            var owner = PortOwner.Find(port) is { } found ? $" by {found}" : "";
            if (!IsPortGiven && Security is { } security && await IsNodeAsync(security, address, port, cancellationToken))
                return new Finding(FindingLevel.Ok, subject, $"{endPoint} is in use{owner}: a node.");
            return new Finding(
                IsPortGiven || subject is not "port" ? FindingLevel.Problem : FindingLevel.Warning, subject,
                $"{endPoint} is in use{owner}. End that, or choose another port (--{subject.Replace(' ', '-')}).");
        }
        catch (SocketException e)
        {
            return new Finding(
                FindingLevel.Problem, subject,
                $"A node cannot listen on {endPoint}: {SafeText.GetReason(e)}. Give an address of this machine (--host, --bind) and a port "
                + "that this user may use.");
        }
    }

    private static async Task<bool> IsNodeAsync(
        ClusterSecurity security, IPAddress address, int port, CancellationToken cancellationToken) =>
        (await security.ProbeAsync(NodeAddress.From(address.ToString(), port), cancellationToken)).Reason is null;
}
