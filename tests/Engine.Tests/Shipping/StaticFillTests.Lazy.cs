using System.Collections.Concurrent;

#pragma warning disable CA1852 // how a program may be written is what these tests are about

namespace ActorPool.Tests.Shipping;

/// <remarks>Statics that are made at their first use, and a program that changes them.</remarks>
public sealed partial class StaticFillTests
{
    internal static async Task ChangeLazyAsync(string name)
    {
        Lazily.Coalesced.Level = 4;
        Lazily.GetMade().Level = 4;
        Lazily.Tested.Level = 4;
        Lazily.ByLocal.Level = 4;
        Lazily.Checked.Level++;
        Lazily.Shared.Level = 4;
        Lazily.Deferred.Level = 4;
        Lazily.Open.Value.Level = 4;
        Lazily.Ensured.Level = 4;
        Lazily.Exchanged.Level = 4;
        Derived.Instance.Level = 4;
        Lazily.Forwarded.Level = 4;
        Lazily.Nested.Level = 4;
        Lazily.Abstract.Level = 4;
        new Provider().Current.Level = 4;
        ((IProvider)new Provider()).Current.Level = 4;
        Multiton.For("a").Level = 3;
        Multiton.Concurrently("a").Level = 3;
        Multiton.Find(name).Level = 3;
        (await Lazily.LoadAsync().ConfigureAwait(false)).Level = 4;
        Registry.Default.Add("a", 1);
        Lazily.GetOptions().Names.Add(name);
        var same = Lazily.Aliased;
        same.Level = 4;
        Lazily.Fluent.With(4).With(5);
        Lazily.GetGuarded().Level = 4;
        Locator.Get<Options>().Level = 4;
        Config.Missing.Name ??= "a";
        Lazily.SetElsewhere();
        Lazily.Replace(new Options { Level = 4 });
        Lazily.Count();
    }

    internal interface IOptions
    {
        int Level { get; set; }
    }

    internal interface IProvider
    {
        Options Current { get; }
    }

    internal class Options : IOptions
    {
        public int Level { get; set; }

        public List<string> Names { get; } = [];

        public Options With(int level)
        {
            Level = level;
            return this;
        }
    }

    internal abstract class Singleton<T>
        where T : class, new()
    {
        private static T? s_instance;

        public static T Instance => s_instance ??= new T();
    }

    internal sealed class Derived : Singleton<Derived>
    {
        public int Level { get; set; }
    }

    internal sealed class Other : Singleton<Other>
    {
        public int Level { get; set; }
    }

    internal sealed class Provider : IProvider
    {
        private static Options? s_current;

        public static Options Single => s_current ??= new();

        public Options Current => Single;
    }

    internal sealed class Registry
    {
        private static Registry? s_default;
        private readonly Dictionary<string, int> _known = new(StringComparer.Ordinal);

        public static Registry Default => s_default ??= new();

        public int Count => _known.Count;

        public void Add(string name, int number) => _known[name] = number;
    }

    internal sealed class Multiton
    {
        private static readonly Dictionary<string, Multiton> s_all = new(StringComparer.Ordinal);
        private static readonly ConcurrentDictionary<string, Multiton> s_concurrent = new(StringComparer.Ordinal);
        private static readonly List<Multiton> s_list = [];

        public string Name { get; init; } = "";

        public int Level { get; set; }

        public static Multiton For(string name) => s_all.TryGetValue(name, out var known) ? known : s_all[name] = new();

        public static Multiton Concurrently(string name) => s_concurrent.GetOrAdd(name, _ => new());

        public static Multiton Find(string name)
        {
            foreach (var one in s_list)
            {
                if (string.Equals(one.Name, name, StringComparison.Ordinal))
                    return one;
            }
            return new() { Name = name };
        }
    }

    internal static class Locator
    {
        private static readonly Dictionary<Type, object> s_services = new() { [typeof(Options)] = new Options() };

        public static T Get<T>()
            where T : class => (T)s_services[typeof(T)];
    }

    internal static class Lazily
    {
        private static readonly Lock s_lock = new();
        private static readonly Lazy<Options> s_deferred = new(() => new());
        private static Options? s_coalesced;
        private static Options? s_made;
        private static Options? s_tested;
        private static Options? s_byLocal;
        private static Options? s_checked;
        private static volatile Options? s_shared;
        private static Options? s_ensured;
        private static Options? s_exchanged;
        private static Options? s_forwarded;
        private static IOptions? s_abstract;
        private static Options? s_loaded;
        private static Options? s_options;
        private static Options? s_aliased;
        private static Options? s_fluent;
        private static Options? s_counted;
        private static Options? s_replaced;
        private static int? s_elsewhere;
        private static Options? s_guarded;
        private static bool s_isGuarded;

        public static Lazy<Options> Open { get; } = new(() => new());

        public static Options Coalesced => s_coalesced ??= new();

        public static Options Shared => s_shared ??= new();

        public static Options Deferred => s_deferred.Value;

        public static Options Ensured => LazyInitializer.EnsureInitialized(ref s_ensured, () => new());

        public static Options Forwarded => GetForwarded();

        public static Options Nested => Holder.Instance;

        public static IOptions Abstract => s_abstract ??= new Options();

        public static Options Aliased => s_aliased ??= new();

        public static Options Fluent => s_fluent ??= new();

        public static Options Counted => s_counted ??= new();

        public static Options Replaced => s_replaced ??= new();

        public static int Elsewhere => s_elsewhere ?? 0;

        public static Options Tested
        {
            get
            {
                if (s_tested == null)
                    s_tested = new();
                return s_tested;
            }
        }

        public static Options ByLocal
        {
            get
            {
                var local = s_byLocal;
                if (local is null)
                {
                    local = new();
                    s_byLocal = local;
                }
                return local;
            }
        }

        public static Options Checked
        {
            get
            {
                if (s_checked is null)
                {
                    lock (s_lock)
                    {
                        if (s_checked is null)
                            s_checked = new();
                    }
                }
                return s_checked;
            }
        }

        public static Options Exchanged
        {
            get
            {
                Interlocked.CompareExchange(ref s_exchanged, new(), null);
                return s_exchanged;
            }
        }

        public static Options GetMade()
        {
            return s_made ??= new();
        }

        public static Options GetGuarded()
        {
            if (!s_isGuarded)
            {
                s_guarded = new();
                s_isGuarded = true;
            }
            return s_guarded!;
        }

        public static Options GetOptions() => s_options ??= new();

        public static async Task<Options> LoadAsync()
        {
            await Task.Yield();
            s_loaded ??= new();
            return s_loaded;
        }

        public static void SetElsewhere() => s_elsewhere ??= 4;

        public static void Replace(Options options) => s_replaced = options;

        public static int Count() => Counted.Level;

        private static Options GetForwarded() => s_forwarded ??= new();

        private static class Holder
        {
            internal static readonly Options Instance = new();
        }
    }
}
