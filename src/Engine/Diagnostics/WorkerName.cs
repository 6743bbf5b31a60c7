namespace ActorPool.Diagnostics;

/// <summary>Formats the name of a worker for logs and errors.</summary>
internal static class WorkerName
{
    public static string Format(int id) => $"worker-{id}";
}
