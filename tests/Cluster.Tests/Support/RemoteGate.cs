using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorPool.Tests.Support;

namespace ActorPool.ClusterTests.Support;

/// <summary>A gate of the test at which functions of other processes wait and report.</summary>
/// <remarks>With it, no test depends on how long something takes.</remarks>
internal sealed class RemoteGate : IDisposable
{
    private readonly TcpListener _listener;
    private readonly ConcurrentQueue<Visit> _visits = new();
    private readonly Lock _lock = new();
    private bool _isOpen;

    /// <param name="address">The address at which functions reach it; null for loopback.</param>
    public RemoteGate(string? address = null)
    {
        _listener = new TcpListener(address is null ? IPAddress.Loopback : IPAddress.Parse(address), 0);
        _listener.Start();
        _ = AcceptAsync();
    }

    /// <summary>For functions to capture.</summary>
    public string Host => ((IPEndPoint)_listener.LocalEndpoint).Address.ToString();

    /// <summary>For functions to capture.</summary>
    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<Visit> Visits => [.. _visits];

    /// <summary>The visits that wait now.</summary>
    public IReadOnlyList<Visit> Waiting => [.. _visits.Where(visit => visit.IsWaiting)];

    public void Dispose()
    {
        Open();
        _listener.Dispose();
    }

    /// <summary>Lets all visits pass, also later ones.</summary>
    public void Open()
    {
        lock (_lock)
        {
            _isOpen = true;
            foreach (var visit in _visits)
                visit.Release();
        }
    }

    /// <summary>Waits until a condition of the gate holds.</summary>
    public Task Until(Func<RemoteGate, bool> condition, string phase, WorkerPool? pool = null, Func<string>? log = null) =>
        AddStateToErrorAsync(Deadline.Until(() => condition(this), phase, pool), log);

    /// <summary>In a function: waits for the gate without holding a thread.</summary>
    public static ValueTask PassAsync(int port, string label, CancellationToken cancellationToken) =>
        PassAsync("127.0.0.1", port, label, cancellationToken);

    /// <summary>In a function on any host: waits for the gate without holding a thread.</summary>
    public static async ValueTask PassAsync(string host, int port, string label, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(host), port, cancellationToken);
        await using var writer = new StreamWriter(client.GetStream());
        await writer.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {label}"));
        await writer.FlushAsync(CancellationToken.None);
        try
        {
            await client.GetStream().ReadExactlyAsync(new byte[1], cancellationToken);
        }
        catch (OperationCanceledException)
        {
            await writer.WriteLineAsync("cancelled");
            throw;
        }
    }

    /// <summary>In a function: waits for the gate on its thread; cancellation ends the wait.</summary>
    public static void Pass(int port, string label, CancellationToken cancellationToken)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        using var writer = new StreamWriter(client.GetStream()) { AutoFlush = true };
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {label}"));
        using (cancellationToken.Register(() =>
        {
            writer.WriteLine("cancelled");
            client.Client.Shutdown(SocketShutdown.Both);
        }))
        {
            _ = client.GetStream().ReadByte();
        }
        cancellationToken.ThrowIfCancellationRequested();
    }

    /// <summary>In a function: reports to the gate without waiting.</summary>
    public static void Tell(int port, string label)
    {
        using var client = new TcpClient();
        client.Connect(IPAddress.Loopback, port);
        using var writer = new StreamWriter(client.GetStream());
        writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {label}"));
    }

    private async Task AddStateToErrorAsync(Task wait, Func<string>? log)
    {
        try
        {
            await wait;
        }
        catch (HangException e)
        {
            throw new HangException($"{e.Message} At the gate: {string.Join(", ", Visits)}. {log?.Invoke()}", e);
        }
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
                _ = ServeAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test has ended.
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        using (var reader = new StreamReader(client.GetStream()))
        {
            Visit? visit = null;
            try
            {
                if (await reader.ReadLineAsync() is not { } line)
                    return;
                visit = new Visit(client, int.Parse(line.Split(' ')[0], CultureInfo.InvariantCulture), line.Split(' ', 2)[1]);
                lock (_lock)
                {
                    _visits.Enqueue(visit);
                    if (_isOpen)
                        visit.Release();
                }
                while (await reader.ReadLineAsync() is { } more)
                    visit.WasCancelled |= more is "cancelled";
            }
            catch (IOException)
            {
                // Its process was killed.
            }
            visit?.End();
        }
    }

    /// <summary>A function that came to the gate.</summary>
    internal sealed class Visit(TcpClient client, int processId, string label)
    {
        private int _state; // 0: waits, 1: released, 2: ended

        public int ProcessId => processId;

        public string Label => label;

        public bool IsWaiting => Volatile.Read(ref _state) == 0;

        /// <summary>Whether its token was cancelled while it waited.</summary>
        public bool WasCancelled { get; set; }

        /// <summary>Lets this one pass.</summary>
        public void Release()
        {
            if (Interlocked.CompareExchange(ref _state, 1, 0) == 0)
                client.Client.Send([1]);
        }

        public void End() => Interlocked.Exchange(ref _state, 2);

        public override string ToString() => $"{label} of {processId}{(IsWaiting ? " waits" : "")}";
    }
}
