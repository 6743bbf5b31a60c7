using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using ActorPool.Processes;
using ActorPool.Tests.Support;

namespace ActorPool.Tests.Processes;

/// <summary>What the worker processes of these tests run.</summary>
/// <remarks>The tests name them in <see cref="ChildStart.Handler"/>.</remarks>
internal static class ChildHandlers
{
    public const string ReadyLine = "ready";

    private static readonly TaskCompletionSource<int> s_never = new();
    private static readonly Thread?[] s_threads = new Thread?[4];

    public static ChildOptions For(Func<ChildStart, Task<int>> handler) => new()
    {
        Start = new ChildStart
        {
            SocketPath = "/no socket",
            NotePath = "/no note",
            SessionId = Guid.NewGuid(),
            Secret = new byte[32],
            Handler = $"{handler.Method.Name}@{typeof(ChildHandlers).FullName}, {typeof(ChildHandlers).Assembly.GetName().Name}",
        },
    };

    /// <summary>Writes what it was told and where it runs.</summary>
    public static Task<int> Report(ChildStart start)
    {
        Console.WriteLine($"told {start.SocketPath} {start.NotePath} {start.SessionId:N} {Convert.ToHexStringLower(start.Secret.Span)}");
        Console.WriteLine($"folder {Environment.CurrentDirectory}");
        Console.WriteLine($"zone {TimeZoneInfo.Local.Id}");
        Console.WriteLine($"culture {CultureInfo.CurrentCulture.Name}");
        Console.WriteLine($"server collector {GCSettings.IsServerGC}");
        Console.WriteLine($"limit {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes}");
        Console.WriteLine($"processors {Environment.ProcessorCount}");
        Console.WriteLine($"input [{Console.In.ReadToEnd()}]");
        Console.WriteLine($"command {Environment.CommandLine}");
        foreach (var name in new[] { ChildEnvironment.Marker, ChildEnvironment.Hooks, "DOTNET_gcServer", "ACTORPOOL_TEST" })
            Console.WriteLine($"variable {name}=[{Environment.GetEnvironmentVariable(name)}]");
        return Task.FromResult(0);
    }

    /// <summary>Lets a shell that native code has started print the environment that it got.</summary>
    public static Task<int> ReportNative(ChildStart start) => Task.FromResult(System("env\0"u8.ToArray()));

    public static Task<int> Return7(ChildStart start) => Task.FromResult(7);

    public static Task<int> Exit3(ChildStart start)
    {
        Environment.Exit(3);
        return s_never.Task;
    }

    public static Task<int> Exit0(ChildStart start)
    {
        Environment.Exit(0);
        return s_never.Task;
    }

    /// <summary>Overflows the stack in frames that do not repeat, so that the report is long.</summary>
    public static Task<int> OverflowStack(ChildStart start)
    {
        var thread = new Thread(() => Console.WriteLine(Recurse(1)), 512 * 1024);
        thread.Start();
        return s_never.Task;
    }

    public static Task<int> FailFast(ChildStart start)
    {
        Environment.FailFast("the reason of the test");
        return s_never.Task;
    }

    public static Task<int> ThrowOnThread(ChildStart start)
    {
        new Thread(() => throw new InvalidOperationException("thrown on a thread")).Start();
        return s_never.Task;
    }

    public static Task<int> SigKill(ChildStart start) => SendSelf(9);

    public static Task<int> CrashInNativeCode(ChildStart start) => Task.FromResult((int)Length(1));

    public static Task<int> SigTerm(ChildStart start) => SendSelf(15);

    public static Task<int> ReadWildMemory(ChildStart start) => Task.FromResult((int)Marshal.ReadByte(0x76543210));

    /// <summary>Writes its id and waits.</summary>
    public static Task<int> Wait(ChildStart start)
    {
        Console.WriteLine(ReadyLine);
        return s_never.Task;
    }

    /// <summary>Ignores everything: signals, the end of the process, and processors that others need.</summary>
    public static Task<int> Spin(ChildStart start)
    {
        AppDomain.CurrentDomain.ProcessExit += (_, _) => s_threads[0]!.Join();
        _ = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context => context.Cancel = true);
        for (var i = 0; i < s_threads.Length; i++)
        {
            s_threads[i] = new Thread(() =>
            {
                var x = 1u;
                while (x != 0)
                    x = (x * 1664525) | 1;
            });
            s_threads[i]!.Start();
        }
        Console.WriteLine(ReadyLine);
        return s_never.Task;
    }

    /// <summary>Starts two workers that spin, each with a process, and writes the ids of all.</summary>
    public static async Task<int> BeParent(ChildStart start)
    {
        await using var first = ChildProcess.Start(For(SpinWithProcess));
        await using var second = ChildProcess.Start(For(SpinWithProcess));
        foreach (var child in new[] { first, second })
        {
            Console.WriteLine(child.Id);
            Console.WriteLine((await child.Lines.ReadAsync()).Text);
            await child.Lines.ReadAsync();
        }
        Console.WriteLine(ReadyLine);
        return await s_never.Task;
    }

    /// <summary>As <see cref="BeParent"/>, but returns while its children run.</summary>
    public static async Task<int> BeParentThatReturns(ChildStart start)
    {
        var child = ChildProcess.Start(For(SpinWithProcess));
        Console.WriteLine(child.Id);
        Console.WriteLine((await child.Lines.ReadAsync()).Text);
        await child.Lines.ReadAsync();
        return 0;
    }

    /// <summary>As <see cref="BeParent"/>, but crashes while its children run.</summary>
    public static async Task<int> BeParentThatCrashes(ChildStart start)
    {
        await BeParentThatReturns(start);
        return await CrashInNativeCode(start);
    }

    public static Task<int> SpinWithProcess(ChildStart start)
    {
        WriteIdOfSleep();
        return Spin(start);
    }

    /// <summary>Crashes while a process that it has started holds its output open.</summary>
    public static Task<int> CrashWithProcess(ChildStart start)
    {
        WriteIdOfSleep();
        return CrashInNativeCode(start);
    }

    /// <summary>Ends while a process that has left its group holds its output open.</summary>
    public static Task<int> LeaveDaemon(ChildStart start)
    {
        using var process = Process.Start("setsid", ["sleep", "600"]);
        Console.WriteLine(process.Id);
        return Task.FromResult(0);
    }

    /// <summary>As <see cref="LeaveDaemon"/>, of a process that does not tell whose it is.</summary>
    public static Task<int> LeaveOwnDaemon(ChildStart start)
    {
        using var process = Process.Start("setsid", ["env", "-u", ProcessMark.Variable, "sleep", "600"]);
        Console.WriteLine(process.Id);
        return Task.FromResult(0);
    }

    /// <summary>As <see cref="LeaveOwnDaemon"/>, of a process that writes without pause.</summary>
    public static Task<int> LeaveChattyDaemon(ChildStart start)
    {
        // Killed by the end of its output, when the worker's parent closes that.
        // It tells its id itself: after its first line, no one finds another.
        using var process = Process.Start("setsid", ["env", "-u", ProcessMark.Variable, "sh", "-c", "echo $$; exec yes"]);
        return Task.FromResult(0);
    }

    /// <summary>Waits with a worker whose process has left its group and its parent.</summary>
    public static async Task<int> BeParentOfDaemon(ChildStart start)
    {
        await using var child = ChildProcess.Start(For(WaitWithDaemon));
        Console.WriteLine(child.Id);
        Console.WriteLine((await child.Lines.ReadAsync()).Text);
        await child.Lines.ReadAsync();
        Console.WriteLine(ReadyLine);
        return await s_never.Task;
    }

    public static async Task<int> WaitWithDaemon(ChildStart start)
    {
        // The shell that has started it ends at once: nothing but the environment tells whose it is.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "setsid sleep 600 </dev/null >/dev/null 2>&1 & echo $!"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false,
        })!;
        Console.WriteLine(await shell.StandardOutput.ReadLineAsync());
        return await Wait(start);
    }

    /// <summary>Runs a pool with worker processes; writes the folder of its sockets, and waits.</summary>
    public static Task<int> BeProgramWithPool(ChildStart start) => RunPool(static () => { });

    private static async Task<int> RunPool(Action then)
    {
        var folder = Directory.CreateTempSubdirectory("program-").FullName;
        Environment.SetEnvironmentVariable("TMPDIR", folder);
        await using var pool = WorkerPool.Create(new WorkerPoolOptions { Workers = 2, Isolation = WorkerIsolation.Process });
        await Deadline.Until(() => pool.Statistics.Workers == 2, "both workers", pool);
        await pool.MapAsync(x => x + 1, Enumerable.Range(0, 100));
        Console.WriteLine(folder);
        Console.WriteLine(ReadyLine);
        then();
        return await s_never.Task;
    }

    /// <summary>As <see cref="BeProgramWithPool"/>, and ends by an exception that nobody catches.</summary>
    public static Task<int> BeProgramWithPoolThatFails(ChildStart start)
    {
        var fail = new Thread(() => throw new InvalidOperationException("the end of the program"));
        return RunPool(fail.Start);
    }

    /// <summary>Runs a pool whose functions write, to the program's own output.</summary>
    public static Task<int> ForwardOutput(ChildStart start) => WriteInFunctions(new WorkerPoolOptions { ForwardOutput = true });

    /// <summary>Runs a pool whose functions write, to the pool's log.</summary>
    public static Task<int> LogOutput(ChildStart start) => WriteInFunctions(new WorkerPoolOptions { Config = "akka.loglevel = INFO" });

    /// <summary>Runs a pool one of whose functions writes much, to the program's output.</summary>
    public static async Task<int> ForwardMuch(ChildStart start)
    {
        await using var pool = WorkerPool.Create(
            new WorkerPoolOptions { Workers = 1, Isolation = WorkerIsolation.Process, ForwardOutput = true });
        await pool.ForEachAsync(
            _ =>
            {
                for (var i = 0; i < 20_000; i++)
                    Console.WriteLine(i);
            },
            [1]);
        return 0;
    }

    private static async Task<int> WriteInFunctions(WorkerPoolOptions options)
    {
        await using (var pool = WorkerPool.Create(options with { Workers = 2, Isolation = WorkerIsolation.Process }))
        {
            await pool.ForEachAsync(
                x =>
                {
                    Console.Write("out ");
                    Console.WriteLine(x);
                    Console.Error.Write($"error {x}\nsecond {x}\n");
                },
                Enumerable.Range(0, 200), new JobOptions { Name = "numbers" });
            // What does not go through Console is named after the item that runs, which the death of the process keeps.
            await pool.TryMapAsync(x => x == 5 ? WriteRawAndExit() : x, Enumerable.Range(0, 10), new JobOptions { Name = "raw" });
        }
        return 0;
    }

    private static int WriteRawAndExit()
    {
        using (var output = Console.OpenStandardOutput())
            output.Write("raw\n"u8);
        Environment.Exit(3);
        return 0;
    }

    /// <summary>Writes more than a pipe and the parent's queue of lines take.</summary>
    public static Task<int> Chatter(ChildStart start)
    {
        for (var i = 0; i < 20_000; i++)
        {
            Console.WriteLine($"out {i} {new string('x', 80)}");
            Console.Error.WriteLine($"error {i}");
        }
        Console.WriteLine($"long {new string('y', 10_000)}");
        Console.Write("the end");
        return Task.FromResult(0);
    }

    /// <summary>Starts many workers, half of which crash, and fails if they leave files or threads.</summary>
    public static async Task<int> StartMany(ChildStart start)
    {
        const int Children = 64;
        const int AtOnce = 8;
        // The first ones let .NET make what it keeps for all.
        await StartSome();
        var (files, threads) = (CountFiles(), CountThreads());
        for (var i = 0; i < Children / AtOnce; i++)
            await StartSome();
        await Deadline.Until(() => CountFiles() <= files + 2, $"[{files}] files as before; they were [{CountFiles()}]");
        // Idle threads of .NET's pool, which one worker more or less needs, end after 20 s.
        await Deadline.Until(() => CountThreads() <= threads + 2, $"[{threads}] threads as before; they were [{CountThreads()}]");
        return 0;

        static Task StartSome() => Task.WhenAll(Enumerable.Range(0, AtOnce).Select(i => RunToEnd(i % 2 == 0 ? Return7 : SigKill)));
        static int CountFiles() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
        static int CountThreads() => Directory.GetDirectories("/proc/self/task").Length;
    }

    /// <summary>Starts some workers while nothing is collected as garbage, and fails if they leave files.</summary>
    public static async Task<int> StartWithoutCollection(ChildStart start)
    {
        await RunToEnd(Return7);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        if (!GC.TryStartNoGCRegion(64 << 20))
            throw new InvalidOperationException("There is no room to go on without a collection.");
        var files = Directory.GetFileSystemEntries("/proc/self/fd").Length;
        for (var i = 0; i < 4; i++)
            await RunToEnd(Return7);
        var more = Directory.GetFileSystemEntries("/proc/self/fd").Length - files;
        return more <= 1 ? 0 : throw new InvalidOperationException($"[{more}] more files are open.");
    }

    /// <summary>Runs as a program does whose Main does not call <see cref="WorkerProcess.RunIfRequested"/>.</summary>
    public static async Task<int> StartWhileMarked(ChildStart start)
    {
        Environment.SetEnvironmentVariable(ChildEnvironment.Marker, "1");
        await using var child = ChildProcess.Start(For(Return7));
        return 0;
    }

    public static Task<int> Allocate(ChildStart start)
    {
        var blocks = new List<byte[]>();
        while (true)
            blocks.Add(GC.AllocateUninitializedArray<byte>(1 << 20));
    }

    private static async Task RunToEnd(Func<ChildStart, Task<int>> handler)
    {
        await using var child = ChildProcess.Start(For(handler));
        await child.Exited;
    }

    private static void WriteIdOfSleep()
    {
        using var process = Process.Start("sleep", ["600"]);
        Console.WriteLine(process.Id);
    }

    private static Task<int> SendSelf(int signal)
    {
        _ = Kill(Environment.ProcessId, signal);
        return s_never.Task;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int Recurse(int depth) => (depth % 7) switch
    {
        0 => RecurseOther(depth + 1) + 1,
        3 => RecurseOther(depth + 2) + 2,
        _ => Recurse(depth + 1) + 3,
    };

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int RecurseOther(int depth) => depth % 5 == 0 ? Recurse(depth + 3) + 1 : Recurse(depth + 1) * 2;

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int process, int signal);

    [DllImport("libc", EntryPoint = "strlen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Length(nint text);

    [DllImport("libc", EntryPoint = "system")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int System(byte[] command);
}
