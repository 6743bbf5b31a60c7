namespace ClusterSample;

/// <summary>What one call of the function returns.</summary>
internal sealed record Part(int Primes, int ProcessId, string Caller);
