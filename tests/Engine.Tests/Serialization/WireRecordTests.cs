using System.Buffers.Binary;
using System.Reflection;
using ActorPool.Serialization;
using ActorPool.Wire;
using CsCheck;
using MessagePack;

namespace ActorPool.Tests.Serialization;

public sealed class WireRecordTests
{
    /// <summary>Every record of the engine, found by its interface.</summary>
    public static TheoryData<string> Records => [.. FindTypes().Select(type => type.FullName!)];

    [Fact]
    public void There_is_a_sample_of_every_record() =>
        Assert.Equal(
            FindTypes().Select(type => type.Name).Order(StringComparer.Ordinal),
            WireSamples.All.Select(sample => sample.GetType().Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Records))]
    public async Task A_record_comes_back_unchanged(string type)
    {
        foreach (var sample in GetSamples(type))
        {
            var bytes = Serialize(sample);
            var reader = new MemoryPayloadReader(bytes);
            var read = await ReadAsync(sample, reader);
            Assert.Equal(bytes, Serialize(read));
            Assert.Equal(0, reader.Remaining);
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public async Task A_record_without_its_end_is_refused(string type)
    {
        foreach (var sample in GetSamples(type))
        {
            var bytes = Serialize(sample);
            for (var length = 0; length < bytes.Length; length += 1 + length / 50)
            {
                var part = bytes.AsMemory(0, length);
                await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(sample, new MemoryPayloadReader(part)));
                if (length < sizeof(int))
                    continue;
                var shortened = part.ToArray();
                BinaryPrimitives.WriteInt32LittleEndian(shortened, length - sizeof(int));
                await Assert.ThrowsAsync<InvalidDataException>(() => ReadAsync(sample, new MemoryPayloadReader(shortened)));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Records))]
    public void Changed_bytes_at_most_throw(string type)
    {
        foreach (var sample in GetSamples(type))
        {
            var bytes = Serialize(sample);
            Gen.Select(Gen.Int[0, bytes.Length - 1], Gen.Byte).Array[1, 4].Sample(
                changes =>
                {
                    var hostile = bytes.ToArray();
                    foreach (var (position, value) in changes)
                        hostile[position] = value;
                    var fault = ReadAsync(sample, new MemoryPayloadReader(hostile)).Exception?.InnerException;
                    Assert.True(fault is null or InvalidDataException, fault?.ToString());
                },
                iter: 500);
        }
    }

    [Fact]
    public async Task A_length_over_the_records_limit_is_refused_though_there_are_enough_bytes()
    {
        var bytes = new byte[100_000];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, DataProtocol.LeaseReport.MaxBytes + 1);

        var error = await Assert.ThrowsAsync<InvalidDataException>(
            () => WireRecord.ReadAsync<DataProtocol.LeaseReport>(new MemoryPayloadReader(bytes), default).AsTask());

        Assert.Contains($"the limit is [{DataProtocol.LeaseReport.MaxBytes}]", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_record_that_the_other_side_would_refuse_is_not_written()
    {
        using var writer = new PayloadWriter();
        var job = WireSamples.All.OfType<DataProtocol.JobDefinition>().Single() with { Name = new string('x', 100_000) };

        Assert.Contains(
            "JobDefinition", Assert.Throws<PayloadException>(() => WireRecord.Write(writer, job)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lists_and_texts_longer_than_the_bytes_are_refused_before_memory_is_allocated()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<InvalidDataException>(
            () => new RecordReader(new byte[] { MessagePackCode.Array32, 0x7F, 0xFF, 0xFF, 0xFF, 0 }).ReadCount(int.MaxValue));
        Assert.Throws<InvalidDataException>(
            () => new RecordReader(new byte[] { MessagePackCode.Str32, 0x7F, 0xFF, 0xFF, 0xFF, 65 }).ReadString(int.MaxValue));
        Assert.Throws<InvalidDataException>(
            () => new RecordReader(new byte[] { MessagePackCode.Bin32, 0x7F, 0xFF, 0xFF, 0xFF, 65 }).ReadBytesUpTo(int.MaxValue));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Numbers_that_are_not_in_their_enum_are_refused() =>
        Assert.Throws<InvalidDataException>(() => new RecordReader(new byte[] { 99 }).ReadEnum<DataProtocol.OutcomeStatus>());

    private static IEnumerable<Type> FindTypes() =>
        typeof(IWireRecord).Assembly.GetTypes().Where(type => !type.IsInterface && typeof(IWireRecord).IsAssignableFrom(type));

    private static List<IWireRecord> GetSamples(string type) =>
        [.. WireSamples.All.Where(sample => string.Equals(sample.GetType().FullName, type, StringComparison.Ordinal))];

    private static byte[] Serialize(object record) => (byte[])Generic(nameof(SerializeRecord), record).Invoke(null, [record])!;

    private static Task<object> ReadAsync(object like, PayloadReader reader) =>
        (Task<object>)Generic(nameof(ReadRecordAsync), like).Invoke(null, [reader])!;

    private static MethodInfo Generic(string method, object record) =>
        typeof(WireRecordTests).GetMethod(method, BindingFlags.Static | BindingFlags.NonPublic)!.MakeGenericMethod(record.GetType());

    private static byte[] SerializeRecord<T>(T record)
        where T : IWireRecord<T>
    {
        using var writer = new PayloadWriter();
        WireRecord.Write(writer, record);
        return writer.ToArray();
    }

    private static async Task<object> ReadRecordAsync<T>(PayloadReader reader)
        where T : IWireRecord<T> => await WireRecord.ReadAsync<T>(reader, CancellationToken.None);
}
