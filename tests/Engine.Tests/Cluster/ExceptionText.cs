using System.Collections;
using System.Globalization;
using System.Reflection;

namespace ActorPool.Tests.Cluster;

/// <summary>Writes all that a caller sees of an exception, to compare those of two pools.</summary>
internal static class ExceptionText
{
    // A token or a task of the other process, a method, and what is compared in other ways.
    private static readonly string[] s_left =
    [
        nameof(Exception.TargetSite), nameof(Exception.StackTrace), nameof(Exception.Data), nameof(Exception.InnerException),
        nameof(AggregateException.InnerExceptions), nameof(OperationCanceledException.CancellationToken),
        nameof(TaskCanceledException.Task), "ValidationAttribute", "ValidationResult", "RemoteStackTrace", "Worker",
    ];

    public static string Describe(Exception error) => string.Join('\n', GetLines(error, depth: 0));

    private static IEnumerable<string> GetLines(Exception error, int depth)
    {
        if (depth > 20)
            yield break;
        var indent = new string(' ', depth);
        yield return $"{indent}{error.GetType()}";
        var properties = error.GetType().GetProperties(BindingFlags.Instance | BindingFlags.Public)
            .Where(property => !s_left.Contains(property.Name, StringComparer.Ordinal))
            // One that is text has no source: it is made, not thrown, in the process that reads it.
            .Where(property => error is not RemoteException || property.Name is not nameof(Exception.Source));
        foreach (var property in properties.OrderBy(property => property.Name, StringComparer.Ordinal))
        {
            var value = property.GetValue(error);
            yield return $"{indent}.{property.Name} = {(value is Exception ? "" : Format(value))}";
            foreach (var line in value is Exception held ? GetLines(held, depth + 1) : [])
                yield return line;
        }
        foreach (var entry in error.Data.Cast<DictionaryEntry>().OrderBy(entry => Format(entry.Key), StringComparer.Ordinal))
            yield return $"{indent}[{Format(entry.Key)}] = {Format(entry.Value)}";
        if (error is OperationCanceledException cancelled)
            yield return $"{indent}cancelled: {cancelled.CancellationToken.IsCancellationRequested}";
        IEnumerable<Exception?> inner = error is AggregateException all ? all.InnerExceptions : (Exception?[])[error.InnerException];
        foreach (var line in inner.OfType<Exception>().SelectMany(one => GetLines(one, depth + 1)))
            yield return line;
    }

    private static string Format(object? value) => value switch
    {
        null => "null",
        string text => $"\"{text}\"",
        IEnumerable<Exception> errors => string.Join(", ", errors.Select(Describe)),
        IEnumerable items => $"[{string.Join(", ", items.Cast<object?>().Select(Format))}]",
        DateTime time => $"{time:O} {time.Kind}",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value.GetType()} {value}"),
    };
}
