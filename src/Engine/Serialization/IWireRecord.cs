namespace ActorPool.Serialization;

/// <summary>Something that is sent to another process as a MessagePack array of its fields.</summary>
/// <remarks>
/// Besides the users' values, both planes send only these, with three exceptions. The headers of frames (<c>Frame</c>) and of payloads
/// (<see cref="PayloadHeader"/>) are hot. Strangers and other versions must be able to read the data plane's first greeting (<c>Hello</c>).
/// </remarks>
internal interface IWireRecord
{
    /// <summary>Writes the number of fields, and the fields.</summary>
    void WriteFields(RecordWriter writer);
}

/// <summary>A record that can also be read.</summary>
internal interface IWireRecord<TSelf> : IWireRecord
    where TSelf : IWireRecord<TSelf>
{
    /// <summary>Most bytes of one record; more are refused before anything is allocated.</summary>
    static abstract int MaxBytes { get; }

    /// <summary>Reads what <see cref="IWireRecord.WriteFields"/> wrote; keeps no part of the reader's memory.</summary>
    /// <exception cref="InvalidDataException">The bytes are not those of such a record.</exception>
    static abstract TSelf ReadFields(RecordReader reader);
}
