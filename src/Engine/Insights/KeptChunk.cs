using System.Runtime.InteropServices;

namespace ActorPool.Insights;

/// <summary>A chunk that came back, in as few bytes as it takes.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct KeptChunk(in RecordedChunk chunk)
{
    public readonly long Start = chunk.Start;
    public readonly int Count = chunk.Count;
    public readonly int Holder = chunk.HolderId;
    public readonly float Begin = (float)chunk.Begin;
    public readonly float End = (float)chunk.End;
    public readonly float Work = (float)chunk.Work;
    public readonly float Waited = (float)chunk.Waited;
    public readonly ushort Attempt = (ushort)Math.Min(chunk.Attempt, ushort.MaxValue);
    private readonly byte _state = (byte)chunk.State;
    private readonly byte _sizeReason = (byte)chunk.SizeReason;

    public ChunkState State => (ChunkState)_state;

    public ChunkSizeReason SizeReason => (ChunkSizeReason)_sizeReason;

    /// <summary>The mean time of its items, in seconds.</summary>
    public double Each => Work / Count;
}

/// <summary>A chunk that came back; times are seconds since the job's start.</summary>
/// <remarks>Its holder has a number, and a name if it is no worker of this process: making one for each chunk would cost memory.</remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RecordedChunk(
    long Start, int Count, int Attempt, ChunkState State, int HolderId, string? Holder, double Begin, double End, double Work)
{
    /// <summary>Why it had this many items.</summary>
    public ChunkSizeReason SizeReason { get; init; }

    /// <summary>How long it waited at its node for a worker, in seconds.</summary>
    public double Waited { get; init; }
}
