using System.Runtime.InteropServices;

namespace ActorPool.Terminal;

/// <summary>The columns and rows of a terminal.</summary>
/// <remarks>
/// .NET asks the terminal behind standard output and answers 80 columns where that is redirected. On Linux the one behind standard error
/// is asked, by the C library.
/// </remarks>
[StructLayout(LayoutKind.Auto)]
internal readonly partial record struct TerminalSize(int Width, int Height)
{
    private const int MinWidth = 10;
    private const int MinHeight = 2;
    private const int StandardError = 2;
    private const nuint GetWindowSize = 0x5413; // TIOCGWINSZ of Linux, on all processors that .NET supports

    private static readonly TerminalSize s_usual = new(80, 24);

    public static TerminalSize Read()
    {
        var size = ReadAny();
        return new TerminalSize(
            size.Width > 0 ? Math.Max(MinWidth, size.Width) : s_usual.Width,
            size.Height > 0 ? Math.Max(MinHeight, size.Height) : s_usual.Height);
    }

    private static TerminalSize ReadAny()
    {
        if (OperatingSystem.IsLinux() && IoControl(StandardError, GetWindowSize, out var window) == 0)
            return new TerminalSize(window.Columns, window.Rows);
        try
        {
            return new TerminalSize(Console.WindowWidth, Console.WindowHeight);
        }
        catch (IOException)
        {
            return s_usual; // Windows, with a console that has no window
        }
    }

    [LibraryImport("libc", EntryPoint = "ioctl")]
    private static partial int IoControl(int descriptor, nuint request, out WindowSize size);

    [StructLayout(LayoutKind.Sequential)]
    private struct WindowSize
    {
        public ushort Rows;
        public ushort Columns;
        public ushort Width;
        public ushort Height;
    }
}
