using ActorPool.Diagnostics;

namespace ActorPool.Node.Nodes;

/// <summary>Refuses to start a node without cultures.</summary>
/// <remarks>A node runs other programs' functions, and would sort, compare and format text differently from those programs.</remarks>
internal static class NodeCultures
{
    /// <exception cref="NodeException">The process lacks cultures.</exception>
    public static void Check()
    {
        if (FindFault(CultureProbe.Measure()) is { } reason)
            throw new NodeException(reason) { ExitCode = CommandLine.WrongConfiguration };
    }

    /// <summary>Says in one line what is missing and what to do; null if nothing is.</summary>
    public static string? FindFault(CultureSupport support) => support switch
    {
        CultureSupport.Full => null,
        CultureSupport.EnglishOnly =>
            "ICU, the library of cultures, has only the data for English here: functions would format text differently from their callers' "
            + "processes. Install the rest (Alpine: apk add icu-data-full).",
        _ => "ICU, the library of cultures, is missing here: functions would sort, compare and format text differently from their callers' "
            + "processes. Install it (Debian, Ubuntu: apt-get install libicu-dev, or the package libicu with a number; "
            + "Fedora: dnf install libicu; Alpine: apk add icu-libs icu-data-full).",
    };
}
