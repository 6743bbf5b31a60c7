using ActorPool.Serialization;

namespace ActorPool.Shipping;

/// <summary>An assembly that another one refers to, and the version that it was built against.</summary>
internal sealed record ModuleReference(string Name, Version Version) : IWireRecord<ModuleReference>
{
    public static int MaxBytes => ModuleIdentity.MaxNameBytes + 128;

    public void WriteFields(RecordWriter writer)
    {
        writer.WriteRecordHeader(2);
        writer.WriteString(Name);
        writer.WriteVersion(Version);
    }

    public static ModuleReference ReadFields(RecordReader reader)
    {
        reader.ReadRecordHeader(2);
        return new ModuleReference(reader.ReadString(ModuleIdentity.MaxNameBytes), reader.ReadVersion());
    }
}
