using MessagePack;
using MessagePack.Formatters;

namespace ActorPool.Serialization;

/// <summary>Formats delegates inside values that a function captured.</summary>
/// <remarks>
/// They travel as the job's own functions do. Inputs, results and broadcast values have no code with them: there a delegate must be null.
/// One delegate stays one delegate. It is numbered after what it holds, which may refer to it.
/// </remarks>
internal sealed class DelegateFormatter<T> : IMessagePackFormatter<T?>
    where T : class
{
    /// <summary>The methods of one delegate: more than any event has.</summary>
    private const int MaxMethods = 4096;

    public void Serialize(ref MessagePackWriter writer, T? value, MessagePackSerializerOptions options)
    {
        if (value is null)
        {
            writer.WriteNil();
            return;
        }
        var context = (PayloadContext)options;
        if (context.FunctionWriter is not { } functions)
        {
            throw context.CreateError(
                "A function cannot travel inside an input, a result or a broadcast value.",
                "Capture what holds it in the job's function, or send what the function computes.");
        }
        if (context.Graph.TryWriteKnown(ref writer, value))
            return;
        var methods = ((Delegate)(object)value).GetInvocationList();
        if (methods.Length > MaxMethods)
            throw context.CreateError($"A delegate of [{methods.Length}] methods cannot travel.", $"The limit is [{MaxMethods}].");
        GraphMarks.Write(ref writer, GraphMark.Function, methods.Length);
        foreach (var method in methods)
            functions.Write(ref writer, method, context);
        if (!context.Graph.TryWriteReference(ref writer, value))
            writer.WriteNil();
    }

    public T? Deserialize(ref MessagePackReader reader, MessagePackSerializerOptions options)
    {
        if (reader.TryReadNil())
            return null;
        var context = (PayloadContext)options;
        var mark = GraphMarks.Read(ref reader, out var number);
        if (mark == GraphMark.Reference)
            return context.Graph.Get<T>(number);
        if (mark != GraphMark.Function || number is < 1 or > MaxMethods || context.FunctionReader is not { } functions)
            throw GraphMarks.CreateUnexpectedError(mark, typeof(T));
        Delegate? function = null;
        for (var i = 0; i < number; i++)
            function = Delegate.Combine(function, functions.Read(ref reader, context));
        if (!reader.TryReadNil())
            return context.ReadMarked<T>(ref reader);
        context.Graph.Add(function!);
        return function as T
            ?? throw new MessagePackSerializationException($"A [{function!.GetType()}] is not a [{typeof(T)}].");
    }
}
