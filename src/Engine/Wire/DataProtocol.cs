using ActorPool.Serialization;
using ActorPool.Transport;

namespace ActorPool.Wire;

/// <summary>The frames of the data plane.</summary>
/// <remarks>
/// In the order in which a pool and a node use them:
/// <code>
/// pool ──Offer──────────► node    these modules will be needed
/// pool ◄─MissingModules── node    the offered modules that the node does not have
/// pool ──Module─────────► node    one of them
/// pool ──Converters─────► node    types and functions of the pool's converters; before the session, if it has any
/// pool ──Session────────► node    initializer, state factory and limits of the pool's workers; once, before the first job
/// pool ──Broadcast──────► node    a broadcast value
/// pool ──Code───────────► node    types and functions, under a number
/// pool ──Run────────────► node    a chunk of inputs; a job's first one has its definition, and each may list jobs that have ended
/// pool ◄─Started───────── node    a worker is about to run the chunk; only if Run asked for it
/// pool ◄─Outcome───────── node    exactly one for each Run: results and failures, or that it was stopped or is handed back
/// pool ──EndJobs────────► node    forget these jobs, and stop their chunks
/// pool ◄─JobFailed─────── node    the node cannot run the job at all
/// pool ◄─SessionFailed─── node    the node cannot create the pool's workers
/// pool ◄─AskModule─────── node    a function loads a module by name: an assembly, a satellite assembly or a native library
/// pool ──AnswerModule───► node    its manifest, after what Offer and Module do for it; or that the program has none
/// pool ◄─Log───────────── node    a line that a function has logged or written; only if Session asked for it
/// pool ◄─RenewLeases───── node    every lease-interval: how many chunks the node has; renews their leases
/// pool ──Heartbeat──────► node    every lease-interval: the pool is alive
/// </code>
/// A body consists of records (<see cref="WireRecord"/>) and, for some kinds, raw bytes after them: a module, code, inputs or results.
/// Frames of one direction arrive in order. A pool has at most one chunk at a node for each of its workers, and
/// <c>prefetch</c> more for each worker.
/// </remarks>
internal static partial class DataProtocol
{
    public const byte Offer = 1;
    public const byte Module = 2;
    public const byte Session = 3;
    public const byte Broadcast = 4;
    public const byte Code = 5;
    public const byte Run = 6;
    public const byte EndJobs = 7;
    public const byte Heartbeat = 8;
    public const byte AnswerModule = 9;
    public const byte Converters = 10;

    /// <summary>Most codes that a node keeps for one pool; others serve one job.</summary>
    public const int MaxCodesKept = 1024;

    /// <summary>Most codes that a node holds for one pool, kept or waiting for their job.</summary>
    public const int MaxCodes = 4 * MaxCodesKept;

    public const byte MissingModules = 65;
    public const byte Outcome = 66;
    public const byte JobFailed = 67;
    public const byte SessionFailed = 68;
    public const byte RenewLeases = 69;
    public const byte Started = 70;
    public const byte AskModule = 71;

    /// <exception cref="PayloadException">The frame is larger than the other side takes.</exception>
    public static void CheckFits(PayloadWriter body, DataConnection connection, string what)
    {
        if (body.Length > connection.PeerMaxFrameBytes)
        {
            throw new PayloadException(
                $"The {what} of one chunk have [{body.Length}] bytes, and the other side takes at most [{connection.PeerMaxFrameBytes}] "
                + "in one frame. Use smaller chunks (JobOptions.ChunkSize), or raise actorpool.cluster.max-frame-bytes there.");
        }
    }

    /// <summary>A chunk; its inputs follow.</summary>
    /// <param name="Job">The number of its job at the caller.</param>
    /// <param name="Chunk">Number of the chunk, above those before it.</param>
    /// <param name="Start">Position of its first input in the job.</param>
    /// <param name="Count">Number of its inputs.</param>
    /// <param name="Attempt">Which attempt this is, from 1.</param>
    /// <param name="ReportsStart">Whether the node reports when a worker starts the chunk.</param>
    /// <param name="IsSuspect">Whether its items were lost with a process before: one of them may have ended it.</param>
    /// <param name="Definition">The job's definition, with its first chunk; otherwise null.</param>
    /// <param name="Ended">Jobs that have ended and that the node can forget.</param>
    public sealed record RunHeader(
        long Job, long Chunk, long Start, int Count, int Attempt, bool ReportsStart, bool IsSuspect,
        JobDefinition? Definition, IReadOnlyCollection<long> Ended)
        : IWireRecord<RunHeader>
    {
        public static int MaxBytes => JobDefinition.MaxBytes + EndedJobs.MaxBytes + 64;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(9);
            writer.WriteInt64(Job);
            writer.WriteInt64(Chunk);
            writer.WriteInt64(Start);
            writer.WriteInt32(Count);
            writer.WriteInt32(Attempt);
            writer.WriteBoolean(ReportsStart);
            writer.WriteBoolean(IsSuspect);
            if (Definition is null)
                writer.WriteNull();
            else
                Definition.WriteFields(writer);
            EndedJobs.Write(writer, Ended);
        }

        public static RunHeader ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(9);
            return new RunHeader(
                reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadBoolean(),
                reader.ReadBoolean(), reader.TryReadNull() ? null : JobDefinition.ReadFields(reader), EndedJobs.Read(reader));
        }
    }

    /// <summary>Jobs that the node can forget, and whose chunks it stops.</summary>
    public sealed record EndedJobs(IReadOnlyCollection<long> Jobs) : IWireRecord<EndedJobs>
    {
        /// <summary>Most jobs in one record; a pool sends them before it has more.</summary>
        public const int MaxJobs = 1000;

        public static int MaxBytes => MaxJobs * 9 + 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(1);
            Write(writer, Jobs);
        }

        public static EndedJobs ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(1);
            return new EndedJobs(Read(reader));
        }

        internal static void Write(RecordWriter writer, IReadOnlyCollection<long> jobs)
        {
            writer.WriteCount(jobs.Count);
            foreach (var job in jobs)
                writer.WriteInt64(job);
        }

        internal static long[] Read(RecordReader reader)
        {
            var jobs = reader.ReadCount(MaxJobs) is > 0 and var count ? new long[count] : [];
            for (var i = 0; i < jobs.Length; i++)
                jobs[i] = reader.ReadInt64();
            return jobs;
        }
    }
}
