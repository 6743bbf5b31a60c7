using Akka.Actor;

namespace ActorPool.Benchmarks.Peers;

/// <summary>To a router's worker: run the body for From ≤ index &lt; To.</summary>
internal sealed record RunRange(Action<int, int> Body, int From, int To) : INoSerializationVerificationNeeded;
