using System.ComponentModel;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace ActorPool.ClusterTests.Support;

/// <summary>A network interface whose frames this process reads and writes.</summary>
/// <remarks>It exists until it is disposed of.</remarks>
internal sealed partial class Tap : IDisposable
{
    private const string Device = "/dev/net/tun";
    private const int ReadWrite = 0x2;
    private const int NonBlocking = 0x800;
    private const int CloseOnExec = 0x80000;
    private const int NetworkNamespace = 0x40000000;
    private const nuint SetInterface = 0x400454ca;
    private const short EthernetWithoutHeader = 0x1002;
    private const short Readable = 1;
    private const int NameLength = 16;
    private const int RequestLength = 40;

    private readonly SafeFileHandle _device;

    private Tap(SafeFileHandle device) => _device = device;

    /// <summary>Finds out why this machine cannot have such interfaces; null if it can.</summary>
    public static string? FindObstacle()
    {
        using var device = OpenFile(Device, ReadWrite | CloseOnExec);
        return device.IsInvalid ? $"No virtual network interfaces: {Device}: {Marshal.GetLastPInvokeErrorMessage()}." : null;
    }

    /// <summary>Creates an interface, in a network namespace or in that of this process.</summary>
    public static Tap Create(string name, string? inNamespace = null)
    {
        Tap? tap = null;
        Exception? failure = null;
        // On a separate thread, which stays in the other namespace until it ends.
        var thread = new Thread(() =>
        {
            try
            {
                if (inNamespace is not null)
                    Enter(inNamespace);
                tap = Open(name);
            }
            catch (Win32Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        return tap ?? throw new InvalidOperationException($"The interface [{name}] cannot be created: {failure!.Message}", failure);
    }

    /// <summary>Waits for a frame.</summary>
    /// <returns>Whether there is one.</returns>
    public bool Poll(TimeSpan limit)
    {
        var poll = new PollRequest { Descriptor = (int)_device.DangerousGetHandle(), Events = Readable };
        return PollDescriptors(ref poll, 1, (int)Math.Ceiling(limit.TotalMilliseconds)) > 0;
    }

    /// <summary>Reads a frame into the buffer.</summary>
    /// <returns>The length of the frame; 0 if there is none.</returns>
    public int Read(byte[] buffer) => (int)Math.Max(0, ReadBytes(_device, buffer, (nuint)buffer.Length));

    /// <summary>Writes a frame; it is lost if the interface has no room.</summary>
    public void Write(byte[] frame) => _ = WriteBytes(_device, frame, (nuint)frame.Length);

    public void Dispose() => _device.Dispose();

    private static void Enter(string name)
    {
        using var handle = OpenFile($"/run/netns/{name}", CloseOnExec);
        ThrowIf(handle.IsInvalid || SetNamespace(handle, NetworkNamespace) != 0);
    }

    private static Tap Open(string name)
    {
        var device = OpenFile(Device, ReadWrite | NonBlocking | CloseOnExec);
        ThrowIf(device.IsInvalid);
        var request = new byte[RequestLength];
        Encoding.ASCII.GetBytes(name, request.AsSpan(0, NameLength - 1));
        BitConverter.TryWriteBytes(request.AsSpan(NameLength), EthernetWithoutHeader);
        ThrowIf(Control(device, SetInterface, request) != 0);
        return new Tap(device);
    }

    private static void ThrowIf(bool failed)
    {
        if (failed)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetNamespace(SafeFileHandle file, int kind);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Control(SafeFileHandle file, nuint request, [In, Out] byte[] argument);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int PollDescriptors(ref PollRequest requests, nuint count, int milliseconds);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint ReadBytes(SafeFileHandle file, [Out] byte[] buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial nint WriteBytes(SafeFileHandle file, [In] byte[] buffer, nuint count);
}
