using System.CommandLine;
using System.Globalization;

namespace ActorPool.Node.Nodes;

/// <summary>The flags of a node's ports and of the address on which it listens.</summary>
/// <remarks>Each stands for a setting.</remarks>
internal sealed class NetworkFlags
{
    private readonly Option<string?> _bind = new("--bind")
    {
        Description = "The IP address to listen on, if it is not --host: 0.0.0.0 or :: for all, as in a container. [default: --host]",
        HelpName = "ADDRESS",
    };

    private readonly Option<int?> _dataPort = BoundedInt32.CreateOptional(
        "--data-port", "The port to take inputs and send results on; 0: any free one. [default: 0]", 0, ushort.MaxValue);

    private readonly Option<int?> _publicPort = BoundedInt32.CreateOptional(
        "--public-port", "The port by which others reach --port, where it is translated. [default: --port]", 1, ushort.MaxValue);

    private readonly Option<int?> _publicDataPort = BoundedInt32.CreateOptional(
        "--public-data-port", "The port by which others reach --data-port, where it is translated. [default: --data-port]", 1,
        ushort.MaxValue);

    public void AddTo(Command command)
    {
        command.Add(_bind);
        command.Add(_dataPort);
        command.Add(_publicPort);
        command.Add(_publicDataPort);
    }

    /// <summary>Returns the settings of the flags that were given.</summary>
    /// <returns>The path, the value, and the flag.</returns>
    public IEnumerable<(string Path, string Value, string Flag)> Read(ParseResult parsed)
    {
        if (parsed.GetValue(_bind) is { } bind)
            yield return ("actorpool.cluster.bind", bind, _bind.Name);
        foreach (var (port, key) in new[] { (_dataPort, "data-port"), (_publicPort, "public-port"), (_publicDataPort, "public-data-port") })
        {
            if (parsed.GetValue(port) is { } number)
                yield return ($"actorpool.cluster.{key}", number.ToString(CultureInfo.InvariantCulture), port.Name);
        }
    }
}
