using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace ActorPool.Processes;

/// <summary>A worker process: this program, started again.</summary>
/// <remarks>
/// A session of the engine runs in it in place of the program's <c>Main</c>. It inherits the working directory, environment, culture and
/// time zone, and ends with this process (<see cref="ParentWatch"/>). What it writes is read all the time, so that it never waits for a
/// reader, unless <see cref="ChildOptions.KeepsLines"/> says so.
/// </remarks>
internal sealed class ChildProcess : IAsyncDisposable
{
    /// <summary>Lines that wait for a reader of <see cref="Lines"/>.</summary>
    /// <remarks>With more, a child that writes without pause holds more memory of its parent: up to 8 KB a line.</remarks>
    private const int MaxWaitingLines = 1024;

    // Processes that the child has started may still hold its output open when it has ended.
    private static readonly TimeSpan s_outputTimeout = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Process _process;
    private readonly ErrorTail _errors = new();
    private readonly Channel<ChildLine> _lines;
    private readonly DiagnosticFiles _files;
    private readonly ProcessMark _mark;
    private readonly Func<RunningItem?> _findItem;
    private readonly TimeSpan _endTimeout;
    private readonly bool _keepsLines;
    private long _droppedLines;
    private bool _wasKilled;
    private bool _hasEnded;

    private ChildProcess(Process process, ProcessMark mark, ChildOptions options)
    {
        (_process, _mark, _findItem, _endTimeout) = (process, mark, options.FindItem, options.EndTimeout);
        _keepsLines = options.KeepsLines;
        Id = process.Id;
        _files = DiagnosticFiles.For(Id);
        _lines = Channel.CreateBounded<ChildLine>(
            new BoundedChannelOptions(MaxWaitingLines)
            {
                FullMode = _keepsLines ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
            },
            _ => Interlocked.Increment(ref _droppedLines));
        Exited = Task.Run(RunAsync);
    }

    /// <summary>The id of the process; another process may have it some time after the end.</summary>
    public int Id { get; }

    /// <summary>Ends with the process, when its output has been read; it never fails.</summary>
    public Task<ChildExit> Exited { get; }

    /// <summary>What the process writes, line by line; it ends with the process.</summary>
    /// <remarks>A line has at most 4,096 characters; a longer one comes in pieces.</remarks>
    public ChannelReader<ChildLine> Lines => _lines.Reader;

    /// <summary>Lines that were dropped because nobody has read them in time.</summary>
    public long DroppedLines => Interlocked.Read(ref _droppedLines);

    /// <summary>The last lines of standard error, at most 20.</summary>
    public IReadOnlyList<string> ErrorLines => _errors.GetLines();

    /// <summary>Physical memory that the process uses, in bytes; 0 when it has ended.</summary>
    public long ResidentBytes
    {
        get
        {
            lock (_gate)
            {
                if (_hasEnded)
                    return 0;
                if (OperatingSystem.IsLinux())
                    return ReadResidentBytes(Id);
                _process.Refresh();
                return _process.HasExited ? 0 : _process.WorkingSet64;
            }
        }
    }

    /// <summary>Whether a debugger of the system holds the process.</summary>
    /// <value>Only Linux tells; false elsewhere.</value>
    public bool IsHeld
    {
        get
        {
            lock (_gate)
                return !_hasEnded && ProcessState.Read(Id) is 't';
        }
    }

    /// <summary>How long the process has used processors.</summary>
    public TimeSpan ReadProcessorTime()
    {
        lock (_gate)
        {
            try
            {
                if (_hasEnded || _process.HasExited)
                    return TimeSpan.Zero;
                _process.Refresh();
                return _process.TotalProcessorTime;
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception)
            {
                return TimeSpan.Zero; // It has ended just now.
            }
        }
    }

    /// <summary>Starts a worker process.</summary>
    /// <remarks>About 100 ms of a processor later it runs what it is told.</remarks>
    /// <exception cref="InvalidOperationException">
    /// The program would not become a worker (<see cref="ChildEntry.CheckProgram"/>), or the system refuses.
    /// </exception>
    public static ChildProcess Start(ChildOptions options)
    {
        ChildEntry.CheckProgram();
        var start = ProgramFile.CreateStartInfo();
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        var variables = ChildEnvironment.Apply(start, options);
        var mark = ProcessMark.Create();
        start.Environment[ProcessMark.Variable] = mark.Id;
        var child = new ChildProcess(StartProcess(start), mark, options);
        child.Send((options.Start with { ParentVariables = variables }).ToLine());
        return child;
    }

    /// <summary>Kills the process and those that it has started.</summary>
    /// <remarks>
    /// The system lets it find those whose parents still run, on Unix those of its process group, and on Linux also those that have left
    /// both (<see cref="ProcessMark"/>).
    /// </remarks>
    public void Kill()
    {
        lock (_gate)
        {
            if (_hasEnded || _process.HasExited)
                return;
            _wasKilled = true;
            try
            {
                _process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is AggregateException or Win32Exception or InvalidOperationException)
            {
                // Some process of the tree has ended meanwhile, or is another user's. The worker itself ends all the same.
                _process.Kill();
            }
        }
    }

    /// <summary>Tells the process to end, and kills it after the time of the options.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_hasEnded && !_process.HasExited)
            {
                _wasKilled = true;
                _process.StandardInput.Close();
            }
        }
        await ((Task)Exited).WaitAsync(_endTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Kill();
        await Exited.ConfigureAwait(false);
    }

    private static Process StartProcess(ProcessStartInfo start)
    {
        try
        {
            return Process.Start(start) ?? throw new InvalidOperationException($"[{start.FileName}] did not start.");
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                $"A worker process cannot be started as [{start.FileName} {string.Join(' ', start.ArgumentList)}]: {e.Message}", e);
        }
    }

    private void Send(byte[] line)
    {
        try
        {
            var input = _process.StandardInput.BaseStream;
            input.Write(line);
            input.Flush();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It has ended at once; Exited says how.
        }
    }

    private async Task<ChildExit> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        var output = ReadAsync(_process.StandardOutput, isError: false, stop.Token);
        var errors = ReadAsync(_process.StandardError, isError: true, stop.Token);
        await _process.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        UnixCalls.KillRestOfGroup(Id);
        // Reading the environment of a process that hangs in the system may hang too.
        await Task.Run(_mark.KillProcesses).WaitAsync(s_outputTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var outputs = Task.WhenAll(output, errors);
        await outputs.WaitAsync(s_outputTimeout, CancellationToken.None).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await stop.CancelAsync().ConfigureAwait(false);
        await outputs.ConfigureAwait(false);
        _lines.Writer.Complete();
        _files.Delete();
        lock (_gate)
        {
            _hasEnded = true;
            var exit = new ChildExit(_process.ExitCode, _errors.GetLines(), _wasKilled, OperatingSystem.IsWindows());
            // Process leaves those open that were used, until the garbage collector comes.
            _process.StandardInput.Dispose();
            _process.StandardOutput.Dispose();
            _process.StandardError.Dispose();
            _process.Dispose();
            return exit;
        }
    }

    private async Task ReadAsync(StreamReader reader, bool isError, CancellationToken cancellationToken)
    {
        var lines = new Queue<ChildLine>(); // of one read
        var splitter = new LineSplitter(line => lines.Enqueue(CreateLine(line, isError)));
        var buffer = new char[LineSplitter.MaxChars];
        try
        {
            while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is > 0 and var count)
            {
                splitter.Add(buffer.AsSpan(0, count));
                await HandOutAsync(lines, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The process has ended, and another one still holds its output; or the system has closed the pipe with an error.
        }
        splitter.Complete();
        while (lines.TryDequeue(out var line))
        {
            if (!_lines.Writer.TryWrite(line))
                Interlocked.Increment(ref _droppedLines);
        }
    }

    private async ValueTask HandOutAsync(Queue<ChildLine> lines, CancellationToken cancellationToken)
    {
        while (lines.TryPeek(out var line))
        {
            if (_keepsLines)
                await _lines.Writer.WriteAsync(line, cancellationToken).ConfigureAwait(false);
            else
                _lines.Writer.TryWrite(line);
            lines.Dequeue();
        }
    }

    private ChildLine CreateLine(string line, bool isError)
    {
        var (item, text) = LineMark.Take(line);
        if (isError)
            _errors.Add(text);
        return new ChildLine(text, isError, item ?? _findItem());
    }

    private static long ReadResidentBytes(int id)
    {
        try
        {
            // Its second number is the resident pages.
            var statm = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/statm"));
            return long.Parse(statm.Split(' ')[1], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }
        catch (IOException)
        {
            return 0; // It has ended just now.
        }
    }
}
