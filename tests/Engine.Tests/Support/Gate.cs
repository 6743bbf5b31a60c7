using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace ActorPool.Tests.Support;

/// <summary>A gate at which functions wait until the test opens it.</summary>
/// <remarks>
/// So no test depends on how long something takes. A function may also run in another process: what travels there is the gate's number
/// and a port of this process, at which the function arrives and waits.
/// </remarks>
public sealed class Gate
{
    private const int IdBytes = 16;
    private const byte Enter = 0;
    private const byte Count = 1;
    private const byte Unlock = 2;

    private static readonly ConcurrentDictionary<Guid, State> s_states = new();
    private static readonly Lazy<int> s_port = new(Listen);

    private readonly Guid _id = Guid.NewGuid();
    private readonly int _port = s_port.Value;

    public Gate() => s_states[_id] = new State();

    /// <summary>Functions that have reached the gate so far, including those that have passed it.</summary>
    public int Arrived
    {
        get
        {
            if (s_states.TryGetValue(_id, out var state))
                return state.Arrived;
            return BitConverter.ToInt32(Ask(Count, sizeof(int)));
        }
    }

    public void Open()
    {
        if (s_states.TryGetValue(_id, out var state))
            state.Open();
        else
            Ask(Unlock, answerBytes: 1);
    }

    /// <summary>Blocks the calling thread until the gate is open; ignores cancellation.</summary>
    public void Pass()
    {
        if (s_states.TryGetValue(_id, out var state))
        {
            state.Pass();
            return;
        }
        Ask(Enter, answerBytes: 1);
    }

    /// <summary>Waits for the gate without blocking a thread, and throws when cancelled.</summary>
    public async ValueTask PassAsync(CancellationToken cancellationToken)
    {
        if (s_states.TryGetValue(_id, out var state))
        {
            await state.PassAsync(cancellationToken);
            return;
        }
        using var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Loopback, _port, cancellationToken);
        await client.GetStream().WriteAsync((byte[])[.. _id.ToByteArray(), Enter], cancellationToken);
        await client.GetStream().ReadExactlyAsync(new byte[1], cancellationToken).AsTask().WaitAsync(Deadline.Limit, cancellationToken);
    }

    /// <summary>Waits until this number of functions has reached the gate.</summary>
    public Task HasArrived(int functions, string phase, WorkerPool? pool = null) =>
        Deadline.Until(() => Arrived >= functions, $"{phase}: {functions} functions at the gate", pool);

    private byte[] Ask(byte question, int answerBytes)
    {
        using var client = new TcpClient { ReceiveTimeout = (int)Deadline.Limit.TotalMilliseconds };
        client.Connect(IPAddress.Loopback, _port);
        client.GetStream().Write([.. _id.ToByteArray(), question]);
        var answer = new byte[answerBytes];
        client.GetStream().ReadExactly(answer);
        return answer;
    }

    private static int Listen()
    {
        var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        // Not in the context of the test that happens to be the first: it ends before the others do.
        _ = Task.Run(() => AcceptAsync(listener));
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static async Task AcceptAsync(TcpListener listener)
    {
        while (true)
            _ = ServeAsync(await listener.AcceptTcpClientAsync());
    }

    private static async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                var request = new byte[IdBytes + 1];
                await client.GetStream().ReadExactlyAsync(request);
                var state = s_states[new Guid(request.AsSpan(0, IdBytes))];
                if (request[IdBytes] == Count)
                {
                    await client.GetStream().WriteAsync(BitConverter.GetBytes(state.Arrived));
                    return;
                }
                if (request[IdBytes] == Unlock)
                    state.Open();
                else
                    await state.PassAsync(CancellationToken.None);
                await client.GetStream().WriteAsync(new byte[1]);
            }
            catch (Exception e) when (e is IOException or HangException or TimeoutException)
            {
                // The function has been stopped, or the test has failed.
            }
        }
    }

    /// <summary>The gate itself, in the process of the test.</summary>
    private sealed class State
    {
        private readonly ManualResetEventSlim _open = new();
        private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _arrived;

        public int Arrived => Volatile.Read(ref _arrived);

        public void Open()
        {
            _open.Set();
            _opened.TrySetResult();
        }

        public void Pass()
        {
            Interlocked.Increment(ref _arrived);
            if (!_open.Wait(Deadline.Limit))
                throw Deadline.CreateHangException("a function at a gate that the test did not open", pool: null);
        }

        public async ValueTask PassAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _arrived);
            await _opened.Task.WaitAsync(Deadline.Limit, cancellationToken);
        }
    }
}
