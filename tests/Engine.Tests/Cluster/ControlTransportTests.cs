using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Configuration;
using Akka.Remote.Transport;
using ActorPool.Cluster;
using ActorPool.Tests.Support;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace ActorPool.Tests.Cluster;

/// <summary>Whom Akka's transport is made to call, and when.</summary>
public sealed class ControlTransportTests : IAsyncLifetime
{
    private readonly ActorSystem _system = ActorSystem.Create("transport");
    private readonly Recorder _akkas = new();
    private ControlTransport _transport = null!;

    public Task InitializeAsync()
    {
        _transport = new ControlTransport(_system, ConfigurationFactory.ParseString("connection-timeout = 15s"), _akkas);
        return Task.CompletedTask;
    }

    public Task DisposeAsync() => _system.Terminate();

    [Fact]
    public async Task An_address_that_has_failed_is_left_to_Akka_only_when_it_answers()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = Of(listener);
        listener.Stop();

        await RefusedAsync(address);
        await RefusedAsync(address);
        await RefusedAsync(address);
        Assert.Equal([address], _akkas.Called);

        using var again = new TcpListener(IPAddress.Loopback, address.Port!.Value);
        again.Start();
        await RefusedAsync(address);
        Assert.Equal([address, address], _akkas.Called);
    }

    [Fact]
    public async Task An_address_that_answers_again_is_Akkas_again()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = Of(listener);
        await RefusedAsync(address);

        _akkas.Works = true;
        Assert.Null(await _transport.Associate(address).Within("the call"));
        listener.Stop();
        Assert.Null(await _transport.Associate(address).Within("the call")); // without a try of its own
        Assert.Equal(3, _akkas.Called.Count);
    }

    [Fact]
    public async Task Addresses_that_never_failed_are_Akkas()
    {
        _akkas.Works = true;
        var address = new Address("akka.tcp", "actorpool", "127.0.0.1", 1);
        Assert.Null(await _transport.Associate(address).Within("the call"));
        Assert.Equal([address], _akkas.Called);
    }

    [Fact]
    public async Task It_is_Akkas_in_all_else()
    {
        Assert.Equal("tcp", _transport.SchemeIdentifier);
        Assert.Equal(128_000, _transport.MaximumPayloadBytes);
        Assert.True(_transport.IsResponsibleFor(new Address("akka.tcp", "actorpool")));
        Assert.True(await _transport.ManagementCommand("anything"));
        Assert.Equal("here", (await _transport.Listen()).Item1.Host);
        Assert.True(await _transport.Shutdown());
    }

    private static Address Of(TcpListener listener) => new("akka.tcp", "actorpool", "127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);

    private async Task RefusedAsync(Address address)
    {
        var error = await Assert.ThrowsAsync<InvalidAssociationException>(() => _transport.Associate(address).Within("the call"));
        Assert.Contains("refused", error.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains($":{address.Port}", error.Message, StringComparison.Ordinal);
    }

    /// <summary>In place of Akka's transport.</summary>
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
            return Works ? Task.FromResult<AssociationHandle>(null!) : Task.FromException<AssociationHandle>(new InvalidAssociationException($"Connection refused {remoteAddress}"));
        }

        public override Task<bool> Shutdown() => Task.FromResult(true);

        public override Task<bool> ManagementCommand(object message) => Task.FromResult(true);
    }
}
