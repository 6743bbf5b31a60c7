using System.Runtime.InteropServices;
using ActorPool.Serialization;

namespace ActorPool.Wire;

// What a node reports about its chunks and jobs.
internal static partial class DataProtocol
{
    /// <summary>What became of a chunk.</summary>
    public enum OutcomeStatus : byte
    {
        /// <summary>It ran: results and failures follow.</summary>
        Ran = 1,

        /// <summary>An item failed and ended the job: its failure follows, results do not.</summary>
        Failed,

        /// <summary>It was stopped with its job.</summary>
        Stopped,

        /// <summary>It did not start; another node can run it.</summary>
        /// <remarks>The node is leaving, is outside its cluster, or has ended the session.</remarks>
        HandedBack,

        /// <summary>It started but did not finish before the session ended; another node can run it.</summary>
        /// <remarks>Anything that the function still does there is ignored.</remarks>
        Interrupted,
    }

    /// <summary>Why a node cannot run a job; one value for each way a pool reacts.</summary>
    public enum RefusalCause : byte
    {
        /// <summary>Another cause, which the error describes.</summary>
        Other,

        /// <summary>A value cannot travel, or could not be read.</summary>
        Payload,

        /// <summary>The node does not accept the function.</summary>
        Function,
    }

    /// <summary>A chunk is about to be worked on, or waits again.</summary>
    /// <param name="Chunk">The number that <see cref="RunHeader"/> gave it.</param>
    /// <param name="HasStarted">
    /// True: its inputs are about to be read, or a worker is about to run it. False: they were read, and it waits for a worker.
    /// </param>
    public sealed record StartReport(long Chunk, bool HasStarted) : IWireRecord<StartReport>
    {
        public static int MaxBytes => 16;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(2);
            writer.WriteInt64(Chunk);
            writer.WriteBoolean(HasStarted);
        }

        public static StartReport ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(2);
            return new StartReport(reader.ReadInt64(), reader.ReadBoolean());
        }
    }

    /// <summary>How many of a pool's chunks a node has.</summary>
    /// <param name="LastChunk">Number of the last chunk that arrived; 0 for none.</param>
    /// <param name="Count">How many chunks up to that one have no outcome sent yet; it may be too high, never too low.</param>
    public sealed record LeaseReport(long LastChunk, int Count) : IWireRecord<LeaseReport>
    {
        public static int MaxBytes => 32;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(2);
            writer.WriteInt64(LastChunk);
            writer.WriteInt32(Count);
        }

        public static LeaseReport ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(2);
            return new LeaseReport(reader.ReadInt64(), reader.ReadInt32());
        }
    }

    /// <summary>Says that the node cannot run a job at all.</summary>
    /// <remarks>For job 0, it says that the pool's workers cannot be created.</remarks>
    public sealed record RefusalReport(long Job, RefusalCause Cause, RemoteFailure Error) : IWireRecord<RefusalReport>
    {
        public static int MaxBytes => RemoteFailure.MaxBytes + 32;

        /// <param name="job">The job, or 0.</param>
        /// <param name="error">Why.</param>
        /// <param name="format">Writes what the user's code threw; null for errors of the pool, whose texts are enough.</param>
        public static RefusalReport From(long job, Exception error, ExceptionFormat? format = null)
        {
            var cause = error switch
            {
                PayloadException => RefusalCause.Payload,
                FunctionNotShippableException => RefusalCause.Function,
                _ => RefusalCause.Other,
            };
            return new RefusalReport(job, cause, format?.Capture(error) ?? RemoteFailure.From(error));
        }

        /// <param name="format">Makes what the user's code threw; null to make it as text.</param>
        public Exception ToException(ExceptionFormat? format = null) => Cause switch
        {
            // As themselves they name the member, the setting or the captured variable.
            RefusalCause.Payload => format?.Create(Error) as PayloadException ?? new PayloadException(Error.Message, Error.ToException()),
            RefusalCause.Function => format?.Create(Error) as FunctionNotShippableException
                ?? new FunctionNotShippableException(Error.Message, Error.ToException()),
            _ => format?.Create(Error) ?? Error.ToException(),
        };

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(3);
            writer.WriteInt64(Job);
            writer.WriteByte((byte)Cause);
            Error.WriteFields(writer);
        }

        public static RefusalReport ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(3);
            return new RefusalReport(reader.ReadInt64(), reader.ReadEnum<RefusalCause>(), RemoteFailure.ReadFields(reader));
        }
    }

    /// <summary>What became of a chunk; if it ran, the results follow.</summary>
    /// <param name="Chunk">The number that <see cref="RunHeader"/> gave it.</param>
    /// <param name="Status">What became of it.</param>
    /// <param name="Elapsed">How long the function ran on it.</param>
    /// <param name="Retried">Attempts that were followed by another.</param>
    /// <param name="Attempts">How many attempts an item took, by its offset; only items that took more than one.</param>
    /// <param name="Failures">Items that failed, after their retries.</param>
    public sealed record OutcomeHeader(
        long Chunk, OutcomeStatus Status, TimeSpan Elapsed, int Retried,
        IReadOnlyList<(int Offset, int Attempts)> Attempts, IReadOnlyList<ItemFailure> Failures)
        : IWireRecord<OutcomeHeader>
    {
        /// <summary>Bounds the attempts and failures of one chunk; the frame limit may be lower.</summary>
        public static int MaxBytes => 1 << 30;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(6);
            writer.WriteInt64(Chunk);
            writer.WriteByte((byte)Status);
            writer.WriteTimeSpan(Elapsed);
            writer.WriteInt32(Retried);
            writer.WriteCount(Attempts.Count);
            foreach (var (offset, attempts) in Attempts)
            {
                writer.WriteRecordHeader(2);
                writer.WriteInt32(offset);
                writer.WriteInt32(attempts);
            }
            writer.WriteCount(Failures.Count);
            foreach (var failure in Failures)
                failure.WriteFields(writer);
        }

        public static OutcomeHeader ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(6);
            var (chunk, status) = (reader.ReadInt64(), reader.ReadEnum<OutcomeStatus>());
            var (elapsed, retried) = (reader.ReadTimeSpan(), reader.ReadInt32());
            var attempts = reader.ReadCount(int.MaxValue) is > 0 and var attemptCount ? new (int, int)[attemptCount] : [];
            for (var i = 0; i < attempts.Length; i++)
            {
                reader.ReadRecordHeader(2);
                attempts[i] = (reader.ReadInt32(), reader.ReadInt32());
            }
            var failures = reader.ReadCount(int.MaxValue) is > 0 and var failureCount ? new ItemFailure[failureCount] : [];
            for (var i = 0; i < failures.Length; i++)
                failures[i] = ItemFailure.ReadFields(reader);
            return new OutcomeHeader(chunk, status, elapsed, retried, attempts, failures);
        }
    }

    /// <summary>How long a chunk waited at its node for a worker; behind its results.</summary>
    /// <remarks>An older client skips it. A node sends it only where it <see cref="IsWorthTelling"/>; an older one never does.</remarks>
    /// <param name="Waited">From its arrival to its start.</param>
    /// <param name="TakenByOthers">
    /// Time of workers that ran chunks of other pools while this pool's chunks waited, since another chunk has told that.
    /// </param>
    [StructLayout(LayoutKind.Auto)]
    public readonly record struct QueueTimes(TimeSpan Waited, TimeSpan TakenByOthers) : IWireRecord<QueueTimes>
    {
        private static readonly TimeSpan s_short = TimeSpan.FromMicroseconds(10);

        public static int MaxBytes => 32;

        /// <summary>Whether it is more than the time that a free worker takes to start.</summary>
        public bool IsWorthTelling => Waited > s_short;

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(2);
            writer.WriteTimeSpan(Waited);
            writer.WriteTimeSpan(TakenByOthers);
        }

        public static QueueTimes ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(2);
            return new QueueTimes(ReadTime(reader), ReadTime(reader));
        }

        private static TimeSpan ReadTime(RecordReader reader) => reader.ReadTimeSpan() is var time && time >= TimeSpan.Zero
            ? time
            : throw new InvalidDataException($"A chunk has waited for [{time}].");
    }

    /// <summary>One item's failure as data.</summary>
    /// <param name="Index">Position in the job.</param>
    /// <param name="Attempts">Attempts made.</param>
    /// <param name="Worker">Name of the worker on its node.</param>
    /// <param name="Cause">Whose error it is.</param>
    /// <param name="Error">The exception.</param>
    public sealed record ItemFailure(long Index, int Attempts, string Worker, ItemFailureCause Cause, RemoteFailure Error)
        : IWireRecord<ItemFailure>
    {
        private const int MaxWorkerBytes = 1024;

        public static int MaxBytes => RemoteFailure.MaxBytes + MaxWorkerBytes + 64;

        public static ItemFailure From(WorkItemException failure, ExceptionFormat format) =>
            new(failure.Index, failure.Attempts, failure.Worker, failure.Cause, format.Capture(failure.InnerException!));

        /// <summary>Makes the exception; no code of the class of what was thrown runs.</summary>
        /// <param name="worker">The name of the worker.</param>
        /// <param name="format">Makes what was thrown.</param>
        /// <param name="nodes">Nodes that were lost with the item before: the one that tells of its worker processes cannot know.</param>
        public WorkItemException ToException(string worker, ExceptionFormat format, int nodes = 0)
        {
            var error = format.Create(Error);
            var lost = nodes > 0 && Cause == ItemFailureCause.WorkersLost
                ? $"Item {Index} had been lost with {(nodes == 1 ? "a node" : $"{nodes} nodes")} before. "
                : "";
            error = Cause switch
            {
                ItemFailureCause.TimedOut => new TimeoutException(Error.Message),
                ItemFailureCause.WorkersLost => new PoisonItemException(lost + Error.Message, error.InnerException),
                _ => error,
            };
            var message = WorkItemException.Describe(Index, worker, Attempts, error, lost + Error.Message);
            return new WorkItemException(Index, worker, Attempts, error, message) { Cause = Cause };
        }

        public void WriteFields(RecordWriter writer)
        {
            writer.WriteRecordHeader(5);
            writer.WriteInt64(Index);
            writer.WriteInt32(Attempts);
            writer.WriteString(Worker);
            writer.WriteByte((byte)Cause);
            Error.WriteFields(writer);
        }

        public static ItemFailure ReadFields(RecordReader reader)
        {
            reader.ReadRecordHeader(5);
            return new ItemFailure(
                reader.ReadInt64(), reader.ReadInt32(), reader.ReadString(MaxWorkerBytes), reader.ReadEnum<ItemFailureCause>(),
                RemoteFailure.ReadFields(reader));
        }
    }
}
