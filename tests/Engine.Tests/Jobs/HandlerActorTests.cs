using ActorPool.Jobs;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Jobs;

public sealed class HandlerActorTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public void The_first_handler_that_takes_a_message_gets_it()
    {
        var actor = ActorOf(Props.Create(() => new Sorter(TestActor)));
        actor.Tell(1);
        actor.Tell(12);
        actor.Tell("text");
        ExpectMsg("small 1");
        ExpectMsg("large 12");
        ExpectMsg("other text");
    }

    [Fact]
    public void A_message_that_no_handler_takes_is_unhandled()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = ActorOf(Props.Create(() => new Sorter(TestActor)));
        actor.Tell(1.5);
        Assert.Equal(1.5, ExpectMsg<UnhandledMessage>().Message);
    }

    [Fact]
    public void A_behaviour_replaces_all_handlers_of_the_one_before()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));
        var actor = ActorOf(Props.Create(() => new Sorter(TestActor)));
        actor.Tell('!');
        actor.Tell(1);
        actor.Tell("text");
        ExpectMsg("number 1");
        Assert.Equal("text", ExpectMsg<UnhandledMessage>().Message);
    }

    private sealed class Sorter : HandlerActor
    {
        public Sorter(IActorRef listener)
        {
            Receive<int>(number => number < 10, number => listener.Tell($"small {number}"));
            Receive<int>(number => listener.Tell($"large {number}"));
            Receive<char>(_ => Become(() => Receive<int>(number => listener.Tell($"number {number}"))));
            Receive<IComparable>(other => other is string, other => listener.Tell($"other {other}"));
        }
    }
}
