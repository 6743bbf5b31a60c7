using System.Globalization;
using ActorPool.Chunking;
using ActorPool.Diagnostics;

namespace ActorPool.Insights;

/// <summary>Makes texts of a job's inputs, on a thread that nothing else waits for.</summary>
/// <remarks>
/// A text is what the input's class says of itself: code of the program's, which may throw, take long or never return. The thread ends
/// when nothing is left to describe. If it hangs in an input, at most <see cref="MaxWaiting"/> others are kept for it, and the rest get no
/// text. Any thread may call.
/// </remarks>
internal sealed class InputTexts
{
    public const int MaxChars = 200;

    private const int MaxWaiting = 500;
    private static readonly TimeSpan s_timeToWait = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly Queue<(InputText Text, object? Input)> _waiting = [];
    private readonly List<(double Each, long Start, InputText Text)> _slow = []; // slowest first
    private readonly ManualResetEventSlim _isIdle = new(initialState: true);
    private bool _isSlow; // a text has taken too long once

    /// <summary>Begins to make the text of an input.</summary>
    public InputText Add(object? input)
    {
        var text = new InputText();
        lock (_lock)
        {
            if (_waiting.Count == MaxWaiting)
                return text;
            _waiting.Enqueue((text, input));
            if (!_isIdle.IsSet)
                return text;
            _isIdle.Reset();
        }
        new Thread(Run) { IsBackground = true, Name = "ActorPool inputs" }.Start();
        return text;
    }

    /// <summary>Makes the text of a chunk's first input, if its items are slow.</summary>
    /// <param name="start">The position of the input.</param>
    /// <param name="each">The mean time of an item of the chunk, in seconds.</param>
    /// <param name="chunk">The chunk.</param>
    public void AddSlow(long start, double each, Chunk chunk)
    {
        lock (_lock)
        {
            if (_slow.Count == ChunkSummary.MaxSlow && each <= _slow[^1].Each)
                return;
            var place = _slow.FindIndex(slow => slow.Each < each);
            _slow.Insert(place < 0 ? _slow.Count : place, (each, start, Add(chunk.GetInput(0))));
            if (_slow.Count > ChunkSummary.MaxSlow)
                _slow.RemoveAt(ChunkSummary.MaxSlow);
        }
    }

    /// <summary>Finds the text of a slow chunk's first input; null for none yet.</summary>
    public string? FindSlow(long start)
    {
        lock (_lock)
            return _slow.Find(slow => slow.Start == start).Text?.Text;
    }

    /// <summary>Waits until all texts are made, unless that has taken too long before.</summary>
    public void Await()
    {
        if (!Volatile.Read(ref _isSlow) && !_isIdle.Wait(s_timeToWait))
            Volatile.Write(ref _isSlow, true);
    }

    private void Run()
    {
        while (true)
        {
            InputText text;
            object? input;
            lock (_lock)
            {
                if (!_waiting.TryDequeue(out var next))
                {
                    _isIdle.Set();
                    return;
                }
                (text, input) = next;
            }
            text.Text = Describe(input);
        }
    }

    private static string Describe(object? input)
    {
        var text = SafeText.Read(
            nameof(ToString),
            () => input is IFormattable formattable ? formattable.ToString(null, CultureInfo.InvariantCulture) : input?.ToString());
        return SafeText.Clean(SafeText.Cut(text ?? "null", MaxChars));
    }
}

/// <summary>The text of an input, once it is made.</summary>
internal sealed class InputText
{
    /// <value>Null before.</value>
    public string? Text
    {
        get => Volatile.Read(ref field);
        set => Volatile.Write(ref field, value);
    }
}
