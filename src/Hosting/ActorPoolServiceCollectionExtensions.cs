using ActorPool.Hosting.Configuration;
using ActorPool.Hosting.Health;
using ActorPool.Hosting.Lifetime;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ActorPool.Hosting;

/// <summary>Adds pools and a node to a host's services.</summary>
public static class ActorPoolServiceCollectionExtensions
{
    /// <summary>Adds a <see cref="WorkerPool"/> as a service, and its health checks.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">Sets options in code; they win over the section <c>ActorPool</c> of the host's configuration.</param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <remarks>
    /// The host starts the pool before its other services, and does not start when options are wrong or nothing reads a key in the section
    /// <c>ActorPool</c> (<see cref="OptionsValidationException"/>, with all faults). When the host stops, requests under way and hosted
    /// services end first, then the pool takes no more jobs and the running ones end. Those that would outlast
    /// <c>HostOptions.ShutdownTimeout</c> fail with a <see cref="PoolTerminatedException"/> shortly before it. The health check
    /// <c>actorpool</c> has the tag <c>ready</c>, <c>actorpool-live</c> the tag <c>live</c>. A second call adds options to the same pool.
    /// </remarks>
    public static IServiceCollection AddActorPool(this IServiceCollection services, Action<ActorPoolOptions>? configure = null) =>
        AddPool(services, Options.DefaultName, configure);

    /// <summary>Adds a <see cref="WorkerPool"/> as a keyed service, and its health checks.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="name">The key of the service and the name of the pool: letters, digits, <c>-</c> and <c>_</c>.</param>
    /// <param name="configure">
    /// Sets options in code; they win over the section <c>ActorPool:Pools:NAME</c> of the host's configuration.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentException">
    /// <paramref name="services"/> or <paramref name="name"/> is null, or the name is empty.
    /// </exception>
    /// <remarks>
    /// Get it with <c>[FromKeyedServices("name")] WorkerPool</c>. All else is as for a pool without a name; the health checks are
    /// <c>actorpool-NAME</c> and <c>actorpool-NAME-live</c>.
    /// </remarks>
    public static IServiceCollection AddActorPool(
        this IServiceCollection services, string name, Action<ActorPoolOptions>? configure = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return AddPool(services, name, configure);
    }

    /// <summary>Adds a node that lends workers to pools of a cluster, and its health check.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configure">
    /// Sets options in code; they win over the section <c>ActorPool:Node</c> of the host's configuration.
    /// </param>
    /// <returns><paramref name="services"/>.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <remarks>
    /// <see cref="HostedPoolNode"/> is the service. A node that joins does so in the background, so that the host starts without its
    /// cluster; one that finds itself outside its cluster starts again. When the host stops, the node leaves in good order. The health
    /// check <c>actorpool-node</c> has the tag <c>ready</c>.
    /// </remarks>
    public static IServiceCollection AddActorPoolNode(this IServiceCollection services, Action<ActorPoolNodeOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ServiceType == typeof(NodeRegistration)))
        {
            AddLifetime(services);
            services.AddSingleton(new NodeRegistration());
            services.AddOptions<ActorPoolNodeOptions>().Configure<IServiceProvider>((options, provider) =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                    NodePlan.Read(options, configuration);
            }).ValidateOnStart();
            services.AddSingleton<HostedPoolNode>();
            services.AddHealthChecks().Add(new HealthCheckRegistration(
                "actorpool-node", provider => ActivatorUtilities.CreateInstance<NodeHealthCheck>(provider), null, ["ready", "actorpool"]));
        }
        if (configure is not null)
            services.Configure(configure);
        return services;
    }

    private static IServiceCollection AddPool(IServiceCollection services, string name, Action<ActorPoolOptions>? configure)
    {
        ArgumentNullException.ThrowIfNull(services);
        if (!services.Any(service => service.ImplementationInstance is PoolRegistration known && known.HasName(name)))
        {
            AddLifetime(services);
            services.AddSingleton(new PoolRegistration(name));
            services.AddOptions<ActorPoolOptions>(name).Configure<IServiceProvider>((options, provider) =>
            {
                if (provider.GetService<IConfiguration>() is { } configuration)
                    PoolPlan.Read(options, name, configuration);
            }).ValidateOnStart();
            if (name.Length == 0)
                services.AddSingleton(provider => PoolFactory.Create(provider, name));
            else
                services.AddKeyedSingleton(name, (provider, _) => PoolFactory.Create(provider, name));
            AddHealthChecks(services, name);
        }
        if (configure is not null)
            services.Configure(name, configure);
        return services;
    }

    private static void AddHealthChecks(IServiceCollection services, string name)
    {
        var check = name.Length == 0 ? "actorpool" : $"actorpool-{name}";
        services.AddHealthChecks()
            .Add(new HealthCheckRegistration(check, provider => Create(provider, isLiveness: false), null, ["ready", "actorpool"]))
            .Add(new HealthCheckRegistration($"{check}-live", provider => Create(provider, isLiveness: true), null, ["live", "actorpool"]));

        PoolHealthCheck Create(IServiceProvider provider, bool isLiveness) =>
            ActivatorUtilities.CreateInstance<PoolHealthCheck>(provider, new PoolRegistration(name), isLiveness);
    }

    private static void AddLifetime(IServiceCollection services)
    {
        services.AddLogging();
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IHostedService, PoolLifetime>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActorPoolOptions>, OptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ActorPoolNodeOptions>, OptionsCheck>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<UnreadSections>, UnreadSectionsCheck>());
        services.AddOptions<UnreadSections>().ValidateOnStart();
    }
}
