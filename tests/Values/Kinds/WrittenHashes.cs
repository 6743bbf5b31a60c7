#nullable disable

using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace ActorPool.Values.Kinds;

/// <summary>Classes that write hash codes into their fields by addresses, views and delegates.</summary>
public static unsafe partial class WrittenHashes
{
    public static class Keeping
    {
        public static IEnumerable<(Type Type, string Field)> All =>
        [
            (typeof(InlineByIndex), "_row"),
            (typeof(InlineByVariable), "_row"),
            (typeof(InlineBySpan), "_row"),
            (typeof(InlineSliced), "_row"),
            (typeof(InlineFilled), "_row"),
            (typeof(InlineInLoop), "_row"),
            (typeof(InlineCopied), "_row"),
            (typeof(InlineInArray), "_rows"),
            (typeof(InlineInList), "_rows"),
            (typeof(FixedByIndex), "_row"),
            (typeof(FixedByVariable), "_row"),
            (typeof(FixedByPointer), "_row"),
            (typeof(ByPointer), "_hash"),
            (typeof(ByPointerOfArray), "_hashes"),
            (typeof(ByPointerOfBytes), "_hash"),
            (typeof(ByPointerOfHelper), "_hash"),
            (typeof(ByUnsafeWrite), "_hash"),
            (typeof(ByUnsafeAs), "_hash"),
            (typeof(ByCopyBlock), "_hash"),
            (typeof(ByMemoryCopy), "_hash"),
            (typeof(ByMemoryMarshal), "_hash"),
            (typeof(ByCreatedSpan), "_hash"),
            (typeof(BySpanOfOne), "_hash"),
            (typeof(ByReference), "_hash"),
            (typeof(ByBlockCopy), "_hash"),
            (typeof(ByInterlocked), "_hash"),
            (typeof(ByVolatile), "_hash"),
            (typeof(ByEndian), "_row"),
            (typeof(InVector), "_row"),
            (typeof(ByOwnEvent), "_hash"),
            (typeof(ByHandler), "_hash"),
            (typeof(ByMethodGroup), "_seen"),
            (typeof(ByOwnAccessors), "_hash"),
            (typeof(ByEventOfOther), "_hash"),
            (typeof(ByDelegateField), "_hash"),
            (typeof(ByDelegateLocal), "_hash"),
            (typeof(ByDelegateArgument), "_hash"),
            (typeof(ByDelegateResult), "_hash"),
            (typeof(ByDelegateTable), "_hash"),
            (typeof(ByOwnDelegate), "_hash"),
            (typeof(ByForEach), "_hash"),
        ];
    }

    [InlineArray(4)]
    public struct Four { int _first; }

    public class InlineByIndex
    {
        Four _row;
        public InlineByIndex(string s) => _row[0] = s.GetHashCode();
    }

    public class InlineByVariable
    {
        Four _row;
        public void Set(string s, int i) => _row[i] = s.GetHashCode();
    }

    public class InlineBySpan
    {
        Four _row;
        public InlineBySpan(string s) { Span<int> row = _row; row[1] = s.GetHashCode(); }
    }

    public class InlineSliced
    {
        Four _row;
        public InlineSliced(string s) => ((Span<int>)_row)[1..][0] = s.GetHashCode();
    }

    public class InlineFilled
    {
        Four _row;
        public InlineFilled(string s) { Span<int> row = _row; row.Fill(s.GetHashCode()); }
    }

    public class InlineInLoop
    {
        Four _row;
        public InlineInLoop(string s) { foreach (ref var item in _row) item = s.GetHashCode(); }
    }

    public class InlineCopied
    {
        Four _row;
        public void Set(string[] s) => s.Select(x => x.GetHashCode()).ToArray().AsSpan().CopyTo(_row);
    }

    public class InlineInArray
    {
        Four[] _rows = new Four[2];
        public InlineInArray(string s) => _rows[1][2] = s.GetHashCode();
    }

    public class InlineInList
    {
        List<Four> _rows = [];
        public void Add(string s) { var row = new Four(); row[1] = s.GetHashCode(); _rows.Add(row); }
    }

    public struct FixedByIndex
    {
        fixed int _row[4];
        public FixedByIndex(string s) => _row[0] = s.GetHashCode();
    }

    public struct FixedByVariable
    {
        fixed ulong _row[4];
        public void Set(string s, int i) => _row[i] = (ulong)s.GetHashCode();
    }

    public struct FixedByPointer
    {
        fixed int _row[4];
        public void Set(string s, int i) { fixed (int* p = _row) p[i] = s.GetHashCode(); }
    }

    public class ByPointer
    {
        int _hash;
        public ByPointer(string s) { fixed (int* p = &_hash) *p = s.GetHashCode(); }
    }

    public class ByPointerOfArray
    {
        int[] _hashes = new int[4];
        public void Add(string s) { fixed (int* p = _hashes) { var q = p + 1; *q++ = s.GetHashCode(); } }
    }

    public class ByPointerOfBytes
    {
        byte[] _hash = new byte[4];
        public ByPointerOfBytes(string s) { fixed (byte* p = _hash) *(int*)p = s.GetHashCode(); }
    }

    public class ByPointerOfHelper
    {
        int _hash;
        public ByPointerOfHelper(string s) => Set((int*)Unsafe.AsPointer(ref _hash), s);
        static void Set(int* p, string s) => *p = s.GetHashCode();
    }

    public class ByUnsafeWrite
    {
        int _hash;
        public ByUnsafeWrite(string s) { fixed (int* p = &_hash) Unsafe.Write(p, s.GetHashCode()); }
    }

    public class ByUnsafeAs
    {
        uint _hash;
        public ByUnsafeAs(string s) => Unsafe.As<uint, int>(ref _hash) = s.GetHashCode();
    }

    public class ByCopyBlock
    {
        int _hash;
        public ByCopyBlock(string s)
        {
            var v = s.GetHashCode();
            Unsafe.CopyBlock(ref Unsafe.As<int, byte>(ref _hash), ref Unsafe.As<int, byte>(ref v), 4);
        }
    }

    public class ByMemoryCopy
    {
        int _hash;
        public ByMemoryCopy(string s) { var v = s.GetHashCode(); fixed (int* p = &_hash) Buffer.MemoryCopy(&v, p, 4, 4); }
    }

    public class ByMemoryMarshal
    {
        byte[] _hash = new byte[4];
        public ByMemoryMarshal(string s) => MemoryMarshal.Write(_hash, s.GetHashCode());
    }

    public class ByCreatedSpan
    {
        int _hash;
        public ByCreatedSpan(string s) => MemoryMarshal.CreateSpan(ref _hash, 1).Fill(s.GetHashCode());
    }

    public class BySpanOfOne
    {
        int _hash;
        public BySpanOfOne(string s) => new Span<int>(ref _hash)[0] = s.GetHashCode();
    }

    public class ByReference
    {
        int _hash;
        public ByReference(string s) { ref var at = ref _hash; at = s.GetHashCode(); }
    }

    public class ByBlockCopy
    {
        byte[] _hash = new byte[4];
        public ByBlockCopy(string s) => Buffer.BlockCopy(new[] { s.GetHashCode() }, 0, _hash, 0, 4);
    }

    public class ByInterlocked
    {
        long _hash;
        public ByInterlocked(string s) => Interlocked.CompareExchange(ref _hash, s.GetHashCode(), 0);
    }

    public class ByVolatile
    {
        int _hash;
        public ByVolatile(string s) => Volatile.Write(ref _hash, s.GetHashCode());
    }

    public class ByEndian
    {
        int[] _row = new int[4];
        public ByEndian(string s) => BinaryPrimitives.WriteInt32BigEndian(MemoryMarshal.AsBytes(_row.AsSpan()), s.GetHashCode());
    }

    public class InVector
    {
        Vector256<int> _row;
        public InVector(string s) => _row = _row.WithElement(1, s.GetHashCode());
    }

    public class ByOwnEvent
    {
        int _hash;
        event Action<int> Found;
        public ByOwnEvent(string s) { Found += x => _hash = x; Found(s.GetHashCode()); }
    }

    public class ByHandler
    {
        int _hash;
        public event EventHandler<int> Found;
        public ByHandler() => Found += (_, x) => _hash = x;
        protected void On(string s) => Found?.Invoke(this, s.GetHashCode());
    }

    public class ByMethodGroup
    {
        List<int> _seen = [];
        event Action<string, int> Found;
        public ByMethodGroup() => Found += Keep;
        void Keep(string s, int x) => _seen.Add(x);
        public void Set(string s) => Found?.Invoke(s, s.GetHashCode());
    }

    public class ByOwnAccessors
    {
        int _hash;
        Action<int> _set;
        event Action<int> Found { add => _set += value; remove => _set -= value; }
        public ByOwnAccessors(string s) { Found += x => _hash = x; _set(s.GetHashCode()); }
    }

    public class ByEventOfOther
    {
        int _hash;
        public ByEventOfOther(Source source) => source.Found += x => _hash = x;
        public class Source
        {
            public event Action<int> Found;
            public void Set(string s) => Found(s.GetHashCode());
        }
    }

    public class ByDelegateField
    {
        int _hash;
        Action<int> _set;
        public ByDelegateField(string s) { _set = x => _hash = x; _set(s.GetHashCode()); }
    }

    public class ByDelegateLocal
    {
        int _hash;
        public ByDelegateLocal(string s) { Action<int> set = null; set += x => _hash = x; set?.Invoke(s.GetHashCode()); }
    }

    public class ByDelegateArgument
    {
        int _hash;
        public ByDelegateArgument(string s) => Each(s, x => _hash = x);
        static void Each(string s, Action<int> set) => set(s.GetHashCode());
    }

    public class ByDelegateResult
    {
        int _hash;
        public ByDelegateResult(string s) => GetSetter()(s.GetHashCode());
        Action<int> GetSetter() => x => _hash = x;
    }

    public class ByDelegateTable
    {
        int _hash;
        Dictionary<string, Action<int>> _all = [];
        public ByDelegateTable(string s) { _all["a"] = x => _hash = x; _all["a"](s.GetHashCode()); }
    }

    public class ByOwnDelegate
    {
        int _hash;
        delegate void Setter(int x);
        public ByOwnDelegate(string s) { Setter set = Set; set(s.GetHashCode()); }
        void Set(int x) => _hash = x;
    }

    public class ByForEach
    {
        int _hash;
        public ByForEach(string[] s) => s.Select(x => x.GetHashCode()).ToList().ForEach(x => _hash ^= x);
    }
}
