using System.Collections.Frozen;
using System.Security.Cryptography;

namespace ActorPool.Dashboard;

/// <summary>The files of the dashboard's page, which are resources of this assembly.</summary>
/// <remarks>They are read once, at the first use: some 200 kB. All members may be called at the same time.</remarks>
internal static class PageFiles
{
    private const string Index = "/index.html";
    private static readonly FrozenDictionary<string, PageFile> s_files = typeof(PageFiles).Assembly.GetManifestResourceNames()
        .Where(name => name.StartsWith('/')).Select(Read).ToFrozenDictionary(file => file.Path, StringComparer.Ordinal);

    /// <summary>All files, in no order.</summary>
    public static IReadOnlyCollection<PageFile> All => s_files.Values;

    /// <summary>Finds a file by the path of a request.</summary>
    /// <param name="path">Path without a query, such as <c>/app.js</c>; <c>/</c> is <c>/index.html</c>. Case matters.</param>
    /// <returns>The file, or <see langword="null"/> if there is none of that path.</returns>
    public static PageFile? Find(string path) => s_files.GetValueOrDefault(path is "/" ? Index : path);

    private static PageFile Read(string name)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(name)!;
        var content = new byte[stream.Length];
        stream.ReadExactly(content);
        var hash = Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 16));
        return new PageFile(name, GetContentType(name), $"\"{hash}\"", content);
    }

    private static string GetContentType(string name) => Path.GetExtension(name) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".txt" => "text/plain; charset=utf-8",
        _ => throw new InvalidOperationException($"The page has a file [{name}] without a content type: add it to PageFiles."),
    };
}
