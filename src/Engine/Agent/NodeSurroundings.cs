using System.Collections;
using System.Globalization;

namespace ActorPool.Agent;

/// <summary>What functions can change in a node's process, as it was before they came.</summary>
/// <remarks>
/// Environment variables, the working directory, the default cultures, and where the console writes to. A node program restores them when
/// its last session has ended: which of several pools has changed what cannot be told. Not restored are static fields of shared assemblies,
/// open files, threads, and what native code has changed; worker processes end with their session, and all that with them.
/// </remarks>
internal sealed class NodeSurroundings
{
    private readonly Dictionary<string, string> _variables = ReadVariables();
    private readonly string _directory = Environment.CurrentDirectory;
    private readonly (CultureInfo? Format, CultureInfo? Texts) _cultures =
        (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture);

    private readonly (TextReader In, TextWriter Out, TextWriter Error) _console = ReadConsole();

    /// <summary>Restores what is different now.</summary>
    /// <returns>What that was, for people; the values are not in it.</returns>
    /// <exception cref="IOException">The working directory exists no longer.</exception>
    public IReadOnlyList<string> Restore()
    {
        var changed = new List<string>();
        RestoreVariables(changed);
        // Linux names a directory that was removed; then there is nothing that could be compared.
        if (!string.Equals(FindDirectory(), _directory, StringComparison.Ordinal))
        {
            Environment.CurrentDirectory = _directory;
            changed.Add("the working directory");
        }
        if (_cultures != (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture))
        {
            (CultureInfo.DefaultThreadCurrentCulture, CultureInfo.DefaultThreadCurrentUICulture) = _cultures;
            changed.Add("the default culture");
        }
        if (_console != (Console.In, Console.Out, Console.Error))
        {
            Console.SetIn(_console.In);
            Console.SetOut(_console.Out);
            Console.SetError(_console.Error);
            changed.Add("the console");
        }
        return changed;
    }

    private void RestoreVariables(List<string> changed)
    {
        var now = ReadVariables();
        foreach (var name in now.Keys.Union(_variables.Keys, StringComparer.Ordinal))
        {
            if (string.Equals(now.GetValueOrDefault(name), _variables.GetValueOrDefault(name), StringComparison.Ordinal))
                continue;
            Environment.SetEnvironmentVariable(name, _variables.GetValueOrDefault(name));
            changed.Add($"the environment variable [{name}]");
        }
    }

    private static (TextReader In, TextWriter Out, TextWriter Error) ReadConsole()
    {
        SendingConsole.Install(); // before what is restored is read
        return (Console.In, Console.Out, Console.Error);
    }

    private static string? FindDirectory()
    {
        try
        {
            return Environment.CurrentDirectory;
        }
        catch (IOException)
        {
            return null;
        }
    }

    private static Dictionary<string, string> ReadVariables() =>
        Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(one => (string)one.Key, one => (string)one.Value!, StringComparer.Ordinal);
}
