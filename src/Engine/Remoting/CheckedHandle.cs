using ActorPool.Configuration;
using Akka.Actor;
using Akka.Remote.Transport;
using Google.Protobuf;

namespace ActorPool.Remoting;

/// <summary>A connection of Akka's transport that ends when another address answers.</summary>
/// <remarks>A peer that was called by another address than its own would drop each message, with an error in its log.</remarks>
internal sealed class CheckedHandle : AssociationHandle
{
    private readonly AssociationHandle _inner;

    /// <param name="inner">The connection.</param>
    /// <param name="called">The address that was called.</param>
    /// <param name="onRenamed">Receives the address of a peer that has another one. It must not block.</param>
    public CheckedHandle(AssociationHandle inner, NodeAddress called, Action<NodeAddress> onRenamed)
        : base(inner.LocalAddress, inner.RemoteAddress)
    {
        _inner = inner;
        _ = ListenAsync(called, onRenamed);
    }

    public override bool Write(ByteString payload) => _inner.Write(payload);

#pragma warning disable CS0618, CS0672 // what Akka calls for all its reasons
    public override void Disassociate() => _inner.Disassociate();
#pragma warning restore CS0618, CS0672

    /// <summary>Listens as soon as Akka does; the connection keeps until then what comes.</summary>
    private async Task ListenAsync(NodeAddress called, Action<NodeAddress> onRenamed)
    {
        var listener = await ReadHandlerSource.Task.ConfigureAwait(false);
        _inner.ReadHandlerSource.TrySetResult(new Listener(listener, this, called, onRenamed));
    }

    private void End()
    {
#pragma warning disable CS0618 // the other one wants a log for its reason, which the engine logs itself
        _inner.Disassociate();
#pragma warning restore CS0618
    }

    private sealed class Listener(IHandleEventListener listener, CheckedHandle handle, NodeAddress called, Action<NodeAddress> onRenamed)
        : IHandleEventListener
    {
        private bool _hasAnswered; // events of a connection come one after another

        public void Notify(IHandleEvent ev)
        {
            if (!_hasAnswered && ev is InboundPayload { Payload: var payload })
            {
                _hasAnswered = true;
                if (AnsweringAddress.Find(payload) is { } actual && actual != called)
                {
                    onRenamed(actual);
                    handle.End();
                    listener.Notify(new Disassociated(DisassociateInfo.Unknown));
                    return;
                }
            }
            listener.Notify(ev);
        }
    }
}
