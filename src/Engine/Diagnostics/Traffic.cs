namespace ActorPool.Diagnostics;

/// <summary>Counts the bytes of one or more connections.</summary>
/// <remarks>Any thread may add and read. A connection adds once for each call of the system.</remarks>
internal sealed class Traffic
{
    private long _sent;
    private long _received;

    public long Sent => Interlocked.Read(ref _sent);

    public long Received => Interlocked.Read(ref _received);

    public void AddSent(long bytes) => Interlocked.Add(ref _sent, bytes);

    public void AddReceived(long bytes) => Interlocked.Add(ref _received, bytes);
}
