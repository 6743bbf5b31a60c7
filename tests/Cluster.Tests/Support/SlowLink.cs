namespace ActorPool.ClusterTests.Support;

/// <summary>How a link delays and loses frames in one direction.</summary>
/// <param name="Delay">How long a frame takes.</param>
/// <param name="Jitter">How much shorter or longer the delay is at most, at random; frames overtake each other.</param>
/// <param name="Loss">The share of frames that is lost, 0 to 1.</param>
internal sealed record LinkQuality(TimeSpan Delay, TimeSpan Jitter, double Loss)
{
    public static readonly LinkQuality Perfect = new(TimeSpan.Zero, TimeSpan.Zero, 0);
}

/// <summary>Two interfaces with a slow link between them, for kernels without netem.</summary>
internal sealed class SlowLink(Tap near, Tap far, Random random) : IDisposable
{
    private readonly Direction _toHost = new(near, far, new Random(random.Next()));
    private readonly Direction _fromHost = new(far, near, new Random(random.Next()));

    /// <summary>The quality of the direction to the host.</summary>
    public LinkQuality ToHost
    {
        set => _toHost.Quality = value;
    }

    /// <summary>The quality of the direction from the host.</summary>
    public LinkQuality FromHost
    {
        set => _fromHost.Quality = value;
    }

    public void Dispose()
    {
        _toHost.Dispose();
        _fromHost.Dispose();
        near.Dispose();
        far.Dispose();
    }

    private sealed class Direction : IDisposable
    {
        /// <summary>Above this number frames are lost, as in a router with a full queue.</summary>
        private const int MaxInFlight = 5000;

        private const int MaxFrame = 65536;
        private static readonly TimeSpan s_maxWait = TimeSpan.FromMilliseconds(100);

        private readonly Tap _from;
        private readonly Tap _to;
        private readonly Random _random;
        private readonly PriorityQueue<byte[], long> _inFlight = new();
        private readonly byte[] _buffer = new byte[MaxFrame];
        private readonly Thread _thread;
        private volatile LinkQuality _quality = LinkQuality.Perfect;
        private volatile bool _isDisposed;

        public Direction(Tap from, Tap to, Random random)
        {
            (_from, _to, _random) = (from, to, random);
            _thread = new Thread(Run) { IsBackground = true, Name = "slow-link" };
            _thread.Start();
        }

        public LinkQuality Quality
        {
            set => _quality = value;
        }

        public void Dispose()
        {
            _isDisposed = true;
            _thread.Join();
        }

        private void Run()
        {
            while (!_isDisposed)
            {
                if (_from.Poll(GetWait()))
                    ReadFrames();
                while (_inFlight.TryPeek(out var frame, out var due) && due <= TimeProvider.System.GetTimestamp())
                {
                    _inFlight.Dequeue();
                    _to.Write(frame);
                }
            }
        }

        private TimeSpan GetWait()
        {
            if (!_inFlight.TryPeek(out _, out var due))
                return s_maxWait;
            var remaining = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
            return remaining < TimeSpan.Zero ? TimeSpan.Zero : remaining < s_maxWait ? remaining : s_maxWait;
        }

        private void ReadFrames()
        {
            int length;
            while ((length = _from.Read(_buffer)) > 0)
            {
                var quality = _quality;
                if (_random.NextDouble() < quality.Loss || _inFlight.Count >= MaxInFlight)
                    continue;
                var delay = quality.Delay + (quality.Jitter * ((2 * _random.NextDouble()) - 1));
                var due = TimeProvider.System.GetTimestamp() + (long)(delay.TotalSeconds * TimeProvider.System.TimestampFrequency);
                _inFlight.Enqueue(_buffer.AsSpan(0, length).ToArray(), due);
            }
        }
    }
}
