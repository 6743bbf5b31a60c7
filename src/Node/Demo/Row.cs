using System.Runtime.InteropServices;

namespace ActorPool.Node.Demo;

/// <summary>A row of the table.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct Row(long A, long B, long C, long D);
