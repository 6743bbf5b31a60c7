using ActorPool.Diagnostics;
using ActorPool.Tests.Support;
using Akka.Event;

namespace ActorPool.Tests.Diagnostics;

public sealed class RepeatedLineFilterTests
{
    private readonly ManualClock _clock = new();
    private readonly RepeatedLineFilter _filter;

    public RepeatedLineFilterTests() => _filter = new RepeatedLineFilter(_clock);

    [Fact]
    public void The_line_with_the_reason_is_written_also_if_Akkas_line_about_the_caller_came_first()
    {
        Assert.True(IsWritten(CreateAkkasLine(50_000)));
        Assert.True(IsWritten(CreateOwnLine(50_001)));
        Assert.False(IsWritten(CreateAkkasLine(50_002)));
    }

    [Fact]
    public void Akkas_line_about_a_caller_is_dropped_for_a_minute_after_the_line_with_the_reason()
    {
        Assert.True(IsWritten(CreateOwnLine(50_000)));
        Assert.False(IsWritten(CreateAkkasLine(50_000)));
        _clock.Now += TimeSpan.FromSeconds(61);
        Assert.True(IsWritten(CreateAkkasLine(50_003)));
    }

    private bool IsWritten(LogEvent e) => _filter.ShouldWrite(e, isJoining: false, out _);

    private static Warning CreateAkkasLine(int port) => new(
        "remoting", typeof(RepeatedLineFilterTests),
        $"{AkkaLines.RefusedCaller} from [[::ffff:127.0.0.1]:{port}] due to TLS handshake failure.");

    private static Warning CreateOwnLine(int port) => new(
        RepeatedLineFilter.ControlPlane, typeof(RepeatedLineFilterTests),
        $"A connection from [[::ffff:127.0.0.1]:{port}] was refused: The certificate is not trusted.");
}
