using System.Collections.Concurrent;
using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorPool.Samples.Tests;

/// <summary>An HTTP server on loopback that takes what is sent to a collector.</summary>
internal sealed class Collector : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<(string Path, string Text)> _received = [];

    private Collector(HttpListener listener, string address)
    {
        (_listener, Address) = (listener, address);
        _ = RunAsync();
    }

    public string Address { get; }

    /// <summary>What was sent to a path; texts in protocol buffers are as they are.</summary>
    public string Get(string path) => string.Concat(
        _received.Where(one => string.Equals(one.Path, path, StringComparison.Ordinal)).Select(one => one.Text));

    /// <summary>Listens on a free port; tries another one if it is taken meanwhile.</summary>
    public static Collector Start()
    {
        for (var attempts = 10; ; attempts--)
        {
            var address = $"http://127.0.0.1:{FindFreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add($"{address}/");
            try
            {
                listener.Start();
                return new Collector(listener, address);
            }
            catch (HttpListenerException) when (attempts > 1)
            {
                listener.Close();
            }
        }
    }

    public static int FindFreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    public void Dispose() => _listener.Close();

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await using (var input = Open(context.Request))
                    await input.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, Encoding.UTF8.GetString(body.ToArray())));
                context.Response.Close();
            }
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private static Stream Open(HttpListenerRequest request) => request.Headers["Content-Encoding"] is "gzip"
        ? new GZipStream(request.InputStream, CompressionMode.Decompress)
        : request.InputStream;
}
