using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Cluster;
using ActorPool.Security;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Remote;
using Akka.Remote.Transport.DotNetty;
using Akka.Serialization;
using Deadline = ActorPool.Tests.Support.Deadline;

namespace ActorPool.ClusterTests.Security;

/// <summary>An actor system of somebody who means harm: Akka as it is, with all of its serializers and none of our guards, and some for bytes of its own choosing.</summary>
internal sealed class Rogue : IAsyncDisposable
{
    private readonly ActorSystem _system;
    private readonly Inbox _inbox;

    private readonly Inbox _failures;

    private Rogue(ActorSystem system)
    {
        (_system, _inbox, _failures) = (system, Inbox.Create(system), Inbox.Create(system));
        system.EventStream.Subscribe(_failures.Receiver, typeof(AssociationErrorEvent));
        system.EventStream.Subscribe(_failures.Receiver, typeof(DisassociatedEvent));
    }

    public ActorSystem System => _system;

    public string Address => NodeAddress.Format((Akka.Cluster.Cluster.Get(_system).SelfAddress.Host!, Akka.Cluster.Cluster.Get(_system).SelfAddress.Port!.Value));

    /// <param name="certificate">What it shows; null: it speaks no TLS.</param>
    /// <param name="isVictim">Whether it is to be harmed: then it reads as Akka does.</param>
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
                serializers.actorpool-control = "{{NameOf<ControlSerializer>()}}"
                serialization-bindings { "{{NameOf<IWireMessage>()}}" = actorpool-control }
                serialization-identifiers { "{{NameOf<ControlSerializer>()}}" = 8110 }
              }
              cluster.downing-provider-class = ""
              remote.retry-gate-closed-for = 200ms
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = {{(certificate is null ? "off" : "on")}} }
            }
            """);
        var setup = ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config));
        if (!isVictim)
            setup = setup.And(SerializationSetup.Create(RawSerializers));
        if (certificate is not null)
            setup = setup.And(new DotNettySslSetup(certificate, suppressValidation: true));
        return new Rogue(ActorSystem.Create(ControlProtocol.SystemName, setup));
    }

    /// <summary>One that the same user has started on the same machine, and so is let in.</summary>
    public static Rogue StartInsider(bool isVictim = false) => Start(NodeIdentity.Development(IdentityFiles.DevelopmentDirectory, TimeProvider.System).Certificate, isVictim);

    /// <summary>An actor of a node, by its path: nothing has to be found first.</summary>
    public IInternalActorRef At(string node, string path) => (IInternalActorRef)((ExtendedActorSystem)_system).Provider.ResolveActorRef($"{AddressOf(node)}{path}");

    public IInternalActorRef AgentOf(string node) => At(node, $"/user/{ControlProtocol.AgentName}");

    public ActorSelection Select(string node, string path) => _system.ActorSelection($"{AddressOf(node)}{path}");

    public Address AddressOf(string node) => ((ExtendedActorSystem)_system).Provider.DefaultAddress.WithSystem(ControlProtocol.SystemName).WithHost(node.Split(':')[0]).WithPort(int.Parse(node.Split(':')[1], CultureInfo.InvariantCulture));

    /// <summary>Says something to whom it likes, with the answer to itself.</summary>
    public void Tell(ICanTell to, object message) => to.Tell(message, _inbox.Receiver);

    /// <summary>The next answer.</summary>
    public Task<object> AnswerAsync() => _inbox.ReceiveAsync(Deadline.Limit);

    /// <summary>Waits until it was sent away so often.</summary>
    public async Task FailAsync(int times)
    {
        for (var i = 0; i < times; i++)
            await _failures.ReceiveAsync(Deadline.Limit);
    }

    /// <summary>Whether anybody has answered.</summary>
    public async Task<bool> HasAnswerAsync()
    {
        // What has come stands before this.
        _inbox.Receiver.Tell("nothing");
        return await AnswerAsync() is not "nothing";
    }

    /// <summary>The nodes that a node sees. What it was told before this, it has read by then.</summary>
    public async Task<IReadOnlyList<string>> MembersOfAsync(string node)
    {
        Tell(AgentOf(node), ControlProtocol.AskMembers.Instance);
        var answer = await AnswerAsync();
        return answer is ControlProtocol.MembersAre are ? are.Members : throw new InvalidOperationException($"The node answered [{answer}].");
    }

    public async ValueTask DisposeAsync()
    {
        _inbox.Dispose();
        _failures.Dispose();
        await _system.Terminate();
    }

    private static ImmutableHashSet<SerializerDetails> RawSerializers(ExtendedActorSystem system) =>
    [
        SerializerDetails.Create("raw-null", new RawSerializer(system, 0), [typeof(Raw.Null)]),
        SerializerDetails.Create("raw-json", new RawSerializer(system, 1), [typeof(Raw.Json)]),
        SerializerDetails.Create("raw-proto", new RawSerializer(system, 2), [typeof(Raw.Proto)]),
        SerializerDetails.Create("raw-selection", new RawSerializer(system, 6), [typeof(Raw.Selection)]),
        SerializerDetails.Create("raw-misc", new RawSerializer(system, 16), [typeof(Raw.Misc)]),
        SerializerDetails.Create("raw-own", new RawSerializer(system, 8110), [typeof(Raw.Own)]),
        SerializerDetails.Create("raw-unknown", new RawSerializer(system, 9999), [typeof(Raw.Unknown)]),
    ];

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private sealed class RawSerializer(ExtendedActorSystem system, int identifier) : SerializerWithStringManifest(system)
    {
        // What comes for these goes to whoever reads it otherwise.
        private readonly ControlSerializer _control = new(system);

        public override int Identifier => identifier;

        public override string Manifest(object o) => ((Raw)o).Manifest;

        public override byte[] ToBinary(object obj) => ((Raw)obj).Bytes;

        public override object FromBinary(byte[] bytes, string manifest) => _control.FromBinary(bytes, manifest);
    }
}

/// <summary>A message whose serializer, manifest and bytes the sender chooses.</summary>
internal abstract record Raw(string Manifest, byte[] Bytes)
{
    public sealed record Null(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Json(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Proto(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Selection(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes)
    {
        /// <summary>Selections in selections, so many deep.</summary>
        public static Selection Nested(int depth)
        {
            // SelectionEnvelope { payload = 1: Payload { message = 1, serializerId = 2 }, pattern = 2: { type = 1, matcher = 2 } }, as Akka defines it.
            byte[] message = [];
            for (var i = 0; i < depth; i++)
            {
                byte[] payload = [0x0A, .. Length(message.Length), .. message, 0x10, (byte)(i == 0 ? 4 : 6)];
                message = [0x0A, .. Length(payload.Length), .. payload];
            }
            return new Selection("", message);
        }

        private static byte[] Length(int value)
        {
            var bytes = new List<byte>();
            for (; value >= 0x80; value >>= 7)
                bytes.Add((byte)(value | 0x80));
            return [.. bytes, (byte)value];
        }
    }

    public sealed record Misc(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Own(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Unknown(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);
}
