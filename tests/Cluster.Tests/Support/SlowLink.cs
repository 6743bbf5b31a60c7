namespace ActorPool.ClusterTests.Support;

/// <summary>What becomes of frames that go one way.</summary>
/// <param name="Delay">How long they take.</param>
/// <param name="Jitter">By how much more or less, at random; frames overtake each other.</param>
/// <param name="Loss">The share of them that is lost.</param>
internal sealed record LinkQuality(TimeSpan Delay, TimeSpan Jitter, double Loss)
{
    public static readonly LinkQuality Perfect = new(TimeSpan.Zero, TimeSpan.Zero, 0);
}

/// <summary>Two interfaces with a wire between them that takes its time: for kernels that have no netem.</summary>
internal sealed class SlowLink(Tap near, Tap far, Random random) : IDisposable
{
    private readonly Direction _there = new(near, far, new Random(random.Next()));
    private readonly Direction _back = new(far, near, new Random(random.Next()));

    /// <summary>Frames on their way to the host.</summary>
    public LinkQuality There
    {
        set => _there.Quality = value;
    }

    /// <summary>Frames on their way from the host.</summary>
    public LinkQuality Back
    {
        set => _back.Quality = value;
    }

    public void Dispose()
    {
        _there.Dispose();
        _back.Dispose();
        near.Dispose();
        far.Dispose();
    }

    private sealed class Direction : IDisposable
    {
        /// <summary>Beyond it frames are lost, as by any router whose queue is full.</summary>
        private const int MostOnTheirWay = 5000;

        private const int LargestFrame = 65536;
        private static readonly TimeSpan s_longestWait = TimeSpan.FromMilliseconds(100);

        private readonly Tap _from;
        private readonly Tap _to;
        private readonly Random _random;
        private readonly PriorityQueue<byte[], long> _onTheirWay = new();
        private readonly byte[] _buffer = new byte[LargestFrame];
        private readonly Thread _thread;
        private volatile LinkQuality _quality = LinkQuality.Perfect;
        private volatile bool _ended;

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
            _ended = true;
            _thread.Join();
        }

        private void Run()
        {
            while (!_ended)
            {
                if (_from.Poll(UntilNext()))
                    TakeIn();
                while (_onTheirWay.TryPeek(out var frame, out var due) && due <= TimeProvider.System.GetTimestamp())
                {
                    _onTheirWay.Dequeue();
                    _to.Write(frame);
                }
            }
        }

        private TimeSpan UntilNext()
        {
            if (!_onTheirWay.TryPeek(out _, out var due))
                return s_longestWait;
            var left = TimeProvider.System.GetElapsedTime(TimeProvider.System.GetTimestamp(), due);
            return left < TimeSpan.Zero ? TimeSpan.Zero : left < s_longestWait ? left : s_longestWait;
        }

        private void TakeIn()
        {
            int length;
            while ((length = _from.Read(_buffer)) > 0)
            {
                var quality = _quality;
                if (_random.NextDouble() < quality.Loss || _onTheirWay.Count >= MostOnTheirWay)
                    continue;
                var takes = quality.Delay + (quality.Jitter * ((2 * _random.NextDouble()) - 1));
                var due = TimeProvider.System.GetTimestamp() + (long)(takes.TotalSeconds * TimeProvider.System.TimestampFrequency);
                _onTheirWay.Enqueue(_buffer.AsSpan(0, length).ToArray(), due);
            }
        }
    }
}
