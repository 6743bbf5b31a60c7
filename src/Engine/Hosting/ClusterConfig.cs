using Akka.Configuration;
using ActorPool.Cluster;

namespace ActorPool.Hosting;

/// <summary>What Akka has to be told for nodes and for the pools that use them.</summary>
/// <remarks>
/// A remote process can send the engine's own messages, those by which members of a cluster know of each other, and selections of the actors listed that hold one of these; there is nothing
/// that reads others. Untrusted mode alone lets through what stops an actor, suspends it or names a type of which an object is made.
/// </remarks>
internal static class ClusterConfig
{
    private static readonly Config s_remoting = ConfigurationFactory.ParseString($$"""
        # A thread that spins keeps a processor from the sockets' threads, which bring the next chunk.
        actorpool.worker-dispatcher.worker-threads.spin = 0
        akka {
          # Akka's 10 ms cost an idle node 5 % of a processor. Timeouts of items and jobs are late by this much at most.
          scheduler.tick-duration = 50ms
          actor {
            provider = remote
            serializers {
              json = "{{NameOf<RefusingSerializer>()}}"
              bytes = "{{NameOf<RefusingSerializer>()}}"
              primitive = "{{NameOf<RefusingSerializer>()}}"
              proto = "{{NameOf<RefusingSerializer>()}}"
              daemon-create = "{{NameOf<RefusingSerializer>()}}"
              akka-misc = "{{NameOf<RefusingSerializer>()}}"
              akka-system-msg = "{{NameOf<RefusingSerializer>()}}"
              nothing = "{{NameOf<RefusingSerializer>()}}"
              akka-containers = "{{NameOf<SelectionSerializer>()}}"
              actorpool-control = "{{NameOf<ControlSerializer>()}}"
            }
            serialization-bindings {
              "{{NameOf<IWireMessage>()}}" = actorpool-control
            }
            serialization-identifiers {
              "{{NameOf<SelectionSerializer>()}}" = 6
              "{{NameOf<ControlSerializer>()}}" = 8110
            }
            serialization-settings {
              allow-unregistered-types = false
              nothing.refuses = 0 # Akka reads a null there, after it has looked for the type that the sender names
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
            # With TLS 1.3, DotNetty leaves what came with the end of a handshake unread until more comes. In nearly a third of all clusters of three nodes, Akka's
            # 4 s were what a pool waited for one of them.
            transport-failure-detector.heartbeat-interval = 250ms
            dot-netty.tcp {
              transport-class = "{{NameOf<ControlTransport>()}}"
              hostname = "127.0.0.1"
              port = 0
              tcp-reuse-addr = off # on Linux, .NET would let two nodes listen on one port
            }
          }
        }
        """);

    private static readonly Config s_node = ConfigurationFactory.ParseString($$"""
        akka {
          actor {
            provider = cluster
            serializers {
              akka-cluster = "{{NameOf<MembershipSerializer>()}}"
              reliable-delivery = "{{NameOf<RefusingSerializer>()}}"
            }
            serialization-identifiers {
              "{{NameOf<MembershipSerializer>()}}" = 5
            }
            serialization-settings.reliable-delivery.refuses = 36
          }
          # A node that finds nobody to see it off should not wait for long.
          coordinated-shutdown.phases {
            cluster-leave.timeout = 2s
            cluster-exiting.timeout = 2s
            cluster-exiting-done.timeout = 2s
          }
          remote {
            trusted-selection-paths = ["/system/cluster/core/daemon", "/system/cluster/heartbeatReceiver", "/user/{{ControlProtocol.AgentName}}"]
          }
          cluster {
            downing-provider-class = ""
            run-coordinated-shutdown-when-down = off
            # While a member is unreachable nobody comes up; but work can be done on a node that is not yet.
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

    /// <summary>For the actor system of a pool over nodes: reaches agents, and is no member.</summary>
    public static Config ForClient(WorkerPoolOptions options) =>
        PoolConfig.TextOf(options).ToConfig().WithFallback(s_remoting).WithFallback(PoolConfig.OwnSystem);

    /// <summary>The same, once it is known where it listens, and how.</summary>
    public static Config At(string host, int port, bool tls, Config config) => ConfigurationFactory.ParseString($$"""
        akka.remote.dot-netty.tcp {
          hostname = {{HoconText.Quote(host)}}
          port = {{port}}
          enable-ssl = {{(tls ? "on" : "off")}}
        }
        """).WithFallback(config);

    /// <summary>For the actor system of a node.</summary>
    public static Config ForNode(HoconText text) =>
        text.ToConfig().WithFallback(s_node).WithFallback(s_remoting).WithFallback(PoolConfig.OwnSystem);

    private static string NameOf<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";
}
