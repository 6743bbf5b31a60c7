using System.Net;
using System.Net.Sockets;
using ActorPool.Remoting;
using ActorPool.Tests.Support;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace ActorPool.Tests.Remoting;

/// <summary>Which calls are passed to Akka's transport.</summary>
public sealed class ControlTransportTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("transport");
    private readonly Recorder _akka = new();
    private ControlTransport _transport = null!;

    public Task InitializeAsync()
    {
        _transport = new ControlTransport(_system, ConfigurationFactory.ParseString("connection-timeout = 15s"), _akka);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate().Within("the end of the system");

    [Fact]
    public async Task A_failed_address_is_passed_to_Akka_only_when_it_answers()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = GetAddress(listener);
        listener.Stop();

        await AssertRefusedAsync(address);
        await AssertRefusedAsync(address);
        await AssertRefusedAsync(address);
        Assert.Equal([address], _akka.Called);

        using var restarted = new TcpListener(IPAddress.Loopback, address.Port!.Value);
        restarted.Start();
        await AssertRefusedAsync(address);
        Assert.Equal([address, address], _akka.Called);
    }

    [Fact]
    public async Task An_address_that_answers_again_is_passed_to_Akka_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = GetAddress(listener);
        await AssertRefusedAsync(address);

        _akka.Works = true;
        Assert.Null(await _transport.Associate(address).Within("the call"));
        listener.Stop();
        Assert.Null(await _transport.Associate(address).Within("the call")); // without first trying to connect by itself
        Assert.Equal(3, _akka.Called.Count);
    }

    [Fact]
    public async Task Addresses_that_never_failed_are_passed_to_Akka()
    {
        _akka.Works = true;
        var address = new Address("akka.tcp", "actorpool", "127.0.0.1", 1);
        Assert.Null(await _transport.Associate(address).Within("the call"));
        Assert.Equal([address], _akka.Called);
    }

    [Fact]
    public async Task Everything_else_is_passed_to_Akka()
    {
        Assert.Equal("tcp", _transport.SchemeIdentifier);
        Assert.Equal(128_000, _transport.MaximumPayloadBytes);
        Assert.True(_transport.IsResponsibleFor(new Address("akka.tcp", "actorpool")));
        Assert.True(await _transport.ManagementCommand("anything"));
        Assert.Equal("here", (await _transport.Listen()).Item1.Host);
        Assert.True(await _transport.Shutdown());
    }

    private static Address GetAddress(TcpListener listener) =>
        new("akka.tcp", "actorpool", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

    private async Task AssertRefusedAsync(Address address)
    {
        var error = await Assert.ThrowsAsync<InvalidAssociationException>(() => _transport.Associate(address).Within("the call"));
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($":{address.Port}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>Stands in for Akka's transport and records its calls.</summary>
    private sealed class Recorder : AkkaTransport
    {
        public List<Address> Called { get; } = [];

        public bool Works { get; set; }

        public override string SchemeIdentifier => "tcp";

        public override long MaximumPayloadBytes => 128_000;

        public override Task<(Address, TaskCompletionSource<IAssociationEventListener>)> Listen() =>
            Task.FromResult((new Address("akka.tcp", "actorpool", "here", 1), new TaskCompletionSource<IAssociationEventListener>()));

        public override bool IsResponsibleFor(Address remote) => true;

        public override Task<AssociationHandle> Associate(Address remoteAddress)
        {
            Called.Add(remoteAddress);
            return Works
                ? Task.FromResult<AssociationHandle>(null!)
                : Task.FromException<AssociationHandle>(new InvalidAssociationException($"Connection refused {remoteAddress}"));
        }

        public override Task<bool> Shutdown() => Task.FromResult(true);

        public override Task<bool> ManagementCommand(object message) => Task.FromResult(true);
    }
}
