using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Configuration;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Akka.Serialization;
using Deadline = ActorPool.Tests.Support.Deadline;

namespace ActorPool.ClusterTests.Security;

/// <summary>An attacker's actor system: plain Akka without ActorPool's protections.</summary>
/// <remarks>
/// It has all of Akka's serializers, and its own for messages with bytes of its choice. It does not end by itself when a node refuses its
/// certificate: an inbox of a system that has ended never answers.
/// </remarks>
internal sealed class Rogue : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly Inbox _inbox;
    private readonly Inbox _failures;

    private Rogue(ActorSystem system)
    {
        ShutdownGate.Close(system);
        (_system, _inbox, _failures) = (system, Inbox.Create(system), Inbox.Create(system));
        system.EventStream.Subscribe(_failures.Receiver, typeof(AssociationErrorEvent));
        system.EventStream.Subscribe(_failures.Receiver, typeof(DisassociatedEvent));
    }

    public ActorSystem System => _system;

    public string Address => NodeAddress.From(Akka.Cluster.Cluster.Get(_system).SelfAddress).ToString();

    /// <param name="certificate">The certificate that it shows; null for no TLS.</param>
    /// <param name="isVictim">Whether it is attacked: then it reads messages as Akka does.</param>
    public static Rogue Start(X509Certificate2? certificate, bool isVictim = false)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              loglevel = OFF
              stdout-loglevel = OFF
              log-dead-letters = off
              log-serializer-override-on-start = off
              coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }
              actor {
                provider = cluster
                serializers.actorpool-control = "{{GetTypeName<ControlSerializer>()}}"
                serialization-bindings { "{{GetTypeName<IWireMessage>()}}" = actorpool-control }
                serialization-identifiers { "{{GetTypeName<ControlSerializer>()}}" = 8110 }
              }
              cluster.downing-provider-class = ""
              remote.retry-gate-closed-for = 200ms
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = {{(certificate is null ? "off" : "on")}} }
            }
            """);
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config.WithFallback(ShutdownGate.Config)));
        if (!isVictim)
            setup = setup.And(SerializationSetup.Create(CreateRawSerializers));
        if (certificate is not null)
            setup = setup.And(new DotNettySslSetup(certificate, suppressValidation: true));
        return new Rogue(ActorSystem.Create(ControlProtocol.SystemName, setup));
    }

    /// <summary>Starts one with this user's development certificate, which nodes of this machine accept.</summary>
    public static Rogue StartInsider(bool isVictim = false) =>
        Start(NodeIdentity.ReadDevelopment(IdentityFiles.DevelopmentDirectory, TimeProvider.System).Certificate, isVictim);

    /// <summary>Gets an actor of a node by its path, without asking the node for it.</summary>
    public IInternalActorRef GetActor(string node, string path) =>
        (IInternalActorRef)((ExtendedActorSystem)_system).Provider.ResolveActorRef($"{GetAkkaAddress(node)}{path}");

    public IInternalActorRef GetAgent(string node) => GetActor(node, $"/user/{ControlProtocol.AgentName}");

    public ActorSelection Select(string node, string path) => _system.ActorSelection($"{GetAkkaAddress(node)}{path}");

    public Address GetAkkaAddress(string node) =>
        NodeAddress.Parse(node).ToAkka(((ExtendedActorSystem)_system).Provider.DefaultAddress.WithSystem(ControlProtocol.SystemName));

    /// <summary>Sends a message; the answer comes to this system.</summary>
    public void Tell(ICanTell to, object message) => to.Tell(message, _inbox.Receiver);

    /// <summary>Waits for the next answer.</summary>
    public Task<object> ReceiveAnswerAsync() => _inbox.ReceiveAsync(Deadline.Limit).Within("an answer");

    /// <summary>Waits until <paramref name="times"/> further connections have failed or ended.</summary>
    public async Task AwaitFailuresAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await _failures.ReceiveAsync(Deadline.Limit).Within($"failure {i} of a connection");
    }

    /// <summary>Whether an answer has arrived.</summary>
    public async Task<bool> HasAnswerAsync()
    {
        // An answer that has arrived comes before this message.
        _inbox.Receiver.Tell("nothing");
        return await ReceiveAnswerAsync() is not "nothing";
    }

    /// <summary>Asks a node for the nodes that it sees.</summary>
    /// <remarks>By its answer, the node has read all earlier messages to its agent.</remarks>
    public async Task<IReadOnlyList<string>> GetMembersAsync(string node)
    {
        Tell(GetAgent(node), ControlProtocol.GetMembers.Instance);
        var answer = await ReceiveAnswerAsync();
        return answer is ControlProtocol.MemberList list
            ? [.. list.Members.Select(member => member.ToString())]
            : throw new InvalidOperationException($"The node answered [{answer}].");
    }

    public async ValueTask DisposeAsync()
    {
        _inbox.Dispose();
        _failures.Dispose();
        await ShutdownGate.TerminateAsync(_system).Within("the end of the attacker's system");
    }

    private static ImmutableHashSet<SerializerDetails> CreateRawSerializers(ExtendedActorSystem system) =>
    [
        SerializerDetails.Create("raw-null", new RawSerializer(system, 0), [typeof(Raw.Null)]),
        SerializerDetails.Create("raw-json", new RawSerializer(system, 1), [typeof(Raw.Json)]),
        SerializerDetails.Create("raw-proto", new RawSerializer(system, 2), [typeof(Raw.Proto)]),
        SerializerDetails.Create("raw-selection", new RawSerializer(system, 6), [typeof(Raw.Selection)]),
        SerializerDetails.Create("raw-misc", new RawSerializer(system, 16), [typeof(Raw.Misc)]),
        SerializerDetails.Create("raw-own", new RawSerializer(system, 8110), [typeof(Raw.Own)]),
        SerializerDetails.Create("raw-unknown", new RawSerializer(system, 9999), [typeof(Raw.Unknown)]),
    ];

    private static string GetTypeName<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private sealed class RawSerializer(ExtendedActorSystem system, int identifier) : SerializerWithStringManifest(system)
    {
        // These identifiers serve only for sending: what arrives is read by the usual serializer.
        private readonly ControlSerializer _control = new(system);

        public override int Identifier => identifier;

        public override string Manifest(object o) => ((Raw)o).Manifest;

        public override byte[] ToBinary(object obj) => ((Raw)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => _control.FromBinary(bytes, manifest);
    }
}
