using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>Finds in the code of classes which of their fields hold hash codes.</summary>
internal static class HashFields
{
    private const BindingFlags Own =
        BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>Finds the fields that <c>GetHashCode</c> fills anew when they are as at the start.</summary>
    /// <param name="level">A class; its base classes do not count.</param>
    public static HashCache[] FindCaches(Type level)
    {
        var fields = GetFields(level);
        if (fields.Length == 0)
            return [];
        var code = new Code([level]);
        return [.. fields.Where(IsUsedHereAlone).Select(code.FindCache).OfType<HashCache>()];
    }

    /// <summary>Finds a field, also of base classes, with a hash code that stays.</summary>
    public static FieldInfo? FindStored(Type type)
    {
        var levels = new List<Type>();
        for (var level = type; level is not null && !FrameworkAssemblies.Contains(level.Assembly); level = level.BaseType)
            levels.Add(level);
        var fields = levels.SelectMany(GetFields).Where(field => !HashCodes.IsCache(field)).ToArray();
        if (fields.Length == 0)
            return null;
        var code = new Code(levels); // a derived class may fill a field of its base class
        return Array.Find(fields, code.IsStored);
    }

    private static FieldInfo[] GetFields(Type level) =>
        Array.FindAll(level.GetFields(Own), field => Travels(field) && HashMethods.MayHoldHash(field.FieldType));

    // What F# makes of a let in a class is internal, and no other class can name it.
    private static bool IsUsedHereAlone(FieldInfo field) =>
        field.IsPrivate || field.IsAssembly && field.DeclaringType!.CustomAttributes.Any(
            attribute => attribute.AttributeType.FullName is "Microsoft.FSharp.Core.CompilationMappingAttribute");

    public static bool Travels(FieldInfo field) => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    public static bool IsOverride(MethodBase method) => method.Name is nameof(GetHashCode) && method.GetParameters().Length == 0;

    // What the methods of classes do with their fields.
    private sealed class Code
    {
        private readonly MethodBase[] _methods;
        private readonly HashSet<MethodBase> _hashing;
        private readonly ILookup<(Module, int), (MethodBase Method, FieldUse Use)> _uses;

        public Code(IReadOnlyCollection<Type> levels)
        {
            _methods = [.. levels.SelectMany(GetMethods)];
            _hashing = [.. levels.SelectMany(GetHashing)];
            _uses = _methods
                .SelectMany(method => HashMethods.GetUses(method, levels), (method, use) => (use.Field, method, use.Use))
                .ToLookup(use => use.Field, use => (use.method, use.Use));
        }

        // A number that others read as well is no mere copy of what GetHashCode computes: an id that is given on demand, a length.
        public HashCache? FindCache(FieldInfo field)
        {
            var uses = Get(field);
            if (!IsKept(uses))
                return null;
            uses.RemoveAll(use => _hashing.Contains(use.Method) || IsCopying(use.Method));
            if (uses.Exists(use => use.Use.IsWrite ? use.Use.Constant is null : !IsEquality(use.Method)))
                return null;
            var starts = uses.Where(use => use.Use.IsWrite).Select(use => use.Use.Constant!.Value).ToHashSet();
            foreach (var constructor in field.DeclaringType!.GetConstructors(Own))
            {
                if (!IsCopying(constructor) && !uses.Exists(use => use.Use.IsWrite && use.Method == constructor)
                    && !CallsOwnConstructor(constructor))
                    starts.Add(0);
            }
            var start = starts.Count == 0 ? 0 : starts.First();
            return starts.Count > 1 || start != 0 && (field.DeclaringType.IsValueType || !HashCache.CanStart(field))
                ? null
                : new HashCache(field, start);
        }

        public bool IsStored(FieldInfo field)
        {
            if (field.FieldType == typeof(bool))
                return false;
            var uses = Get(field);
            if (IsKept(uses) && _hashing.Any(HashMethods.CallsHash))
                return true;
            var isRead = uses.Exists(use => use.Use.IsRead && _hashing.Contains(use.Method));
            return uses.Exists(use => !_hashing.Contains(use.Method)
                && (use.Use.Origin is FieldOrigin.Hash || use.Use.IsWrite && isRead && GetsHash(use.Method, use.Use)));
        }

        // Create(text) => new(text, text.GetHashCode()) gives it by a parameter.
        private bool GetsHash(MethodBase writer, FieldUse write) => write.Origin switch
        {
            FieldOrigin.Unknown => HashMethods.CallsHash(writer),
            FieldOrigin.Parameter => writer is ConstructorInfo && Array.Exists(_methods, caller => !_hashing.Contains(caller)
                && HashMethods.GetCallees(caller).Contains(writer) && HashMethods.CallsHash(caller)),
            _ => false,
        };

        // GetHashCode reads and writes it, so that it computes the hash code again if the field is as it was at the start.
        private bool IsKept(List<(MethodBase Method, FieldUse Use)> uses) =>
            uses.Exists(use => use.Use.IsRead && _hashing.Contains(use.Method))
            && uses.Exists(use => use.Use.IsWrite && _hashing.Contains(use.Method));

        private List<(MethodBase Method, FieldUse Use)> Get(FieldInfo field) => [.. _uses[(field.Module, field.MetadataToken)]];

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
                    && (HashMethods.CallsHash(callee)
                        || callee.Name.Contains("Hash", StringComparison.Ordinal) && !callee.IsSpecialName)),
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
