using System.Reflection;
using ActorPool.Diagnostics;
using ActorPool.Serialization;
using MessagePack;

namespace ActorPool.Shipping;

// Functions inside captured values. Their descriptions are in the value's payload, each in front of what the function captured, because
// the value may need them while it is read: a sorted set calls its comparer.
internal sealed partial class ManifestWriter : IFunctionWriter
{
    void IFunctionWriter.Write(ref MessagePackWriter writer, Delegate function, PayloadContext context)
    {
        if ((FindOrigin(function) ?? FindProblem(function)) is { } problem)
            throw context.CreateError("A function in it cannot run in another process:", problem);
        var target = function.Target;
        var analysis = CaptureAnalysis.For(function.Method);
        FieldInfo[]? variables = null;
        _inner.Add(function);
        writer.Write(Describe(analysis.Name, () =>
        {
            WriteType(function.GetType());
            WriteMethod(function.Method, variable: null);
            if (target is null)
                Body.WriteByte(ManifestTags.Null);
            else if (FindVariables(target, analysis, analysis.TargetIsThis) is { } found)
                variables = BeginVariables(target, found, analysis);
            else
                Body.WriteByte(ManifestTags.Payload);
        }));
        if (variables is not null)
            WriteVariables(ref writer, target!, variables, analysis, context);
        else if (target is not null)
            context.WriteOpen(ref writer, target, typeof(object));
    }

    /// <summary>Writes something of this manifest to bytes of its own.</summary>
    private byte[] Describe(string function, Action write)
    {
        var (bytes, outer) = (_bytes, _function);
        using var apart = new PayloadWriter();
        (_bytes, _function) = (apart, function);
        try
        {
            write();
            return apart.ToArray();
        }
        catch (FunctionNotShippableException e)
        {
            throw new PayloadException(e.Message, e);
        }
        finally
        {
            (_bytes, _function) = (bytes, outer);
        }
    }

    /// <summary>Finds which fields of the object that a function belongs to are written.</summary>
    /// <returns>Null if the object is written as a value.</returns>
    private FieldInfo[]? FindVariables(object target, CaptureAnalysis analysis, bool isThis)
    {
        var type = target.GetType();
        if (CompilerNames.IsClosure(type))
            return analysis.GetFields(type);
        if (_closures?.ContainsKey(target) is true)
            return isThis && !analysis.UsesWholeThis ? analysis.GetFields(type) : TypeFields.Get(type);
        return isThis && CanTravelOnlyByFields(target, analysis) ? analysis.GetFields(type) : null;
    }

    private FieldInfo[] BeginVariables(object closure, FieldInfo[] read, CaptureAnalysis analysis)
    {
        var fields = BeginClosure(closure, read);
        Body.WriteCount(fields.Length);
        foreach (var field in fields)
        {
            WriteField(field, closure.GetType());
            Body.WriteBoolean(IsClosure(field, field.GetValue(closure), analysis));
        }
        return fields;
    }

    private void WriteVariables(
        ref MessagePackWriter writer, object closure, FieldInfo[] fields, CaptureAnalysis analysis, PayloadContext context)
    {
        context.Enter(new ObjectShape(closure.GetType(), [.. fields.Select(field => CompilerNames.FindVariable(field) ?? field.Name)]));
        for (var i = 0; i < fields.Length; i++)
        {
            context.SetField(i);
            Start(closure, fields[i]);
            var (declared, value) = (fields[i].FieldType, fields[i].GetValue(closure));
            if (value is null)
            {
                writer.WriteNil();
            }
            else if (IsClosure(fields[i], value, analysis))
            {
                var read = FindVariables(value, analysis, isThis: true)!;
                FieldInfo[] inner = [];
                writer.Write(Describe(analysis.Name, () => inner = BeginVariables(value, read, analysis)));
                WriteVariables(ref writer, value, inner, analysis, context);
            }
            else
            {
                WriteVariable(ref writer, fields[i], value, analysis, context);
            }
        }
        context.Leave();
    }

    private void WriteVariable(
        ref MessagePackWriter writer, FieldInfo field, object value, CaptureAnalysis analysis, PayloadContext context)
    {
        if (FindRefusal(value.GetType()) is { } refusal)
        {
            var reason = refusal.Reason.Length == 0 ? "which belongs to this process" : refusal.Reason;
            throw context.CreateError(
                $"[{analysis.Name}] reads the captured variable [{CompilerNames.FindVariable(field) ?? field.Name}] "
                + $"of type [{TypeText.Format(value.GetType())}], {reason}.", refusal.Advice);
        }
        if (field.FieldType == typeof(object))
            context.WriteOpen(ref writer, value, field.FieldType);
        else
            _serializer.GetBoxedWriter(field.FieldType).Write(ref writer, value, context);
    }

    private bool IsClosure(FieldInfo field, object? value, CaptureAnalysis analysis) =>
        CompilerNames.IsClosure(field.FieldType)
        || value is not null && CompilerNames.IsThis(field)
            && (_closures?.ContainsKey(value) is true || CanTravelOnlyByFields(value, analysis));

    // The object behind `this` is one with the value that holds the function, unless only the fields that are read can travel.
    private bool CanTravelOnlyByFields(object target, CaptureAnalysis analysis)
    {
        var type = target.GetType();
        if (!IsSentByFields(target, analysis))
            return false;
        if (FindRefusal(type) is not null)
            return true;
        try
        {
            _serializer.GetBoxedWriter(type);
            return false;
        }
        catch (PayloadException)
        {
            return true;
        }
    }
}
