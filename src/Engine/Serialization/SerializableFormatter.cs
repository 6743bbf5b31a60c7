#pragma warning disable SYSLIB0050 // .NET's formatters are obsolete, but the contracts for them are in use, also in F#'s library
using System.Reflection;
using System.Runtime.Serialization;
using ActorPool.Diagnostics;
using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats objects that write and read themselves, through <see cref="ISerializable"/>.</summary>
/// <remarks>Each value that the object writes travels as what it is, by the rules for all values.</remarks>
internal sealed class SerializableFormatter<T>(ConstructorInfo constructor) : IMessagePackFormatter<T?>
    where T : class, ISerializable
{
    private static readonly StreamingContext s_context = new(StreamingContextStates.All);
    private static readonly bool s_isOfRuntime = FrameworkAssemblies.Contains(typeof(T).Assembly);
    private readonly SerializationCallbacks? _callbacks = SerializationCallbacks.Find(typeof(T));

    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryWriteInstead(ref writer, value))
            return;
        if (!s_isOfRuntime)
            context.BeforeUserCode();
        _callbacks?.BeforeWriting(value, context);
        var info = new SerializationInfo(typeof(T), new FormatterConverter());
        value.GetObjectData(info, s_context);
        if (info.ObjectType != typeof(T))
        {
            throw context.CreateError(
                $"A [{TypeText.Format(typeof(T))}] wants to arrive as a [{TypeText.Format(info.ObjectType)}].",
                "Send what that type is made of.");
        }
        writer.WriteArrayHeader(2 * info.MemberCount);
        foreach (var entry in info)
        {
            PackedString.Write(ref writer, entry.Name);
            if (entry.Value is { } member)
                context.WriteOpen(ref writer, member, typeof(object));
            else
                writer.WriteNil();
        }
        _callbacks?.AfterWriting(value);
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        var context = (PayloadContext)options;
        if (context.TryReadInstead<T>(ref reader, out var other))
            return other;
        var value = (T)Blank.Create(typeof(T));
        context.Graph.Add(value);
        var count = reader.ReadArrayHeader() / 2;
        var info = new SerializationInfo(typeof(T), new FormatterConverter());
        for (var i = 0; i < count; i++)
        {
            var name = PackedString.Read(ref reader) ?? throw new MessagePackSerializationException("A value has no name.");
            var member = reader.TryReadNil() ? null : context.ReadOpen<object>(ref reader);
            info.AddValue(name, member, member?.GetType() ?? typeof(object));
        }
        _callbacks?.BeforeReading(ref value);
        constructor.Invoke(value, BindingFlags.DoNotWrapExceptions, null, [info, s_context], null);
        _callbacks?.AfterReading(ref value, context.Graph);
        return value;
    }
}
