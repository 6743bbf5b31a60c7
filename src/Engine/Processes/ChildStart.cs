using System.Globalization;
using System.Text;

namespace ActorPool.Processes;

/// <summary>What a worker process is told at its start.</summary>
/// <remarks>
/// It is one line of the child's standard input: the secret is neither on a command line nor in an environment, which other processes
/// can read. Each field is Base64 of UTF-8, so that paths may have any character.
/// </remarks>
internal sealed record ChildStart
{
    private const int FixedFields = 10;

    /// <summary>The Unix domain socket at which the parent listens.</summary>
    public required string SocketPath { get; init; }

    /// <summary>The file of the note that tells which item runs.</summary>
    public required string NotePath { get; init; }

    public required Guid SessionId { get; init; }

    public required ReadOnlyMemory<byte> Secret { get; init; }

    /// <summary>The worker's number in its pool.</summary>
    public int WorkerId { get; init; }

    /// <summary>How long the process waits at its end for a function that has not returned.</summary>
    public TimeSpan AbandonAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Limit of the child's managed memory, in bytes, with which .NET refuses to allocate more.</summary>
    /// <value>At least 1; default: none of its own, which is the parent's if its environment has one.</value>
    public long? MaxMemoryBytes { get; init; }

    /// <summary>Name of the default culture of the parent's threads; null: the system's.</summary>
    public string? Culture { get; init; }

    /// <summary>The same of the culture of texts.</summary>
    public string? UICulture { get; init; }

    /// <summary>For tests: a static method that runs in place of a session; empty for none.</summary>
    /// <value><c>Method@Namespace.Type, Assembly</c>; it takes a <see cref="ChildStart"/> and returns a task of an exit code.</value>
    public string Handler { get; init; } = "";

    /// <summary>The parent's values of variables that the child gets, which the child restores.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> ParentVariables { get; init; } = [];

    public byte[] ToLine()
    {
        string[] fields =
        [
            SocketPath, NotePath, SessionId.ToString("N"), Convert.ToBase64String(Secret.Span), Handler,
            WorkerId.ToString(CultureInfo.InvariantCulture), AbandonAfter.ToString("c", CultureInfo.InvariantCulture),
            FormatName(Culture), FormatName(UICulture), MaxMemoryBytes?.ToString(CultureInfo.InvariantCulture) ?? "",
        ];
        // Without a value: a variable that the parent does not have.
        var variables = ParentVariables.Select(variable => variable.Value is null ? variable.Key : $"{variable.Key}={variable.Value}");
        var encoded = fields.Concat(variables).Select(field => Convert.ToBase64String(Encoding.UTF8.GetBytes(field)));
        return Encoding.ASCII.GetBytes($"{string.Join(' ', encoded)}\n");
    }

    /// <exception cref="FormatException">It is no such line.</exception>
    public static ChildStart FromLine(string line)
    {
        var fields = Array.ConvertAll(line.Split(' '), field => Encoding.UTF8.GetString(Convert.FromBase64String(field)));
        if (fields.Length < FixedFields)
            throw new FormatException($"A worker process is told [{FixedFields}] fields or more, and was told [{fields.Length}].");
        return new ChildStart
        {
            SocketPath = fields[0],
            NotePath = fields[1],
            SessionId = Guid.ParseExact(fields[2], "N"),
            Secret = Convert.FromBase64String(fields[3]),
            Handler = fields[4],
            WorkerId = int.Parse(fields[5], CultureInfo.InvariantCulture),
            AbandonAfter = TimeSpan.ParseExact(fields[6], "c", CultureInfo.InvariantCulture),
            Culture = ParseName(fields[7]),
            UICulture = ParseName(fields[8]),
            MaxMemoryBytes = fields[9].Length == 0 ? null : long.Parse(fields[9], CultureInfo.InvariantCulture),
            ParentVariables = Array.ConvertAll(fields[FixedFields..], ParseVariable),
        };
    }

    // Keeps the secret out of logs.
    public override string ToString() => $"session {SessionId} at {SocketPath}";

    // The invariant culture's name is empty.
    private static string FormatName(string? name) => name is null ? "" : $"={name}";

    private static string? ParseName(string field) => field.Length == 0 ? null : field[1..];

    private static KeyValuePair<string, string?> ParseVariable(string field) =>
        field.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? new(field[..at], field[(at + 1)..]) : new(field, null);
}
