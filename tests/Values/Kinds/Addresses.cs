#nullable disable

using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace ActorPool.Values.Kinds;

/// <summary>Classes with unsafe code.</summary>
public static unsafe class Addresses
{
    public static class Keeping
    {
        public static IEnumerable<(Type Type, string Field)> All =>
        [
            (typeof(NativeBlock), "_p"), (typeof(NativeText), "_text"), (typeof(ObjectHandle), "_handle"), (typeof(Global), "_p"),
            (typeof(PinnedArray), "_at"), (typeof(OwnField), "_at"), (typeof(ByUnsafe), "_at"), (typeof(OfFunction), "_code"),
            (typeof(OfDelegate), "_code"), (typeof(ByHelper), "_p"), (typeof(ByNint), "_p"), (typeof(OfSafeHandle), "_handle"),
            (typeof(OfProcess), "_handle"), (typeof(OfLibrary), "_library"), (typeof(Half), "_low"), (typeof(Several), "_all"),
            (typeof(Named), "_names"), (typeof(Shown), "_text"), (typeof(Slice), "_at"), (typeof(OnStack), "_at"),
            (typeof(Moved), "_at"), (typeof(AsBytes), "_bytes"), (typeof(OfNativeCode), "_p"), (typeof(OfStatic), "_at"),
            (typeof(Ref), "At"), (typeof(Boxed), "_at"), (typeof(Checked), "_p"), (typeof(ByOut), "_at"), (typeof(Returned), "_p"),
            (typeof(InRow), "_row"), (typeof(Lambda), "_p"),
        ];
    }

    public static class Working
    {
        public static IEnumerable<Type> All =>
        [
            typeof(Sum), typeof(Copy), typeof(Distance), typeof(NintDistance), typeof(Count), typeof(Sizes), typeof(ReadByMarshal),
            typeof(SpanOf), typeof(ByPointerHelper), typeof(ByNintHelper), typeof(OfHeader), typeof(Memory), typeof(NintMath),
            typeof(Hashed), typeof(Compared), typeof(Loaded), typeof(Encoded), typeof(Freed), typeof(Wide), typeof(ReadWide),
            typeof(Shifted), typeof(NintList), typeof(Unboxed), typeof(NativeSizes),
        ];
    }

    public class NativeBlock
    {
        readonly long _p = (long)NativeMemory.Alloc(4);
        public NativeBlock() => *(int*)_p = 42;
        public int Get() => *(int*)_p;
    }

    public class NativeText(string s)
    {
        readonly ulong _text = (ulong)Marshal.StringToCoTaskMemUTF8(s);
        public string Get() => Marshal.PtrToStringUTF8((nint)_text);
    }

    public class ObjectHandle
    {
        long _handle;
        public ObjectHandle(object o) => _handle = (long)GCHandle.ToIntPtr(GCHandle.Alloc(o));
        public object Get() => GCHandle.FromIntPtr((nint)_handle).Target;
    }

    public class Global { long _p = Marshal.AllocHGlobal(8); public long P => _p; }
    public class PinnedArray
    {
        byte[] _bytes = GC.AllocateArray<byte>(4, true);
        ulong _at;
        public PinnedArray() { fixed (byte* p = _bytes) _at = (ulong)p; }
    }

    public class OwnField { int _n; long _at; public void Set() { fixed (int* p = &_n) _at = (long)p; } }
    public class ByUnsafe { long _at; public void Set(ref int x) => _at = (long)Unsafe.AsPointer(ref x); }
    public class OfFunction { long _code = (long)(delegate*<int>)&F; static int F() => 1; }
    public class OfDelegate
    {
        long _code;
        public void Set(Action a) => _code = Marshal.GetFunctionPointerForDelegate(a);
    }

    public class ByHelper { long _p = Allocator.Take(4); }
    public static class Allocator { public static long Take(int n) { var p = NativeMemory.AllocZeroed((nuint)n); return (long)p; } }
    public class ByNint { long _p; public ByNint() { nint p = (nint)NativeMemory.Alloc(4); _p = p + 8; } }
    public class OfSafeHandle
    {
        long _handle;
        public void Set(SafeHandle h) => _handle = h.DangerousGetHandle().ToInt64();
    }

    public class OfProcess { int _handle = (int)Process.GetCurrentProcess().Handle; }
    public class OfLibrary
    {
        long _library;
        public OfLibrary() { if (NativeLibrary.TryLoad("libc", out var h)) _library = h; }
    }

    public class Half
    {
        int _low;
        public Half() { var p = (long)NativeMemory.Alloc(1); _low = (int)(p & 0xFFFF_FFFF); }
    }

    public class Several
    {
        List<long> _all = [];
        public void Take() => _all.Add((long)NativeMemory.Alloc(1));
    }

    public class Named
    {
        Dictionary<ulong, string> _names = [];
        public void Set(byte* p, string n) => _names[(ulong)p] = n;
    }

    public class Shown { string _text; public void Set(void* p) => _text = $"at {(nint)p:x}"; }
    public struct Slice
    {
        long _at;
        int _length;
        public Slice(int n) { _at = (long)NativeMemory.Alloc((nuint)n); _length = n; }
    }

    public class OnStack { long _at; public void Set() { byte* p = stackalloc byte[8]; _at = (long)p; } }
    public class Moved { long _at; public void Set(short* p, int i) => _at = (long)(p + i); }
    public class AsBytes
    {
        byte[] _bytes = new byte[8];
        public void Set(int* p) => BitConverter.TryWriteBytes(_bytes, (long)p);
    }

    public class OfNativeCode
    {
        long _p;
        [DllImport("libc")] static extern nint malloc(nint n);
        public OfNativeCode() => _p = malloc(4);
    }

    public class OfStatic
    {
        static readonly byte* s_pool = (byte*)NativeMemory.Alloc(64);
        long _at;
        public OfStatic(int n) => _at = (long)(s_pool + n);
    }

    public record Ref(long At) { public static Ref Make() => new((long)NativeMemory.Alloc(1)); }
    public class Boxed { object _at; public void Set(byte* p) => _at = (ulong)p; }
    public class Checked { long _p; public void Set(int* p) => _p = checked((long)p); }
    public class ByOut
    {
        long _at;
        static bool Try(out int* p) { p = (int*)NativeMemory.Alloc(4); return true; }
        public void Set() { if (Try(out var p)) _at = (long)p; }
    }

    public class Returned
    {
        long _p;
        static nint Make() => (nint)NativeMemory.Alloc(4);
        public Returned() => _p = Make();
    }

    [InlineArray(2)] public struct Two { long _first; }
    public class InRow { Two _row; public void Set(int* p) => _row[1] = (long)p; }
    public class Lambda
    {
        long _p;
        public void Set() { Func<long> f = () => (long)NativeMemory.Alloc(4); _p = f(); }
    }


    public class Sum
    {
        public int Total, Length;
        public Sum(int[] items) { fixed (int* p = items) for (var i = 0; i < items.Length; i++) Total += p[i]; Length = items.Length; }
    }

    public class Copy
    {
        public byte[] Items = new byte[4];
        public Copy() { var p = Marshal.AllocHGlobal(4); Marshal.WriteInt32(p, 7); Marshal.Copy(p, Items, 0, 4); Marshal.FreeHGlobal(p); }
    }

    public class Distance
    {
        long _length;
        int _at;
        public void Set(byte* start, byte* end, int* other) { _length = end - start; _at = (int)(other - (int*)start); }
    }

    public class NintDistance
    {
        long _length;
        static long Get(nint a, nint b) => b - a;
        public void Set(byte* start, byte* end) { _length = (nint)end - (nint)start + Get((nint)start, (nint)end); }
    }

    public class Count
    {
        long _n;
        ulong _m;
        public void Set(int[] items) { nint n = items.Length; for (nint i = 0; i < n; i++) _m++; _n = n; }
    }

    public class Sizes
    {
        long _size = Marshal.SizeOf<Guid>(), _offset = Marshal.OffsetOf<Head>("Size"), _p = IntPtr.Size;
        long _set = Process.GetCurrentProcess().MinWorkingSet;
    }

    public struct Head { public int Kind; public long Size; }
    public class ReadByMarshal
    {
        long _n;
        string _text;
        public void Set(nint p, byte* q)
        {
            _n = Marshal.ReadInt64(p) + Marshal.ReadInt32((nint)q, 4);
            _text = Marshal.PtrToStringUTF8((nint)q);
        }
    }

    public class SpanOf
    {
        byte[] _items;
        long _n;
        public void Set(byte* p, int n) { _items = new Span<byte>(p, n).ToArray(); _n = new ReadOnlySpan<byte>(p, n).IndexOf((byte)1); }
    }

    public class ByPointerHelper
    {
        long _n;
        static long Read(byte* p, int n) { long sum = 0; while (n-- > 0) sum += *p++; return sum; }
        public void Set(byte[] b) { fixed (byte* p = b) _n = Read(p, b.Length); }
        public void Set(nint p) => _n = Read((byte*)p, 3);
    }

    public class ByNintHelper
    {
        long _n;
        static long Read(nint p) => *(long*)p;
        public void Set() => _n = Read(Marshal.AllocHGlobal(8));
    }

    public class OfHeader
    {
        long _size;
        Head _head;
        public void Set(byte* p) { _size = ((Head*)p)->Size; _head = *(Head*)p; }
    }

    public class Memory { long _n = GC.GetTotalMemory(false), _set = Environment.WorkingSet; }
    public class NintMath
    {
        long _n = Math.Max((nint)3, 4), _m = nint.Parse("4"), _k;
        public void Set(double d) => _k = (nint)d;
    }

    public class Hashed
    {
        uint _hash;
        public void Set(string s) { fixed (char* p = s) { uint h = 5381; for (var q = p; *q != 0; q++) h = h * 33 ^ *q; _hash = h; } }
    }

    public class Compared
    {
        int _n;
        public void Set(byte* p, byte* end) { while (p < end) { _n++; p += 2; } }
    }

    public class Loaded { int _n; public void Set(int* p) => _n = Vector128.Load(p).ToScalar(); }
    public class Encoded
    {
        int _n;
        byte[] _b = new byte[9];
        public void Set(char* c, int n) { fixed (byte* b = _b) _n = Encoding.UTF8.GetBytes(c, n, b, 9); }
    }

    public class Freed
    {
        int _n;
        public Freed() { var p = (int*)NativeMemory.Alloc(8); p[0] = 1; p[1] = 2; _n = p[0] + p[1]; NativeMemory.Free(p); }
    }

    public class Wide
    {
        ulong _n;
        long _m;
        public void Set(uint n, int m) { _n = n; _m = (long)(ulong)m; nuint k = n; _n += k; }
    }

    public class ReadWide { long _n; public void Set(long* p, byte** q) { _n = *p + p[3] + **q; } }
    public class Shifted
    {
        int[] _n = new int[9];
        public void Set(int* p, int n) { fixed (int* q = _n) for (var i = 0; i < n; i++) q[i] = p[n - i]; }
    }

    public class NintList { long _n; public void Set(List<nint> all) => _n = all[0] + all.Count; }
    public class Unboxed { long _n; public void Set(object o, Span<nint> s) => _n = (nint)o + s[0]; }

    public class NativeSizes
    {
        long _length;
        int _read;
        [DllImport("libc")] static extern nuint strlen(byte* s);
        [DllImport("libc")] static extern nint read(int file, byte* s, nuint n);
        public void Set(byte* s) { _length = (long)strlen(s); _read = (int)read(0, s, 3); }
    }
}
