namespace ActorPool.Benchmarks.Peers;

/// <summary>What the remote end of <see cref="AkkaRemotePeer"/> does with an array.</summary>
internal enum RawOperation : byte
{
    Echo,
    Square,
    Sum,
    Make,
}

/// <summary>An operation and its array; the answer has another array.</summary>
internal sealed record RawMessage(RawOperation Operation, Array Items);
