using System.Net;
using System.Net.Sockets;
using ActorPool.Configuration;
using Akka.Configuration;

namespace ActorPool.Remoting;

/// <summary>Akka's configuration for nodes and for the pools that use them.</summary>
/// <remarks>
/// A remote process can send the engine's messages, those by which members of a cluster know of each other, and selections of the listed
/// actors that hold one of these. No serializer reads other messages. Untrusted mode by itself would let through messages that stop or
/// suspend an actor, or that name a type of which an object is made.
/// <para>
/// akka.net#8410 and akka.net#5026; docs/akka.md has the measurements. Remove the replaced serializers when Akka's untrusted mode decides
/// before anything is read.
/// </para>
/// </remarks>
internal static class ClusterConfig
{
    private const string AgentPath = $"/user/{ControlProtocol.AgentName}";

    private static readonly Config s_remoting = ConfigurationFactory.ParseString($$"""
        # A spinning thread takes a processor from the sockets' threads, which bring the next chunk.
        actorpool.worker-dispatcher.worker-threads.spin = 0
        akka {
          # Akka's 10 ms cost an idle node 5 % of a processor (akka.net#5400, closed). Remove when it costs less than 1 %.
          # Timeouts of items and jobs are at most this late.
          scheduler.tick-duration = 50ms
          actor {
            provider = remote
            serializers {
              json = "{{GetTypeName<RejectingSerializer>()}}"
              bytes = "{{GetTypeName<RejectingSerializer>()}}"
              primitive = "{{GetTypeName<RejectingSerializer>()}}"
              proto = "{{GetTypeName<RejectingSerializer>()}}"
              daemon-create = "{{GetTypeName<RejectingSerializer>()}}"
              akka-misc = "{{GetTypeName<RejectingSerializer>()}}"
              akka-system-msg = "{{GetTypeName<RejectingSerializer>()}}"
              nothing = "{{GetTypeName<RejectingSerializer>()}}"
              akka-containers = "{{GetTypeName<SelectionSerializer>()}}"
              actorpool-control = "{{GetTypeName<ControlSerializer>()}}"
            }
            serialization-bindings {
              "{{GetTypeName<IWireMessage>()}}" = actorpool-control
            }
            serialization-identifiers {
              "{{GetTypeName<SelectionSerializer>()}}" = 6
              "{{GetTypeName<ControlSerializer>()}}" = 8110
            }
            serialization-settings {
              allow-unregistered-types = false
              nothing.refuses = 0 # Akka reads null there, after it has looked up the type that the sender names
              json.refuses = 1
              proto.refuses = 2
              daemon-create.refuses = 3
              bytes.refuses = 4
              akka-misc.refuses = 16
              primitive.refuses = 17
              akka-system-msg {
                refuses = 22
                drops = on
              }
            }
          }
          remote {
            untrusted-mode = on
            trusted-selection-paths = []
            log-remote-lifecycle-events = off
            retry-gate-closed-for = 500ms
            # With TLS 1.3, DotNetty leaves what came with the end of a handshake unread until more comes. In nearly a third of all
            # clusters of three nodes, a pool waited Akka's 4 s for one of them.
            # Azure/DotNetty#636 is about the same moment, and in no release that Akka uses. Remove when Akka uses one that has it.
            transport-failure-detector.heartbeat-interval = 250ms
            dot-netty.tcp {
              transport-class = "{{GetTypeName<ControlTransport>()}}"
              hostname = "127.0.0.1"
              port = 0
              # With Akka's default, two nodes on Linux can listen on one port: akka.net#2477. Remove when off is the default.
              tcp-reuse-addr = off
            }
          }
        }
        """);

    private static readonly Config s_node = ConfigurationFactory.ParseString($$"""
        akka {
          scheduler.tick-duration = 100ms # half of the shortest interval below
          actor {
            provider = cluster
            serializers {
              akka-cluster = "{{GetTypeName<MembershipSerializer>()}}"
              reliable-delivery = "{{GetTypeName<RejectingSerializer>()}}"
            }
            serialization-identifiers {
              "{{GetTypeName<MembershipSerializer>()}}" = 5
            }
            serialization-settings.reliable-delivery.refuses = 36
          }
          # A node that leaves should not wait long for members that do not answer.
          coordinated-shutdown.phases {
            cluster-leave.timeout = 2s
            cluster-exiting.timeout = 2s
            cluster-exiting-done.timeout = 2s
          }
          remote {
            trusted-selection-paths = ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "{{AgentPath}}"]
          }
          cluster {
            downing-provider-class = ""
            run-coordinated-shutdown-when-down = off
            # While a member is unreachable, no other one becomes Up; but a node can do work before it is Up.
            allow-weakly-up-members = 1s
            gossip-interval = 200ms
            leader-actions-interval = 200ms
            periodic-tasks-initial-delay = 100ms
            retry-unsuccessful-join-after = 2s
            seed-node-timeout = 2s
            log-info = off
          }
        }
        """);

    /// <summary>Configures the actor system of a pool over nodes.</summary>
    /// <remarks>It reaches agents, and is not a member of their cluster.</remarks>
    public static Config ForClient(WorkerPoolOptions options) =>
        PoolConfig.ReadText(options).ToConfig().WithFallback(s_remoting).WithFallback(PoolConfig.OwnSystem);

    /// <summary>Adds where the actor system listens, and whether it uses TLS.</summary>
    /// <param name="host">The name or address by which others know it.</param>
    /// <param name="port">The port on which it listens; 0: any free one.</param>
    /// <param name="tls">Whether it uses TLS.</param>
    /// <param name="config">What this goes over.</param>
    /// <param name="bind">The address on which it listens; null for the host's.</param>
    /// <param name="publicPort">The port by which others know it; 0 for the one on which it listens.</param>
    public static Config ForAddress(string host, int port, bool tls, Config config, IPAddress? bind = null, int publicPort = 0)
    {
        var listening = bind ?? (IPAddress.TryParse(host, out var address) ? address : null);
        return ConfigurationFactory.ParseString($$"""
            akka.remote.dot-netty.tcp {
              hostname = {{HoconText.Quote(bind?.ToString() ?? host)}}
              public-hostname = {{HoconText.Quote(host)}}
              port = {{port}}
              public-port = {{publicPort}}
              # Names are resolved to addresses of this kind.
              dns-use-ipv6 = {{(listening?.AddressFamily == AddressFamily.InterNetworkV6 ? "on" : "off")}}
              enable-ssl = {{(tls ? "on" : "off")}}
            }
            """).WithFallback(config);
    }

    /// <summary>Adds how long the first of several seeds waits for another.</summary>
    public static Config ForFirstSeed(Config config) =>
        ConfigurationFactory.ParseString("akka.cluster.seed-node-timeout = 10s").WithFallback(config);

    /// <summary>Configures the actor system of a node.</summary>
    public static Config ForNode(HoconText text) =>
        text.ToConfig().WithFallback(s_node).WithFallback(s_remoting).WithFallback(PoolConfig.OwnSystem);

    private static string GetTypeName<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
