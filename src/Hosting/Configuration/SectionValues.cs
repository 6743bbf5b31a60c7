using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace ActorPool.Hosting.Configuration;

/// <summary>Lists what a section of the host's configuration has.</summary>
internal static class SectionValues
{
    /// <summary>Lists the keys with their values; a list of values is one, with commas.</summary>
    /// <param name="section">The section.</param>
    /// <param name="isRead">Tells which keys directly in it to take; null for all.</param>
    /// <returns>The keys within the section.</returns>
    public static IReadOnlyList<(string Key, string Value)> List(IConfigurationSection section, Func<string, bool>? isRead = null)
    {
        var values = new List<(string Key, string Value)>();
        foreach (var child in section.GetChildren().Where(child => isRead?.Invoke(child.Key) is not false))
            Add(child, child.Key, values);
        return values;
    }

    /// <summary>Finds the value that a section has itself, where only its keys mean something.</summary>
    /// <param name="section">The section.</param>
    /// <param name="example">A key that it may have.</param>
    /// <returns>A sentence with key and value; null if it has none.</returns>
    public static string? FindOwn(IConfigurationSection section, string example) => section.Value is { Length: > 0 } value
        ? $"{section.Path} is [{value}], but it is a section. Set its keys instead, such as {section.Path}:{example}."
        : null;

    private static void Add(IConfigurationSection section, string key, List<(string Key, string Value)> values)
    {
        var children = section.GetChildren().ToArray();
        if (children.Length > 0 && Array.TrueForAll(children, child => int.TryParse(child.Key, CultureInfo.InvariantCulture, out _)))
        {
            values.Add((key, string.Join(',', children.Select(child => child.Value))));
            return;
        }
        if (section.Value is { } value && (children.Length == 0 || value.Length > 0))
            values.Add((key, value));
        foreach (var child in children)
            Add(child, $"{key}:{child.Key}", values);
    }
}
