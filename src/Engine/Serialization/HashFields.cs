using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>The fields of one class, without its base classes, that hold hash codes.</summary>
/// <param name="Caches">Those that <c>GetHashCode</c> fills anew when they are as at the start.</param>
/// <param name="Stored">One that is not filled anew; null if there is none.</param>
internal sealed record HashFields(HashCache[] Caches, FieldInfo? Stored)
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    public static HashFields None { get; } = new([], null);

    /// <summary>Reads the class's methods.</summary>
    public static HashFields Find(Type level)
    {
        var fields = Array.FindAll(level.GetFields(Own), field => Travels(field) && HashMethods.MayHoldHash(field.FieldType));
        if (fields.Length == 0)
            return None;
        var code = new Code(level);
        var caches = fields.Where(field => field.IsPrivate).Select(code.FindCache).OfType<HashCache>().ToArray();
        return new HashFields(
            caches,
            Array.Find(fields, field => !Array.Exists(caches, cache => cache.Field == field) && code.IsStored(field)));
    }

    public static bool Travels(FieldInfo field) => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    public static bool IsOverride(MethodBase method) => method.Name is nameof(GetHashCode) && method.GetParameters().Length == 0;

    // What the methods of a class do with its fields.
    private sealed class Code
    {
        private readonly MethodBase[] _methods;
        private readonly MethodBase[] _hashing;
        private readonly ILookup<(MethodBase Method, int FieldToken), FieldUse> _uses;

        public Code(Type level)
        {
            _methods = GetMethods(level);
            _hashing = GetHashing(level);
            _uses = _methods
                .SelectMany(method => HashMethods.GetUses(method, level), (method, use) => (Key: (method, use.FieldToken), use.Use))
                .ToLookup(use => use.Key, use => use.Use);
        }

        // A number that others read as well is no mere copy of what GetHashCode computes: an id that is given on demand, a length.
        public HashCache? FindCache(FieldInfo field)
        {
            if (!IsKept(field))
                return null;
            var starts = new HashSet<long>();
            foreach (var method in _methods.Where(method => !_hashing.Contains(method) && !IsCopying(method)))
            {
                var uses = Get(method, field);
                if (Array.Exists(uses, use => use.IsWrite ? use.Constant is null : !IsEquality(method)))
                    return null;
                var constants = uses.Where(use => use.IsWrite).Select(use => use.Constant!.Value).ToArray();
                starts.UnionWith(constants);
                if (method is ConstructorInfo { IsStatic: false } && method.DeclaringType == field.DeclaringType
                    && constants.Length == 0 && !CallsOwnConstructor(method))
                    starts.Add(0);
            }
            var start = starts.Count == 0 ? 0 : starts.First();
            return starts.Count > 1 || start != 0 && (field.DeclaringType!.IsValueType || !HashCache.CanStart(field))
                ? null
                : new HashCache(field, start);
        }

        public bool IsStored(FieldInfo field)
        {
            if (field.FieldType == typeof(bool))
                return false;
            if (IsKept(field) && _hashing.Any(HashMethods.CallsHash))
                return true;
            var isRead = _hashing.Any(method => Array.Exists(Get(method, field), use => use.IsRead));
            return _methods.Where(method => !_hashing.Contains(method)).Any(method => Array.Exists(
                Get(method, field),
                use => use.Origin is FieldOrigin.Hash || use.IsWrite && isRead && method is ConstructorInfo && GetsHash(method, use)));
        }

        // Create(text) => new(text, text.GetHashCode()) gives it by a parameter.
        private bool GetsHash(MethodBase constructor, FieldUse write) => write.Origin switch
        {
            FieldOrigin.Unknown => HashMethods.CallsHash(constructor),
            FieldOrigin.Parameter => _methods.Any(caller => !_hashing.Contains(caller)
                && HashMethods.GetCallees(caller).Contains(constructor) && HashMethods.CallsHash(caller)),
            _ => false,
        };

        // GetHashCode reads and writes it, so that it computes the hash code again if the field is as it was at the start.
        private bool IsKept(FieldInfo field)
        {
            var uses = _hashing.SelectMany(method => Get(method, field)).ToArray();
            return uses.Any(use => use.IsRead) && uses.Any(use => use.IsWrite);
        }

        private FieldUse[] Get(MethodBase method, FieldInfo field) => [.. _uses[(method, field.MetadataToken)]];

        // All that may use a private field: also lambdas and iterators, which are methods of nested classes.
        private static MethodBase[] GetMethods(Type type) =>
        [
            .. type.GetMethods(Own | BindingFlags.Static), .. type.GetConstructors(Own | BindingFlags.Static),
            .. type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(GetMethods),
        ];

        // GetHashCode, and what it calls of its class to compute the hash code. A property that only returns a field is data.
        private static MethodBase[] GetHashing(Type type)
        {
            if (Array.Find(type.GetMethods(Own), IsOverride) is not { } method)
                return [];
            return
            [
                method,
                .. HashMethods.GetCallees(method).Where(callee => callee.DeclaringType == type && !callee.IsAbstract && callee != method
                    && callee.Name.Contains("Hash", StringComparison.Ordinal)
                    && (!callee.IsSpecialName || HashMethods.CallsHash(callee))),
            ];
        }

        private static bool IsEquality(MethodBase method) =>
            method.Name is nameof(Equals) or "op_Equality" or "op_Inequality" or nameof(IComparable.CompareTo)
            || method.Name.EndsWith("." + nameof(Equals), StringComparison.Ordinal);

        // The copy constructor of a record.
        private static bool IsCopying(MethodBase method) =>
            method is ConstructorInfo && method.GetParameters() is [var only] && only.ParameterType == method.DeclaringType;

        private static bool CallsOwnConstructor(MethodBase constructor) => HashMethods.GetCallees(constructor)
            .Any(callee => callee is ConstructorInfo && callee.DeclaringType == constructor.DeclaringType);
    }
}
