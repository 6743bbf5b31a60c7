using System.Text.Json;
using System.Text.Json.Serialization;
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

    [Fact]
    public void A_list_with_null_in_it_is_refused()
    {
        var report = new PoolReport("0123456789ab", "p", "h", 1, 2, 0, 3, 4, 5) { RecentJobs = [] };
        var json = JsonSerializer.Serialize(report, ReportJson.Default.PoolReport);
        Assert.Empty(JsonSerializer.Deserialize(json, ReportJson.Default.PoolReport)!.RecentJobs!);

        var changed = json.Replace("\"recentJobs\":[]", "\"recentJobs\":[null]", StringComparison.Ordinal);

        Assert.NotEqual(json, changed, StringComparer.Ordinal);
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize(changed, ReportJson.Default.PoolReport));
    }

    /// <summary>Each list of a report that a peer may send, however deep.</summary>
    [Fact]
    public void No_list_of_a_report_may_have_null_in_it()
    {
        var lists = new HashSet<Type>();
        var seen = new HashSet<Type>();
        var roots = typeof(ReportJson).GetCustomAttributesData().Where(data => data.AttributeType == typeof(JsonSerializableAttribute));
        foreach (var root in roots)
            Visit((Type)root.ConstructorArguments[0].Value!);

        Assert.Contains(typeof(IReadOnlyList<ChunkInsight>), lists);
        Assert.Contains(typeof(IReadOnlyList<string>), lists);
        foreach (var list in lists)
        {
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("[null]", ReportJson.Default.GetTypeInfo(list)!));
            Assert.Throws<JsonException>(() => JsonSerializer.Deserialize("{}", ReportJson.Default.GetTypeInfo(list)!));
            Assert.NotNull(JsonSerializer.Deserialize("[]", ReportJson.Default.GetTypeInfo(list)!));
        }

        void Visit(Type type)
        {
            if (!seen.Add(type) || type.Assembly != typeof(ReportJson).Assembly)
                return;
            foreach (var property in type.GetProperties())
            {
                var element = property.PropertyType is { IsGenericType: true } list
                    && list.GetGenericTypeDefinition() == typeof(IReadOnlyList<>) ? list.GetGenericArguments()[0] : null;
                if (element is not null)
                    lists.Add(property.PropertyType);
                Visit(element ?? property.PropertyType);
            }
        }
    }

    [Fact]
    public void A_reason_of_a_later_release_is_not_known()
    {
        var step = new ChunkSizeStep(0, 8, 3) { Reason = ChunkSizeReason.TargetTime };
        var json = JsonSerializer.Serialize(step, ReportJson.Default.ChunkSizeStep);
        Assert.Contains("\"reason\":\"targetTime\"", json, StringComparison.Ordinal);

        Assert.Equal(step, JsonSerializer.Deserialize(json, ReportJson.Default.ChunkSizeStep));
        Assert.Equal(
            new ChunkSizeStep(0, 8, 3),
            JsonSerializer.Deserialize(json.Replace("targetTime", "moon", StringComparison.Ordinal), ReportJson.Default.ChunkSizeStep));
    }

    [Theory]
    [InlineData("1e300")]
    [InlineData("-1e300")]
    public void A_time_that_is_none_is_refused(string seconds) => Assert.Throws<JsonException>(
        () => JsonSerializer.Deserialize(
            $$"""{"working":{{seconds}},"serializing":0,"transferring":0,"idle":0}""", ReportJson.Default.JobTimes));
}
