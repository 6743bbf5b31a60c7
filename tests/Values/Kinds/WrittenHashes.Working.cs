#nullable disable

namespace ActorPool.Values.Kinds;

// Those that write something else there, or a hash code somewhere else.
public static unsafe partial class WrittenHashes
{
    public static class Working
    {
        public static IEnumerable<Type> All =>
        [
            typeof(InlineLengths),
            typeof(InlineAsked),
            typeof(FixedLengths),
            typeof(PointerOfLocal),
            typeof(PointerOfBytes),
            typeof(TwoEvents),
            typeof(TwoDelegates),
            typeof(TwoLocals),
            typeof(TwoHelpers),
            typeof(TwoLoops),
            typeof(FoundByKey),
            typeof(OtherParameter),
        ];
    }

    public class InlineLengths
    {
        Four _row;
        public InlineLengths(string s)
        {
            _row[0] = s.Length;
            Span<int> row = _row;
            row[1] = s.Length;
            Console.WriteLine(s.GetHashCode());
        }
    }

    public class InlineAsked
    {
        int _n;
        Four _row;
        public InlineAsked(string s) { _n = _row[s.Length & 3]; Span<int> all = stackalloc int[3]; all[0] = s.GetHashCode(); }
    }

    public struct FixedLengths
    {
        fixed int _row[4];
        public FixedLengths(string s) { _row[1] = s.Length; if (s.GetHashCode() == 3) _row[0]++; }
    }

    public class PointerOfLocal
    {
        int _n;
        public PointerOfLocal(string s) { int hash; int* p = &hash; *p = s.GetHashCode(); fixed (int* n = &_n) *n = s.Length; }
    }

    public class PointerOfBytes
    {
        byte[] _bytes = new byte[9];
        int _at;
        public void Set(string s)
        {
            fixed (byte* p = _bytes) { var q = p; *q++ = (byte)s.Length; _at = (int)(q - p); }
            Console.WriteLine(s.GetHashCode());
        }
    }

    public class TwoEvents
    {
        int _n;
        event Action<int> Hashed;
        event Action<string> Named;
        public TwoEvents(string s)
        {
            Hashed += x => Console.WriteLine(x);
            Named += x => _n = x.Length;
            Hashed(s.GetHashCode());
            Named(s);
        }
    }

    public class TwoDelegates
    {
        int _n;
        Action<int> _log, _count;
        public TwoDelegates(string s) { _log = x => Console.WriteLine(x); _count = x => _n = x; _log(s.GetHashCode()); _count(s.Length); }
    }

    public class TwoLocals
    {
        int _n;
        public TwoLocals(string s)
        {
            Action<int> log = x => Console.WriteLine(x), count = x => _n = x;
            log(s.GetHashCode());
            count(s.Length);
        }
    }

    public class TwoHelpers
    {
        int _n;
        public TwoHelpers(string s) { Count(s, x => _n = x); Hash(s, x => Console.WriteLine(x)); }
        static void Count(string s, Action<int> a) => a(s.Length);
        static void Hash(string s, Action<int> a) => a(s.GetHashCode());
    }

    public class TwoLoops
    {
        int _n;
        public TwoLoops(string[] s) { Array.ForEach(s, x => _n += x.Length); Array.ForEach(s, x => Console.WriteLine(x.GetHashCode())); }
    }

    public class FoundByKey
    {
        Four _row;
        Dictionary<string, int> _all = [];
        public FoundByKey(string s) { _all[s] = 1; Span<int> row = _row; row[_all.Count] = _all[s]; Console.WriteLine(s.GetHashCode()); }
    }

    public class OtherParameter
    {
        int _n;
        event Action<int, int> Found;
        public OtherParameter(string s) { Found += (hash, n) => _n = n; Found(s.GetHashCode(), s.Length); }
    }
}
