using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;

namespace ServiceSample;

/// <summary>Sends the service many requests at a time and measures what one costs.</summary>
/// <remarks>Each request maps 100 numbers.</remarks>
internal static class Load
{
    private const int Numbers = 100;
    private const int MinRequests = 10_000;

    private static readonly double[] s_features = [.. Enumerable.Range(0, Numbers).Select(i => i / 10.0)];

    /// <summary>Requests at a time in the last of the measurements; 0: none are sent.</summary>
    public static int Requests { get; private set; }

    public static void StartWith(int requests) => Requests = requests;

    public static async Task RunAsync(WebApplication app)
    {
        try
        {
            using var http = CreateClient(app.Urls.First());
            await MeasureAsync(http, 100, isWarmUp: true);
            for (var atATime = 100; atATime < Requests; atATime *= 10)
                await MeasureAsync(http, atATime);
            await MeasureAsync(http, Requests);
        }
        finally
        {
            app.Lifetime.StopApplication();
        }
    }

    // HTTP/2: many requests share a connection, so that the connections are not what is measured.
    private static HttpClient CreateClient(string address) =>
        new(new SocketsHttpHandler { EnableMultipleHttp2Connections = true })
        {
            BaseAddress = new Uri(address),
            DefaultRequestVersion = HttpVersion.Version20,
            DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Timeout = TimeSpan.FromMinutes(5),
        };

    private static async Task MeasureAsync(HttpClient http, int atATime, bool isWarmUp = false)
    {
        var times = new List<double>();
        var watch = Stopwatch.StartNew();
        while (times.Count < Math.Max(MinRequests, atATime))
            times.AddRange(await Task.WhenAll(Enumerable.Range(0, atATime).Select(_ => SendAsync(http))));
        var each = watch.Elapsed.TotalMicroseconds / times.Count;
        times.Sort();
        if (!isWarmUp)
        {
            Console.WriteLine(
                $"{atATime} requests at a time: {each:F0} µs for each; answered after {times[times.Count / 2]:F1} ms in the median, "
                + $"{times[times.Count * 99 / 100]:F1} ms at the 99th percentile");
        }
    }

    private static async Task<double> SendAsync(HttpClient http)
    {
        var watch = Stopwatch.StartNew();
        using var response = await http.PostAsJsonAsync("/scores", s_features);
        var scores = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<double[]>();
        if (scores is not { Length: Numbers } || !scores.SequenceEqual(s_features.Select(Scores.Rate)))
            throw new InvalidOperationException("A request got another's scores.");
        return watch.Elapsed.TotalMilliseconds;
    }
}
