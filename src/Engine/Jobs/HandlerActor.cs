using Akka.Actor;

namespace ActorPool.Jobs;

/// <summary>An actor that chooses a handler by the type of a message.</summary>
/// <remarks>
/// It is written like Akka's <see cref="ReceiveActor"/>. That one compiles an expression for each class of actors, which takes a program
/// some 50 ms of processor time at its start (no issue is filed). Remove when it does not.
/// <para>A behaviour's handlers are asked in the order in which it names them; the first that takes the message gets it.</para>
/// </remarks>
internal abstract class HandlerActor : ActorBase
{
    private Behaviour _behaviour = new();

    protected sealed override bool Receive(object message) => _behaviour.TryHandle(message);

    /// <summary>Handles all messages of a type.</summary>
    protected void Receive<T>(Action<T> handle) => _behaviour.Add(typeof(T), message =>
    {
        handle((T)message);
        return true;
    });

    /// <summary>Handles the messages of a type that a condition holds for.</summary>
    protected void Receive<T>(Predicate<T> takes, Action<T> handle) => _behaviour.Add(typeof(T), message =>
    {
        var typed = (T)message;
        if (!takes(typed))
            return false;
        handle(typed);
        return true;
    });

    /// <summary>Replaces all handlers by those that <paramref name="configure"/> names.</summary>
    protected void Become(Action configure)
    {
        _behaviour = new Behaviour();
        configure();
    }

    private sealed class Behaviour
    {
        private readonly List<(Type Type, Func<object, bool> TryHandle)> _handlers = [];
        private readonly Dictionary<Type, Func<object, bool>[]> _byMessage = []; // bounded by the types that are sent to the actor

        public void Add(Type type, Func<object, bool> tryHandle) => _handlers.Add((type, tryHandle));

        public bool TryHandle(object message)
        {
            var type = message.GetType();
            if (!_byMessage.TryGetValue(type, out var handlers))
                _byMessage[type] = handlers = FindHandlers(type);
            foreach (var tryHandle in handlers)
            {
                if (tryHandle(message))
                    return true;
            }
            return false;
        }

        // Not in TryHandle: what the lambda captures would be made for each message.
        private Func<object, bool>[] FindHandlers(Type type) =>
            [.. _handlers.Where(one => one.Type.IsAssignableFrom(type)).Select(one => one.TryHandle)];
    }
}
