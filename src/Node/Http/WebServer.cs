using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorPool.Node.Http;

/// <summary>Serves pages over HTTP with ASP.NET Core's server.</summary>
internal sealed class WebServer : IAsyncDisposable
{
    private const int MaxConnections = 256;
    private const int MaxBodyBytes = 64 * 1024;
    private static readonly TimeSpan s_timeToStop = TimeSpan.FromSeconds(1);

    private readonly WebApplication _application;

    private WebServer(WebApplication application, IPEndPoint endPoint) => (_application, EndPoint) = (application, endPoint);

    /// <summary>Where it listens, also if the system has chosen the port.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>Starts to listen.</summary>
    /// <param name="endPoint">The address and port; port 0: any free one.</param>
    /// <param name="map">Adds the pages; it learns where the server listens once it does.</param>
    /// <exception cref="NodeException">The port is in use, or the address is not one of this machine.</exception>
    public static async Task<WebServer> StartAsync(IPEndPoint endPoint, Action<WebApplication> map)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(endPoint);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = MaxConnections;
            kestrel.Limits.MaxRequestBodySize = MaxBodyBytes;
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = s_timeToStop);
        builder.Logging.SetMinimumLevel(LogLevel.None);
        var application = builder.Build();
        map(application);
        try
        {
            await application.StartAsync();
        }
        catch (Exception e) when (e is IOException { InnerException: AddressInUseException } or SocketException or AddressInUseException)
        {
            await application.DisposeAsync();
            throw new NodeException(
                $"The node cannot serve --http on [{endPoint}]: {GetReason(e)}. Choose another port, 0 for any free one, or off.", e);
        }
        var address = application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new WebServer(application, new IPEndPoint(endPoint.Address, new Uri(address).Port));
    }

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private static string GetReason(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return e.Message.TrimEnd('.');
    }

    /// <summary>Leaves the process's signals to the node.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
