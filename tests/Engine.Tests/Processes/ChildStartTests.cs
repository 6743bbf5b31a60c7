using ActorPool.Processes;

namespace ActorPool.Tests.Processes;

public sealed class ChildStartTests
{
    private static readonly ChildStart s_start = new()
    {
        SocketPath = "/tmp/a folder/ä\n\"b\".sock",
        NotePath = "",
        SessionId = Guid.NewGuid(),
        WorkerId = 7,
        AbandonAfter = TimeSpan.FromMilliseconds(1500),
        Secret = new byte[] { 250, 1, 2, 0 },
        Handler = "M@N.T, A",
        ParentVariables = [new("A", "x=y z"), new("B", null), new("C", "")],
    };

    [Fact]
    public void It_is_one_line_that_is_read_as_it_was_written()
    {
        var line = System.Text.Encoding.UTF8.GetString(s_start.ToLine());
        var read = ChildStart.FromLine(line.TrimEnd('\n'));

        Assert.Equal(line.Length - 1, line.IndexOf('\n', StringComparison.Ordinal));
        Assert.Equal(
            (s_start.SocketPath, s_start.NotePath, s_start.SessionId, s_start.Handler, s_start.WorkerId, s_start.AbandonAfter),
            (read.SocketPath, read.NotePath, read.SessionId, read.Handler, read.WorkerId, read.AbandonAfter));
        Assert.Equal(s_start.Secret.ToArray(), read.Secret.ToArray());
        Assert.Equal(s_start.ParentVariables, read.ParentVariables);
    }

    [Fact]
    public void Its_text_does_not_have_the_secret() =>
        Assert.DoesNotContain(Convert.ToBase64String(s_start.Secret.Span), $"{s_start}", StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("YQ==")]
    [InlineData("not Base64")]
    public void Another_line_is_refused(string line) => Assert.Throws<FormatException>(() => ChildStart.FromLine(line));
}
