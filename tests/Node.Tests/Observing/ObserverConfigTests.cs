using ActorPool.Node.Observing;

namespace ActorPool.Node.Tests.Observing;

public sealed class ObserverConfigTests
{
    [Fact]
    public void What_a_person_has_set_stays_and_what_is_of_nodes_goes()
    {
        var config = ObserverConfig.Create(
            "actorpool.cluster.connect-timeout = \"1s\"\nactorpool.isolation = \"process\"\nactorpool.cluster.tls.certificates = \"x\"");

        Assert.Equal(
            [
                "actorpool.cluster.connect-timeout = \"1s\"", "actorpool.cluster.tls.certificates = \"x\"", "akka.loglevel = OFF",
                "actorpool.isolation = none",
            ],
            config.Split('\n'));
        Assert.EndsWith("actorpool.cluster.connect-timeout = 5s", ObserverConfig.Create(""), StringComparison.Ordinal);
    }
}
