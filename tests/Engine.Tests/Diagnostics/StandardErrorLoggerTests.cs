using ActorPool.Diagnostics;
using Akka.Actor;
using Akka.Event;

namespace ActorPool.Tests.Diagnostics;

public sealed class StandardErrorLoggerTests : Akka.TestKit.Xunit2.TestKit
{
    [Fact]
    public async Task It_answers_Akka_that_it_is_ready()
    {
        var logger = Sys.ActorOf(Props.Create(() => new StandardErrorLogger()));
        logger.Tell(new InitializeLogger(Sys.EventStream), TestActor);
        await ExpectMsgAsync<LoggerInitialized>();
    }

    [Fact]
    public void An_event_is_one_line_whatever_it_contains()
    {
        var line = StandardErrorLogger.FormatLine(
            new Error(new InvalidOperationException("it\r\nbroke"), "source", typeof(StandardErrorLoggerTests), "first\nsecond"));
        Assert.StartsWith("[ERROR][", line, StringComparison.Ordinal);
        Assert.Contains("first | second | Cause: System.InvalidOperationException: it | broke", line, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', line);
    }

    [Fact]
    public void Text_from_a_stranger_cannot_move_the_readers_cursor()
    {
        var line = StandardErrorLogger.FormatLine(
            new Warning("source", typeof(StandardErrorLoggerTests), "\u001b[2J\u0007gone\u202Eeman\u009b"));
        Assert.Contains("?[2J?gone?eman?", line, StringComparison.Ordinal);
    }
}
