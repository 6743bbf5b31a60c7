using System.Net.Sockets;
using System.Text;

namespace ActorPool.Node.Nodes;

/// <summary>Tells the service manager when the node is ready and when it stops.</summary>
/// <remarks>
/// The protocol of sd_notify(3): one datagram of lines to the socket that <c>NOTIFY_SOCKET</c> names. The package
/// Microsoft.Extensions.Hosting.Systemd has it too, with all of .NET's generic host, which a node does not use.
/// </remarks>
internal sealed class ServiceManager : IDisposable
{
    private const string Variable = "NOTIFY_SOCKET";

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly UnixDomainSocketEndPoint _manager;
    private readonly string _name;
    private readonly TextWriter _notes;

    private ServiceManager(UnixDomainSocketEndPoint manager, string name, TextWriter notes) =>
        (_manager, _name, _notes) = (manager, name, notes);

    /// <summary>Finds the service manager that started this process.</summary>
    /// <param name="notes">Gets a line when it cannot be told.</param>
    /// <returns>Null if there is none.</returns>
    /// <remarks>
    /// Afterwards the variable is not set: processes that functions and worker processes start must not speak for the node.
    /// </remarks>
    public static ServiceManager? Find(TextWriter notes)
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } name)
            return null;
        Environment.SetEnvironmentVariable(Variable, null);
        if (!OperatingSystem.IsLinux() || name[0] is not ('/' or '@'))
        {
            notes.WriteLine($"{Variable} is [{name}], which is not a socket of this machine: the service manager is not told of the node.");
            return null;
        }
        try
        {
            // The name of an abstract socket begins with a null character, and is written with an @.
            return new ServiceManager(new UnixDomainSocketEndPoint(name[0] is '@' ? $"\0{name[1..]}" : name), name, notes);
        }
        catch (ArgumentOutOfRangeException)
        {
            notes.WriteLine($"{Variable} is [{name}], which is too long for a socket: the service manager is not told of the node.");
            return null;
        }
    }

    /// <summary>Sends assignments such as <c>READY=1</c>, in one datagram.</summary>
    public void Notify(params IEnumerable<string> assignments)
    {
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(string.Join('\n', assignments)), _manager);
        }
        catch (SocketException e)
        {
            _notes.WriteLine($"The service manager at [{_name}] cannot be told of the node: {e.Message}.");
        }
    }

    public void Dispose() => _socket.Dispose();
}
