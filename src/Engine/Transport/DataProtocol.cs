using System.Buffers.Binary;
using ActorPool.Functions;
using ActorPool.Serialization;
using ActorPool.Shipping;

namespace ActorPool.Transport;

/// <summary>The frames of the data plane, in the order in which a pool and a node use them.</summary>
/// <remarks>
/// <code>
/// pool ──Offer──► node      these modules will be needed
/// pool ◄──Need─── node      of those, these are missing
/// pool ─Module──► node      one of them
/// pool ─Session─► node      initializer, state factory and limits of the pool's workers; once, before the first job
/// pool ─Share───► node      a broadcast value
/// pool ─Code────► node      types and functions, under a number
/// pool ─Run─────► node      a chunk of inputs; the first one of a job brings its definition, and any one may say which jobs have ended
/// pool ◄──Began── node      a worker is about to run the chunk; only where the pool has asked for it with Run
/// pool ◄─Outcome─ node      exactly one for each Run: results and failures, or that it was stopped, or handed back
/// pool ─EndJobs─► node      forget these jobs, and stop what runs of them
/// pool ◄─JobFailed, SessionFailed─ node   it cannot be run there at all
/// pool ◄─Holding─ node      every lease-interval: which chunks the node has; renews their leases
/// pool ──Beat───► node      every lease-interval: the pool is there
/// </code>
/// Frames of one direction arrive in order. Nothing is sent unasked: a pool has at most as many chunks at a node as the node has workers, and its prefetch.
/// </remarks>
internal static partial class DataProtocol
{
    public const byte Offer = 1;
    public const byte Module = 2;
    public const byte Session = 3;
    public const byte Share = 4;
    public const byte Code = 5;
    public const byte Run = 6;
    public const byte EndJobs = 7;
    public const byte Beat = 8;

    /// <summary>Codes that a node keeps for one pool; what comes beyond, it forgets after one job.</summary>
    public const int MostCodesKept = 1024;

    /// <summary>Bound for codes that wait for their job, on top of those kept.</summary>
    public const int MostCodes = 4 * MostCodesKept;

    public const byte Need = 65;
    public const byte Outcome = 66;
    public const byte JobFailed = 67;
    public const byte SessionFailed = 68;
    public const byte Holding = 69;
    public const byte Began = 70;

    /// <exception cref="PayloadException">The frame is larger than the other side takes.</exception>
    public static void CheckFits(PayloadWriter body, DataConnection connection, string what)
    {
        if (body.Length > connection.PeerMaxFrameBytes)
        {
            throw new PayloadException(
                $"The {what} of one chunk have [{body.Length}] bytes, and the other side takes [{connection.PeerMaxFrameBytes}] in one frame. Use smaller chunks (JobOptions.ChunkSize), or raise actorpool.cluster.max-frame-bytes there.");
        }
    }

    public static void WriteModule(PayloadWriter writer, ModuleIdentity module)
    {
        writer.WriteText(module.Name);
        writer.WriteText(module.Version.ToString());
        writer.WriteGuid(module.Mvid);
        writer.WriteText(module.Sha256);
        writer.WriteInt64(module.Length);
    }

    public static async ValueTask<ModuleIdentity> ReadModuleAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var name = await reader.ReadTextAsync(cancellationToken);
        if (!Version.TryParse(await reader.ReadTextAsync(cancellationToken), out var version))
            throw new InvalidDataException($"The module [{name}] has no version that can be read.");
        var mvid = await reader.ReadGuidAsync(cancellationToken);
        var hash = await reader.ReadTextAsync(cancellationToken);
        return new ModuleIdentity(name, version, mvid, hash, await reader.ReadInt64Async(cancellationToken));
    }

    public static void WriteEnded(PayloadWriter writer, IReadOnlyCollection<long> jobs)
    {
        writer.WriteInt32(jobs.Count);
        foreach (var job in jobs)
            writer.WriteInt64(job);
    }

    public static async ValueTask<long[]> ReadEndedAsync(PayloadReader reader, CancellationToken cancellationToken)
    {
        var count = await reader.ReadCountAsync(sizeof(long), cancellationToken);
        var jobs = count == 0 ? [] : new long[count];
        for (var i = 0; i < count; i++)
            jobs[i] = await reader.ReadInt64Async(cancellationToken);
        return jobs;
    }

    /// <summary>What became of a chunk.</summary>
    public enum OutcomeStatus : byte
    {
        /// <summary>It ran: results and failures follow.</summary>
        Ran = 1,

        /// <summary>An item failed and ended the job: its failure follows, results do not.</summary>
        Failed,

        /// <summary>It was stopped with its job.</summary>
        Stopped,

        /// <summary>It did not run, or not to its end, since the node leaves: it can be dealt to another.</summary>
        Returned,
    }

    /// <summary>How an item's failure comes back: as one of the pool's own errors, or as the data of a foreign one.</summary>
    public enum FailureKind : byte
    {
        Remote = 1,
        ItemTimeout,
        Poison,
    }

    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    public readonly record struct RunHeader(long Job, long Chunk, long Start, int Count, int Attempt, bool TellsBegin)
    {
        private const int Size = 33;

        public void Write(PayloadWriter writer)
        {
            var span = writer.GetSpan(Size);
            BinaryPrimitives.WriteInt64LittleEndian(span, Job);
            BinaryPrimitives.WriteInt64LittleEndian(span[8..], Chunk);
            BinaryPrimitives.WriteInt64LittleEndian(span[16..], Start);
            BinaryPrimitives.WriteInt32LittleEndian(span[24..], Count);
            BinaryPrimitives.WriteInt32LittleEndian(span[28..], Attempt);
            span[32] = TellsBegin ? (byte)1 : (byte)0;
            writer.Advance(Size);
        }

        public static async ValueTask<RunHeader> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var bytes = await reader.ReadBytesAsync(Size, cancellationToken);
            return new RunHeader(
                BinaryPrimitives.ReadInt64LittleEndian(bytes),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8)),
                BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(16)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(24)),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(28)),
                bytes[32] != 0);
        }
    }

    /// <summary>What a node has of a pool's chunks.</summary>
    /// <param name="LastChunk">The last one that has arrived; 0 for none.</param>
    /// <param name="Count">How many of those up to it have no outcome on its way yet; never too few.</param>
    [System.Runtime.InteropServices.StructLayout(System.Runtime.InteropServices.LayoutKind.Auto)]
    public readonly record struct HoldingHeader(long LastChunk, int Count)
    {
        public void Write(PayloadWriter writer)
        {
            writer.WriteInt64(LastChunk);
            writer.WriteInt32(Count);
        }

        public static async ValueTask<HoldingHeader> ReadAsync(PayloadReader reader, CancellationToken cancellationToken) =>
            new(await reader.ReadInt64Async(cancellationToken), await reader.ReadInt32Async(cancellationToken));
    }

    /// <param name="Chunk">The number that <see cref="RunHeader"/> gave it.</param>
    /// <param name="Status">What became of it.</param>
    /// <param name="Elapsed">How long the function ran over it.</param>
    /// <param name="Retried">Attempts that were followed by another one.</param>
    /// <param name="Attempts">How many attempts an item took, by its offset; only those that took more than one.</param>
    /// <param name="Failures">Items that failed for good.</param>
    public sealed record OutcomeHeader(
        long Chunk, OutcomeStatus Status, TimeSpan Elapsed, int Retried, IReadOnlyList<(int Offset, int Attempts)> Attempts, IReadOnlyList<ItemFailure> Failures)
    {
        private const int FixedSize = 29;

        public void Write(PayloadWriter writer)
        {
            var span = writer.GetSpan(FixedSize);
            BinaryPrimitives.WriteInt64LittleEndian(span, Chunk);
            span[8] = (byte)Status;
            BinaryPrimitives.WriteInt64LittleEndian(span[9..], Elapsed.Ticks);
            BinaryPrimitives.WriteInt32LittleEndian(span[17..], Retried);
            BinaryPrimitives.WriteInt32LittleEndian(span[21..], Attempts.Count);
            BinaryPrimitives.WriteInt32LittleEndian(span[25..], Failures.Count);
            writer.Advance(FixedSize);
            foreach (var (offset, attempts) in Attempts)
            {
                writer.WriteInt32(offset);
                writer.WriteInt32(attempts);
            }
            foreach (var failure in Failures)
                failure.Write(writer);
        }

        public static async ValueTask<OutcomeHeader> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var bytes = await reader.ReadBytesAsync(FixedSize, cancellationToken);
            var (attemptCount, failureCount) = (BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(21)), BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(25)));
            if (attemptCount < 0 || failureCount < 0 || ((long)attemptCount * 8) + ((long)failureCount * ItemFailure.LeastSize) > reader.Remaining)
                throw new InvalidDataException($"An outcome says that it has [{attemptCount}] retried items and [{failureCount}] failures, which are more than its bytes.");
            var attempts = attemptCount == 0 ? [] : new (int, int)[attemptCount];
            for (var i = 0; i < attemptCount; i++)
                attempts[i] = (await reader.ReadInt32Async(cancellationToken), await reader.ReadInt32Async(cancellationToken));
            var failures = failureCount == 0 ? [] : new ItemFailure[failureCount];
            for (var i = 0; i < failureCount; i++)
                failures[i] = await ItemFailure.ReadAsync(reader, cancellationToken);
            return new OutcomeHeader(
                BinaryPrimitives.ReadInt64LittleEndian(bytes), (OutcomeStatus)bytes[8], TimeSpan.FromTicks(BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(9))),
                BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(17)), attempts, failures);
        }
    }

    /// <summary>One item's failure as data.</summary>
    /// <param name="Index">Position in the job.</param>
    /// <param name="Attempts">Attempts made.</param>
    /// <param name="Worker">Name of the worker on its node.</param>
    /// <param name="Kind">Whether it is one of the pool's own errors.</param>
    /// <param name="Error">The exception.</param>
    public sealed record ItemFailure(long Index, int Attempts, string Worker, FailureKind Kind, RemoteFailure Error)
    {
        /// <summary>Bytes that each one has at least.</summary>
        public const int LeastSize = 17;

        public static ItemFailure Of(WorkItemException failure)
        {
            var error = failure.InnerException!;
            // A timeout of the pool's own was never thrown; one that the function threw has a stack.
            var kind = error switch
            {
                TimeoutException { StackTrace: null } => FailureKind.ItemTimeout,
                PoisonItemException => FailureKind.Poison,
                _ => FailureKind.Remote,
            };
            return new ItemFailure(failure.Index, failure.Attempts, failure.Worker, kind, RemoteFailure.Of(error));
        }

        public WorkItemException ToException(string node) => new(Index, $"{Worker} on {node}", Attempts, Kind switch
        {
            FailureKind.ItemTimeout => new TimeoutException(Error.ToException().Message),
            FailureKind.Poison => new PoisonItemException(Error.ToException().Message, Error.ToException().InnerException),
            _ => Error.ToException(),
        });

        public void Write(PayloadWriter writer)
        {
            writer.WriteInt64(Index);
            writer.WriteInt32(Attempts);
            writer.WriteByte((byte)Kind);
            writer.WriteText(Worker);
            Error.Write(writer);
        }

        public static async ValueTask<ItemFailure> ReadAsync(PayloadReader reader, CancellationToken cancellationToken)
        {
            var index = await reader.ReadInt64Async(cancellationToken);
            var attempts = await reader.ReadInt32Async(cancellationToken);
            var kind = (FailureKind)await reader.ReadByteAsync(cancellationToken);
            var worker = await reader.ReadTextAsync(cancellationToken);
            return new ItemFailure(index, attempts, worker, kind, await RemoteFailure.ReadAsync(reader, cancellationToken));
        }
    }
}
