using System.Text.RegularExpressions;

namespace ActorPool.ClusterTests.Values;

/// <summary>Finds out whether an exception refuses a value by name.</summary>
internal static partial class Refusal
{
    private static readonly string[] s_refusals = [typeof(PayloadException).FullName!, typeof(FunctionNotShippableException).FullName!];

    /// <summary>Finds the message that refuses a value of this declared type.</summary>
    /// <returns>Null when the exception is something else, or names neither a type nor a member.</returns>
    public static string? Find(Exception? error, Type declared)
    {
        for (; error is not null; error = error.InnerException)
        {
            var names = error switch
            {
                PayloadException { Member: not null } or FunctionNotShippableException { CapturedType: not null } => true,
                PayloadException or FunctionNotShippableException => Names(error.Message, declared),
                RemoteException remote when s_refusals.Contains(remote.TypeName, StringComparer.Ordinal) => Names(error.Message, declared),
                _ => false,
            };
            if (names)
                return error.Message.ReplaceLineEndings(" ");
        }
        return null;
    }

    private static bool Names(string message, Type declared)
    {
        var quoted = Quoted().Matches(message).Select(match => match.Value).ToArray();
        return GetNames(declared).Any(name => quoted.Any(text => text.Contains(name, StringComparison.Ordinal)));
    }

    private static IEnumerable<string> GetNames(Type type)
    {
        if (type.GetElementType() is { } element)
            return GetNames(element);
        // In messages, generic types have their arguments in place of the number of these.
        return type.GetGenericArguments().SelectMany(GetNames).Prepend(type.Name.Split('`')[0]);
    }

    [GeneratedRegex(@"\[[^\]]+\]", RegexOptions.None, matchTimeoutMilliseconds: 10_000)]
    private static partial Regex Quoted();
}
