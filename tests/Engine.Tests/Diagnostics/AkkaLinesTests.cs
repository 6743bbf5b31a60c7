using System.Collections.Concurrent;
using System.Net.Security;
using System.Net.Sockets;
using ActorPool.Configuration;
using ActorPool.Diagnostics;
using ActorPool.Remoting;
using ActorPool.Security;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Event;
using Akka.Remote.Transport.DotNetty;
using NodeAddress = ActorPool.Configuration.NodeAddress;

namespace ActorPool.Tests.Diagnostics;

/// <summary>Makes Akka print each line that <see cref="AkkaLines"/> knows.</summary>
/// <remarks>An update of Akka that changes one of them fails here.</remarks>
public sealed class AkkaLinesTests
{
    [Fact]
    public async Task The_line_about_a_caller_that_speaks_no_TLS_is_recognized()
    {
        using var log = new Capture();
        await using var node = await StartAsync(log);
        using var caller = new TcpClient();
        await caller.ConnectAsync("127.0.0.1", NodeAddress.Parse(node.Address).Port);
        await caller.GetStream().WriteAsync("GET / HTTP/1.1\r\n\r\n"u8.ToArray());

        var line = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.RefusedCaller, StringComparison.Ordinal));

        Assert.True(AkkaLines.IsAboutCaller(line) && AkkaLines.IsOfRemoting(line) && IsKept(line));
        Assert.Contains("[127.0.0.1]:", AkkaLines.GetText(line).Replace("::ffff:", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_line_about_a_caller_without_a_certificate_is_recognized()
    {
        using var log = new Capture();
        await using var node = await StartAsync(log);
        using var caller = new TcpClient();
        await caller.ConnectAsync("127.0.0.1", NodeAddress.Parse(node.Address).Port);
        await using var stream = new SslStream(
            caller.GetStream(), leaveInnerStreamOpen: false, (_, certificate, _, _) => certificate is not null);
        // With TLS 1.3 the caller learns of the refusal later.
        await Record.ExceptionAsync(() => stream.AuthenticateAsClientAsync("127.0.0.1"));

        var line = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.NamelessCaller, StringComparison.Ordinal));

        Assert.True(AkkaLines.IsAboutCaller(line) && IsKept(line));
    }

    [Fact]
    public async Task The_line_about_a_message_that_cannot_be_read_is_recognized()
    {
        using var log = new Capture();
        await using var node = await StartAsync(log);
        using var insider = StartInsider();
        SendText(insider, node);

        var line = await log.First(AkkaLines.IsUnreadableMessage);

        Assert.True(AkkaLines.IsOfRemoting(line) && IsKept(line));
    }

    [Fact]
    public async Task The_line_about_a_lost_peer_is_recognized_and_filtered()
    {
        using var log = new Capture();
        await using var node = await StartAsync(log);
        // Akka prints it only if the connection ends before the farewell of its peer has been read.
        var started = TimeProvider.System.GetTimestamp();
        for (var peers = 1; !log.Has(IsAboutLostPeer) && TimeProvider.System.GetElapsedTime(started) < Deadline.Limit; peers++)
        {
            var insider = StartInsider();
            SendText(insider, node);
            await log.Until(peers, AkkaLines.IsUnreadableMessage);
            await insider.Terminate().Within("the insider's end");
        }

        var line = await log.First(IsAboutLostPeer);

        Assert.True(AkkaLines.IsOfRemoting(line));
        Assert.False(IsKept(line));
    }

    [Fact]
    public async Task The_lines_about_a_missing_seed_are_recognized()
    {
        using var log = new Capture();
        using var free = new TcpListener(System.Net.IPAddress.Loopback, 0);
        free.Start();
        var seed = $"127.0.0.1:{((System.Net.IPEndPoint)free.LocalEndpoint).Port}";
        free.Stop();
        using var giveUp = new CancellationTokenSource();
        var joining = PoolNode.StartAsync(log.Options with { Join = [seed] }, giveUp.Token);

        var unreachable = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.UnreachableNode, StringComparison.Ordinal));
        var silent = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.SilentSeeds, StringComparison.Ordinal));

        Assert.True(AkkaLines.IsAboutSeeds(unreachable) && AkkaLines.IsOfRemoting(unreachable));
        Assert.True(AkkaLines.IsAboutSeeds(silent) && AkkaLines.IsOfCluster(silent));
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.Within("the end of the joining"));
    }

    [Fact]
    public async Task The_line_about_a_port_in_use_is_recognized_and_filtered()
    {
        using var log = new Capture();
        using var taken = new TcpListener(System.Net.IPAddress.Loopback, 0);
        taken.Start();
        await Assert.ThrowsAsync<IOException>(
            () => PoolNode.StartAsync(log.Options with { Port = ((System.Net.IPEndPoint)taken.LocalEndpoint).Port }));

        var line = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.PortInUse, StringComparison.Ordinal));

        Assert.True(AkkaLines.IsOfRemoting(line));
        Assert.False(IsKept(line));
    }

    [Fact]
    public async Task The_line_about_a_failed_handshake_is_recognized_and_filtered()
    {
        using var log = new Capture();
        await using var node = await StartAsync(log);
        using var plain = new TcpListener(System.Net.IPAddress.Loopback, 0);
        plain.Start();
        using var caller = StartInsider(log.Name);
        var port = ((System.Net.IPEndPoint)plain.LocalEndpoint).Port;
        caller.ActorSelection(
            $"akka.ssl.tcp://{ControlProtocol.SystemName}@127.0.0.1:{port}/user/{ControlProtocol.AgentName}").Tell("text");
        using var called = await plain.AcceptTcpClientAsync().WaitAsync(Deadline.Limit);
        await called.GetStream().WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());

        var line = await log.First(e => AkkaLines.GetText(e).StartsWith(AkkaLines.FailedHandshake, StringComparison.Ordinal));

        Assert.True(AkkaLines.IsOfRemoting(line));
        Assert.False(IsKept(line));
    }

    private static bool IsAboutLostPeer(LogEvent e) =>
        AkkaLines.GetText(e).Contains("Disassociated", StringComparison.Ordinal)
        || e.Cause?.Message.Contains("Disassociated", StringComparison.Ordinal) == true;

    private static bool IsKept(LogEvent e) => AkkaLines.Filter.CreateEvaluator().ShouldTryKeepMessage(e, out _);

    private static Task<PoolNode> StartAsync(Capture log) => PoolNode.StartAsync(log.Options).Within("the node");

    private static Address GetAddress(ActorSystem system) =>
        ((ExtendedActorSystem)system).Provider.DefaultAddress.WithSystem(ControlProtocol.SystemName);

    private static void SendText(ActorSystem insider, PoolNode node)
    {
        var address = NodeAddress.Parse(node.Address).ToAkka(GetAddress(insider));
        insider.ActorSelection(new RootActorPath(address) / "user" / ControlProtocol.AgentName).Tell("text");
    }

    /// <summary>Starts plain Akka with the certificate of the same user.</summary>
    private static ActorSystem StartInsider(string? log = null)
    {
        var config = ConfigurationFactory.ParseString($$"""
            akka {
              loggers = ["{{typeof(CapturingLogger).FullName}}, {{typeof(CapturingLogger).Assembly.GetName().Name}}"]
              loglevel = {{(log is null ? "OFF" : "WARNING")}}
              stdout-loglevel = OFF
              test-log = "{{log}}"
              actor.provider = remote
              coordinated-shutdown { run-by-clr-shutdown-hook = off, exit-clr = off }
              remote.dot-netty.tcp { hostname = "127.0.0.1", port = 0, enable-ssl = on }
            }
            """);
        var certificate = NodeIdentity.ReadDevelopment(IdentityFiles.DevelopmentDirectory, TimeProvider.System).Certificate;
        var ssl = new DotNettySslSetup(certificate, suppressValidation: true);
        return ActorSystem.Create("insider", ActorSystemSetup.Create(BootstrapSetup.Create().WithConfig(config), ssl));
    }

    /// <summary>The log of one node.</summary>
    private sealed class Capture : IDisposable
    {
        public static readonly ConcurrentDictionary<string, ConcurrentQueue<LogEvent>> Logs = new(StringComparer.Ordinal);

        public Capture() => Logs[Name] = new ConcurrentQueue<LogEvent>();

        public string Name { get; } = Guid.NewGuid().ToString("N");

        public PoolNodeOptions Options => new()
        {
            Port = 0,
            Workers = 1,
            Config = $"akka.loggers = [\"{typeof(CapturingLogger).FullName}, {typeof(CapturingLogger).Assembly.GetName().Name}\"]\n"
                + $"akka.test-log = {Name}",
        };

        public bool Has(Func<LogEvent, bool> predicate) => Logs[Name].Any(predicate);

        public async Task<LogEvent> First(Func<LogEvent, bool> predicate)
        {
            await Until(1, predicate);
            return Logs[Name].First(predicate);
        }

        /// <summary>Waits for this many lines.</summary>
        public Task Until(int count, Func<LogEvent, bool> predicate) => Deadline.Until(
            () => Logs[Name].Count(predicate) >= count,
            $"{count} lines of Akka among: {string.Join(" | ", Logs[Name].Select(AkkaLines.GetText))}");

        public void Dispose() => Logs.TryRemove(Name, out _);
    }

    internal sealed class CapturingLogger : ReceiveActor, IRequiresMessageQueue<ILoggerMessageQueueSemantics>
    {
        public CapturingLogger()
        {
            var name = Context.System.Settings.Config.GetString("akka.test-log");
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(e =>
            {
                if (Capture.Logs.TryGetValue(name, out var log))
                    log.Enqueue(e);
            });
        }
    }
}
