using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Node.Observing;
using ActorPool.Security;

namespace ActorPool.Node.Doctor;

/// <summary>What is wrong with a cluster, as seen from this machine.</summary>
internal sealed class ClusterFindings(ClusterSecurity security, SettingLayers layers)
{
    private readonly List<Finding> _findings = [];
    private readonly HashSet<string> _resolved = new(StringComparer.Ordinal);

    /// <summary>Checks a cluster by one or more of its nodes.</summary>
    /// <param name="cluster">The nodes as <c>host:port</c>.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task<IReadOnlyList<Finding>> FindAsync(string cluster, CancellationToken cancellationToken)
    {
        var seeds = NodeAddress.ParseList(cluster);
        var isReached = false;
        foreach (var seed in seeds)
        {
            var reached = await ResolveAsync(seed, cancellationToken) && await CheckControlAsync(seed, cancellationToken);
            isReached = isReached || reached;
        }
        if (!isReached)
        {
            Add(FindingLevel.Problem, "cluster", $"No node of [{cluster}] can be reached: is one running there (dotnet Node.dll --seed)?");
            return _findings;
        }
        if (await AskAsync(cluster, cancellationToken) is not { } answers)
            return _findings;
        Add(FindingLevel.Ok, "cluster", $"{answers.Count} {(answers.Count == 1 ? "node" : "nodes")}.");
        var probed = seeds.Select(seed => seed.ToString()).ToHashSet(StringComparer.Ordinal);
        foreach (var answer in answers)
            await CheckNodeAsync(answer, probed.Contains(answer.Address), cancellationToken);
        _findings.AddRange(AnswerFindings.Find(answers, ProcessTraits.Current));
        return _findings;
    }

    /// <summary>Says whether a node answers at an address.</summary>
    public static async Task<bool> HasNodeAsync(ClusterSecurity security, string address, CancellationToken cancellationToken) =>
        (await security.ProbeAsync(NodeAddress.Parse(address), cancellationToken)).Reason is null;

    private async Task<IReadOnlyList<NodeAnswer>?> AskAsync(string cluster, CancellationToken cancellationToken)
    {
        try
        {
            await using var observer = await ClusterObserver.ConnectAsync(cluster, layers.Text, cancellationToken);
            return await observer.AskNodesAsync(cancellationToken);
        }
        catch (Exception e) when (e is NoWorkersException or ArgumentException)
        {
            Add(FindingLevel.Problem, "cluster", e is SettingsException wrong ? string.Join(' ', layers.FormatProblems(wrong)) : e.Message);
            return null;
        }
    }

    private async Task CheckNodeAsync(NodeAnswer answer, bool isProbed, CancellationToken cancellationToken)
    {
        if (!isProbed && NodeAddress.TryParse(answer.Address, out var control) && await ResolveAsync(control, cancellationToken))
            await CheckControlAsync(control, cancellationToken);
        if (answer.Report is not { Node.DataAddress: var dataAddress })
            return;
        if (!NodeAddress.TryParse(dataAddress, out var data))
        {
            Add(FindingLevel.Problem, "data port", $"The node tells [{dataAddress}] as the address of its data port.", answer.Address);
            return;
        }
        if ((await security.ProbeDataAsync(data, cancellationToken)).Reason is { } reason)
        {
            Add(
                FindingLevel.Problem, "data port",
                $"[{data}] cannot be used: {reason}. Open it for this machine; --data-port of the node fixes its number.", answer.Address);
        }
        else
        {
            Add(FindingLevel.Ok, "data port", $"{data} answers.", answer.Address);
        }
    }

    private async Task<bool> CheckControlAsync(NodeAddress node, CancellationToken cancellationToken)
    {
        if ((await security.ProbeAsync(node, cancellationToken)).Reason is { } reason)
        {
            Add(
                FindingLevel.Problem, "control port", $"[{node}] cannot be used: {reason}. Check the address, the port and its firewall.",
                node.ToString());
            return false;
        }
        Add(FindingLevel.Ok, "control port", $"{node} answers.", node.ToString());
        return true;
    }

    private async Task<bool> ResolveAsync(NodeAddress node, CancellationToken cancellationToken)
    {
        if (IPAddress.TryParse(node.Host, out _) || !_resolved.Add(node.Host))
            return true;
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(node.Host, cancellationToken);
            var text = string.Join(", ", addresses.Select(address => address.ToString()));
            Add(FindingLevel.Ok, "name", $"{node.Host} is {text}.", node.ToString());
            return true;
        }
        catch (SocketException e)
        {
            Add(
                FindingLevel.Problem, "name",
                $"[{node.Host}] has no address on this machine: {SafeText.GetReason(e)}. Nodes know each other by their --host: give that "
                + "a name that resolves everywhere, or an address.",
                node.ToString());
            return false;
        }
    }

    private void Add(FindingLevel level, string subject, string message, string? node = null) =>
        _findings.Add(new Finding(level, subject, message, node));
}
