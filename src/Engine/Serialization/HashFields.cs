using System.Reflection;
using System.Runtime.CompilerServices;
using ActorPool.Diagnostics;

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
        if (fields.Length == 0 || Array.Find(level.GetMethods(Own), IsOverride) is not { } method || !HashMethods.MayKeep(method))
            return [];
        var code = new Code([level]);
        return [.. fields.Where(IsUsedHereAlone).Select(code.FindCache).OfType<HashCache>()];
    }

    /// <summary>Finds a field, also of base classes, that keeps what follows from hash codes.</summary>
    /// <remarks>A captured variable is a value of its own, as an input is: its class does not count.</remarks>
    public static StoredHash? FindStored(Type type)
    {
        if (CompilerNames.IsClosure(type))
            return null;
        var levels = new List<Type>();
        for (var level = type; level is not null && !FrameworkAssemblies.Contains(level.Assembly); level = level.BaseType)
            levels.Add(level);
        var fields = levels.SelectMany(level => level.GetFields(Own))
            .Where(field => Travels(field) && MayKeep(field.FieldType)).ToArray();
        if (fields.Length == 0)
            return null;
        // A derived class may fill a field of its base class.
        return levels.Select(level => level.Module).Distinct()
            .SelectMany(module => fields.Select(field => Find(HashFlow.For(module), field, levels)))
            .FirstOrDefault(found => found is not null && !HashCodes.IsCache(found.Field));
    }

    private static StoredHash? Find(HashFlow flow, FieldInfo field, List<Type> levels)
    {
        var (items, places) = flow.Find(field, levels);
        var isOfNumbers = field.DeclaringType is { IsGenericType: true } type && HashMethods.IsStable(type.GetGenericArguments()[0]);
        var hashes = isOfNumbers ? HashKinds.Unstable : HashKinds.Unstable | HashKinds.OfParameter;
        var counted = hashes | HashKinds.Address;
        if ((items & counted) is not HashKinds.None && IsOfNumbersOrText(field.FieldType))
            return new StoredHash(field, IsPlaced: false, (items & hashes) is HashKinds.None);
        return (places & counted) is HashKinds.None
            ? null
            : new StoredHash(field, IsPlaced: true, (places & hashes) is HashKinds.None);
    }

    // Functions travel as code.
    private static bool MayKeep(Type type) => type != typeof(bool) && !typeof(Delegate).IsAssignableFrom(type);

    // Objects of the program's classes keep hash codes in their own fields.
    private static bool IsOfNumbersOrText(Type type)
    {
        while (type.HasElementType)
            type = type.GetElementType()!;
        if (FixedBuffers.FindItem(type) is { } item)
            return IsOfNumbersOrText(item);
        return HashRules.IsLibrary(type)
            && (!type.IsGenericType || type.GetGenericArguments().Any(IsOfNumbersOrText));
    }

    private static FieldInfo[] GetFields(Type level) =>
        Array.FindAll(level.GetFields(Own), field => Travels(field) && HashMethods.MayHoldHash(field.FieldType));

    // What F# makes of a let in a class is internal, and no other class can name it.
    private static bool IsUsedHereAlone(FieldInfo field) =>
        field.IsPrivate || field.IsAssembly && field.DeclaringType!.CustomAttributes.Any(
            attribute => attribute.AttributeType.FullName is "Microsoft.FSharp.Core.CompilationMappingAttribute");

    public static bool Travels(FieldInfo field) => !field.IsDefined(typeof(NonSerializedAttribute), inherit: false);

    public static bool IsOverride(MethodBase method) => method.Name is nameof(GetHashCode) && method.GetParameters().Length == 0;

    // All that may use a private field: also lambdas and iterators, which are methods of nested classes.
    public static MethodBase[] GetMethods(Type type) =>
    [
        .. type.GetMethods(Own | BindingFlags.Static), .. type.GetConstructors(Own | BindingFlags.Static),
        .. type.GetNestedTypes(BindingFlags.Public | BindingFlags.NonPublic).SelectMany(GetMethods),
    ];

    // What the methods of classes do with their fields.
    private sealed class Code
    {
        private readonly HashSet<MethodBase> _hashing;
        private readonly ILookup<(Module, int), (MethodBase Method, FieldUse Use)> _uses;

        public Code(IReadOnlyCollection<Type> levels)
        {
            _hashing = [.. levels.SelectMany(GetHashing)];
            _uses = levels.SelectMany(GetMethods)
                .SelectMany(method => HashMethods.GetUses(method, levels), (method, use) => (use.Field, method, use.Use))
                .ToLookup(use => use.Field, use => (use.method, use.Use));
        }

        // A number that others read as well is no mere copy of what GetHashCode computes: an id that is given on demand, a length.
        public HashCache? FindCache(FieldInfo field)
        {
            var uses = Get(field);
            if (!IsKept(uses) || uses.Exists(use => IsOfRecord(use.Method)))
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

        // GetHashCode reads and writes it, so that it computes the hash code again if the field is as it was at the start.
        private bool IsKept(List<(MethodBase Method, FieldUse Use)> uses) =>
            uses.Exists(use => use.Use.IsRead && _hashing.Contains(use.Method))
            && uses.Exists(use => use.Use.IsWrite && _hashing.Contains(use.Method));

        private List<(MethodBase Method, FieldUse Use)> Get(FieldInfo field) => [.. _uses[(field.Module, field.MetadataToken)]];

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

        // A copy without the hash code would not equal its original.
        private static bool IsOfRecord(MethodBase method) =>
            method.Name is nameof(Equals) && method.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

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
