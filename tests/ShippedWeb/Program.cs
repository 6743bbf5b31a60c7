using System.Globalization;
using System.Text.Encodings.Web;
using ActorPool;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Primitives;
using ShippedWeb;

// Answers one request to itself, by functions that use what ASP.NET Core brings along, and prints the answer.
// The argument is a node's address, or "local": both must print the same.
await using var pool = args[0] is "local" ? WorkerPool.Create(1) : await WorkerPool.ConnectAsync(args[0]);
var builder = WebApplication.CreateBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseUrls("http://127.0.0.1:0");
await using var app = builder.Build();
var prices = Options.Create(new Prices { Currency = "EUR", Factor = 3 });
app.MapGet("/orders/{article}", async (string article, HttpRequest request) =>
{
    var query = request.QueryString;
    var path = request.Path;
    var tags = new StringValues(["a", "b"]);
    return await pool.ApplyAsync(() =>
    {
        var parsed = QueryHelpers.ParseQuery(query.Value);
        var next = new QueryBuilder { { "from", parsed["count"].ToString() } };
        var price = int.Parse(parsed["count"].ToString(), CultureInfo.InvariantCulture) * prices.Value.Factor;
        return $"{HtmlEncoder.Default.Encode($"<{article}>")} {path.Value} {next} {price} {prices.Value.Currency} {tags.Count}";
    });
});
await app.StartAsync();
using var http = new HttpClient();
Console.WriteLine(await http.GetStringAsync($"{app.Urls.First()}/orders/nail?count=7"));
await app.StopAsync();
