using System.Runtime.CompilerServices;

namespace ActorPool.Tests.Architecture;

/// <summary>The source files of the repository, as text.</summary>
internal static class Source
{
    private static readonly string[] s_folders = ["src", "tests", "samples"];
    private static readonly string[] s_kinds = ["class", "interface", "enum", "struct", "record", "delegate"];

    /// <summary>The repository's folder, found by the path of this file at compile time.</summary>
    public static string Root { get; } = Path.GetFullPath(Path.Combine(GetThisFile(), "..", "..", "..", ".."));

    public static string Engine { get; } = Path.Combine(Root, "src", "Engine");

    public static IEnumerable<string> GetFiles(string folder) =>
        Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(Root, file).Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"));

    /// <summary>Returns the C# files of all projects.</summary>
    public static IEnumerable<string> GetAllFiles() =>
        s_folders.Select(folder => Path.Combine(Root, folder)).Where(Directory.Exists).SelectMany(GetFiles);

    /// <summary>Reads the lines of code without their string literals.</summary>
    /// <remarks>So comments and messages may name any folder.</remarks>
    public static IEnumerable<string> ReadCodeLines(string file) =>
        File.ReadLines(file)
            .Where(line => !line.TrimStart().StartsWith("//", StringComparison.Ordinal))
            .Select(line => string.Concat(line.Split('"').Where((_, i) => i % 2 == 0)));

    public static bool HasWord(string line, string word)
    {
        for (var at = line.IndexOf(word, StringComparison.Ordinal); at >= 0; at = line.IndexOf(word, at + 1, StringComparison.Ordinal))
        {
            var end = at + word.Length;
            if ((at == 0 || !IsPart(line[at - 1])) && (end == line.Length || !IsPart(line[end])))
                return true;
        }
        return false;

        static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';
    }

    /// <summary>Reads the names of the types that a file declares in its namespace.</summary>
    /// <remarks>Their declarations start in the first column.</remarks>
    public static List<string> ReadTopLevelTypes(string file)
    {
        var types = new List<string>();
        foreach (var line in File.ReadLines(file).Where(line => line.Length > 0 && char.IsLetter(line[0])))
        {
            var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            var kind = Array.FindIndex(words, word => s_kinds.Contains(word, StringComparer.Ordinal));
            if (kind < 0 || words[0] is "using" or "namespace")
                continue;
            if (words[kind] is "record" && words[kind + 1] is "class" or "struct")
                kind++;
            if (words[kind] is "delegate")
                kind++; // skips the result type
            types.Add(new string([.. words[kind + 1].TakeWhile(c => char.IsLetterOrDigit(c) || c == '_')]));
        }
        return types;
    }

    private static string GetThisFile([CallerFilePath] string path = "") => path;
}
