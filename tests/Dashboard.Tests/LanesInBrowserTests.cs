using ActorPool.Tests.Support;

namespace ActorPool.Dashboard.Tests;

/// <summary>The rows of the timeline: each is a worker.</summary>
public sealed class LanesInBrowserTests : IAsyncLifetime
{
    private const string Begin = "const cell = (start, begin, waited, work, end, state = 'done') => "
        + "({ start, count: 1, state, begin, waited, work, end });";

    private readonly string _file = Path.Combine(Directory.CreateTempSubdirectory("actorpool-lanes").FullName, "report.html");
    private Browser? _browser;

    private Browser Page => _browser!;

    public async Task InitializeAsync()
    {
        if (Chromium.Program is null)
            return;
        await using (var writer = new StreamWriter(_file))
            ReportPage.Write(SampleReport.Json, writer);
        _browser = await Browser.StartAsync();
        await Page.OpenAsync(new Uri(_file).AbsoluteUri);
        await Page.UntilAsync("window.Dash && Dash.lanes");
    }

    public async Task DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        Directory.Delete(Path.GetDirectoryName(_file)!, recursive: true);
    }

    // A worker at its start gets three chunks at once, two of which wait; each takes a second.
    [ChromiumFact]
    public async Task Chunks_that_wait_at_a_node_share_its_workers_rows()
    {
        var packed = await PackAsync(
            "[cell(0, 0, 0, 1, 1.02), cell(1, 0, 0, 1, 1.02), cell(2, 0, 1, 1, 2.02), cell(3, 0, 1, 1, 2.02), cell(4, 0, 2, 1, 3.02)]",
            elapsed: 4, workers: 0);

        Assert.Equal("2 rows: 0@0 0.01-1.01, 1@1 0.01-1.01, 2@0 1.01-2.01, 3@1 1.01-2.01, 4@0 2.01-3.01", packed);
    }

    [ChromiumFact]
    public async Task Between_chunks_that_are_sent_one_by_one_there_are_gaps()
    {
        var packed = await PackAsync("[cell(0, 0, 0, 1, 1.2), cell(1, 1.2, 0, 1, 2.4)]", elapsed: 4, workers: 0);

        Assert.Equal("1 rows: 0@0 0.10-1.10, 1@0 1.30-2.30", packed);
    }

    [ChromiumFact]
    public async Task Of_chunks_in_flight_as_many_run_as_there_are_workers()
    {
        const string Sent = "[0, 1, 2, 3, 4, 5].map(start => cell(start, 0.5, 0, null, null, 'running'))";

        Assert.Equal("2 rows: 0@0 0.50-4.00, 1@1 0.50-4.00", await PackAsync(Sent, elapsed: 4, workers: 2));
        Assert.Equal("1 rows: 0@0 0.50-4.00", await PackAsync(Sent, elapsed: 4, workers: 0));
        Assert.Equal(
            "1 rows: 9@0 0.00-1.00, 0@0 1.00-4.00", await PackAsync($"[cell(9, 0, 0, 1, 1), ...{Sent}]", elapsed: 4, workers: 0));
    }

    [ChromiumFact]
    public async Task A_lost_chunk_is_drawn_if_it_ran_and_what_comes_later_has_the_row_again()
    {
        var packed = await PackAsync(
            "[cell(0, 0, 0, 1, 1), cell(1, 0, 0, 0, 3, 'requeued'), cell(2, 0, 0, 0, 3, 'requeued'), cell(3, 3, 0, 1, 4)]",
            elapsed: 5, workers: 1);

        Assert.Equal("1 rows: 0@0 0.00-1.00, 1@0 1.00-3.00, 3@0 3.00-4.00", packed);
    }

    [ChromiumFact]
    public async Task Chunks_that_ran_at_once_have_rows_of_their_own_and_idle_workers_too()
    {
        var packed = await PackAsync("[cell(0, 0, 0, 3, 3), cell(1, 1, 0, 3, 4), cell(2, 2, 0, 0.5, 2.5)]", elapsed: 4, workers: 4);

        Assert.Equal("4 rows: 0@0 0.00-3.00, 1@1 1.00-4.00, 2@2 2.00-2.50", packed);
    }

    // Times of a node of an earlier release, which does not tell how long chunks waited.
    [ChromiumFact]
    public async Task Without_the_time_that_chunks_waited_the_rows_are_the_workers_nevertheless()
    {
        var packed = await PackAsync(
            "[0, 1, 2, 3, 4, 5].map(start => cell(start, 0, 0, 1, 1 + start))", elapsed: 6, workers: 0);

        Assert.StartsWith("1 rows: ", packed, StringComparison.Ordinal);
    }

    [ChromiumFact]
    public async Task Marks_of_an_axis_differ_from_each_other()
    {
        Assert.Equal(
            "23.5 s, 24.0 s, 24.5 s", await Page.EvaluateAsync("[23.5, 24, 24.5].map(at => Dash.format.tick(at, 0.5)).join(', ')"));
        Assert.Equal(
            "5.01 s, 5.02 s, 1 min 05.03 s",
            await Page.EvaluateAsync("[5.01, 5.02, 65.03].map(at => Dash.format.tick(at, 0.01)).join(', ')"));
        Assert.Equal(
            "0 s, 5.0 s, 20 s, 1 min", await Page.EvaluateAsync("[0, 5, 20, 60].map(at => Dash.format.tick(at, 5)).join(', ')"));
        Assert.Equal("24 s", await Page.EvaluateAsync("Dash.format.tick(24, NaN)"));
    }

    private Task<string> PackAsync(string cells, double elapsed, int workers) => Page.EvaluateAsync(FormattableString.Invariant(
        $$"""
        (() => {
            {{Begin}}
            const { bars, lanes } = Dash.lanes.pack({{cells}}, {{elapsed}}, {{workers}});
            const words = bars.map(bar => `${bar.cell.start}@${bar.lane} ${bar.from.toFixed(2)}-${bar.to.toFixed(2)}`);
            return `${lanes} rows: ${words.join(", ")}`;
        })()
        """));
}
