using System.Globalization;

namespace ActorPool.Diagnostics;

/// <summary>Formats the name of a worker for logs and errors.</summary>
internal static class WorkerName
{
    public static string Format(int id) => $"worker-{id}";

    /// <summary>Names the worker and the item that it runs.</summary>
    public static string Format(string worker, long item, string job) =>
        string.Create(CultureInfo.InvariantCulture, $"{worker}, item {item} of [{job}]");
}
