using System.Text.Json;
using ActorPool.Insights;

namespace ActorPool.Tests.Insights;

/// <summary>What is read as a report, and what is not.</summary>
public sealed class ReportJsonTests
{
    private const string Pool = """
        {"key":"0123456789ab","name":"p","host":"h","process":1,"workers":2,"jobs":0,"startedJobs":3,"completedItems":4,"failedItems":5}
        """;

    [Fact]
    public void A_report_comes_back_and_what_a_later_release_adds_is_skipped()
    {
        var read = JsonSerializer.Deserialize(Pool.Insert(1, "\"added\":[{}],"), ReportJson.Default.PoolReport);

        Assert.Equal(new PoolReport("0123456789ab", "p", "h", 1, 2, 0, 3, 4, 5), read);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("\"0123456789ab\"", "null")]
    [InlineData("\"name\":\"p\",", "")]
    [InlineData("\"p\"", "7")]
    [InlineData("\"workers\":2", "\"workers\":2e99")]
    public void What_lacks_something_or_has_null_for_it_is_refused(string old, string? changed = null)
    {
        var json = changed is null ? old : Pool.Replace(old, changed, StringComparison.Ordinal);
        Assert.NotEqual(Pool, json, StringComparer.Ordinal);

        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(json, ReportJson.Default.PoolReport));
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e300")]
    public void A_time_that_is_none_is_refused(string seconds) => Assert.Throws<JsonException>(
        () => JsonSerializer.Deserialize(
            $$"""{"working":{{seconds}},"serializing":0,"transferring":0,"idle":0}""", ReportJson.Default.JobTimes));
}
