using System.Runtime.CompilerServices;
using System.Text;
using MessagePack;

namespace ActorPool.Serialization;

/// <summary>Where one run of items stands: the objects around the one that is being written or read. One thread at a time.</summary>
/// <remarks>It travels as the library's options, which every formatter hands to the next.</remarks>
internal sealed class PayloadContext : MessagePackSerializerOptions
{
    private readonly PayloadLimits _limits;
    private Frame[] _frames = new Frame[8];
    private int _depth;

    public PayloadContext(MessagePackSerializerOptions template, PayloadSerializer serializer, PayloadLimits limits) : base(template)
    {
        Serializer = serializer;
        _limits = limits;
    }

    public PayloadSerializer Serializer { get; }

    /// <summary>Begins an object; the caller leaves it, or gives this context up after an exception.</summary>
    public void Enter(ObjectShape shape, object? instance)
    {
        // The limit may be set so high that the thread's stack is the lower one.
        if (_depth >= _limits.MaxDepth || (_depth & 7) == 7 && !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw TooDeep(shape, instance);
        if (_depth == _frames.Length)
            Array.Resize(ref _frames, _depth * 2);
        ref var frame = ref _frames[_depth++];
        frame.Shape = shape;
        frame.Instance = instance;
        frame.Field = -1;
    }

    /// <summary>Says which of the object's fields comes next; generated code calls it.</summary>
    public void At(int field) => _frames[_depth - 1].Field = field;

    public void Leave() => _frames[--_depth].Instance = null;

    /// <summary>The way to the value at hand: <c>Order.Customer.Connection</c>.</summary>
    public string? Path()
    {
        if (_depth == 0)
            return null;
        var text = new StringBuilder(TypeText.Of(_frames[0].Shape.Type));
        for (var i = 0; i < _depth; i++)
        {
            if (i >= 12 && i < _depth - 4)
            {
                if (i == 12)
                    text.Append("...");
                continue;
            }
            if (_frames[i].Field >= 0)
                text.Append('.').Append(_frames[i].Shape.Fields[_frames[i].Field]);
        }
        return text.ToString();
    }

    /// <summary>The refusal of a value whose own type says more than the declared one.</summary>
    public PayloadException Sliced(Type declared, Type actual)
    {
        var path = Path();
        return new PayloadException(
            $"{(path is null ? "A value" : $"[{path}]")} is declared as [{TypeText.Of(declared)}], and is a [{TypeText.Of(actual)}]: what that has more would be lost. " +
            "Declare the type that it has, or make it one of the declared type.")
        {
            Member = path,
        };
    }

    public PayloadException Refused(string what, string advice)
    {
        var path = Path();
        return new PayloadException($"{(path is null ? "" : $"[{path}]: ")}{what} {advice}") { Member = path };
    }

    private PayloadException TooDeep(ObjectShape shape, object? instance)
    {
        var path = Path();
        var cycle = instance is not null && _frames.AsSpan(0, _depth).ToArray().Any(f => ReferenceEquals(f.Instance, instance));
        return cycle
            ? new PayloadException(
                $"[{path}] is an object that contains itself, a [{TypeText.Of(shape.Type)}]: objects travel as trees. Refer to it by a key, or mark the field [NonSerialized].")
            {
                Member = path,
            }
            : new PayloadException(
                $"[{path}] has [{_depth}] objects around it, and [{PayloadLimits.MaxDepthSetting}] is [{_limits.MaxDepth}]. " +
                "Keep chains of objects in an array or a list, or raise the setting on the client and on its nodes.")
            {
                Member = path,
                Setting = PayloadLimits.MaxDepthSetting,
            };
    }

    private struct Frame
    {
        public ObjectShape Shape;
        public object? Instance;
        public int Field;
    }
}

/// <summary>A type and what its source calls its fields, in the order in which they travel.</summary>
internal sealed record ObjectShape(Type Type, string[] Fields);
