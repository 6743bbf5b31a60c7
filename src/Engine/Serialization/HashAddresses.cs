using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;

namespace ActorPool.Serialization;

/// <summary>Tells which numbers are addresses or handles of the process.</summary>
/// <remarks>
/// A pointer that becomes a number is one, and so is a native number that .NET or native code returns. A program's own <c>nint</c> may
/// as well be a count.
/// </remarks>
internal static class HashAddresses
{
    // These compute: what they return follows from what they are given.
    private static readonly string[] s_numbers =
    [
        "IntPtr", "UIntPtr", "Math", "BitConverter", "BitOperations", "BinaryPrimitives", "Interlocked", "Volatile", "Unsafe", "CLong",
        "CULong", "Int128", "UInt128", "Half", "Decimal", "BigInteger",
    ];

    // A size, an offset, a mask of processors.
    private static readonly string[] s_measures =
        ["OffsetOf", "get_MinWorkingSet", "get_MaxWorkingSet", "get_ProcessorAffinity", "ByteOffset", "SizeOf"];

    /// <summary>Whether native numbers that a member of .NET returns are addresses or handles.</summary>
    public static bool IsSource(string type, string member) =>
        Array.IndexOf(s_numbers, type) < 0 && Array.IndexOf(s_measures, member) < 0;

    /// <summary>Whether a method returns an address or a handle as a native number.</summary>
    public static bool IsSource(MethodBase callee) =>
        callee.DeclaringType is { } type && IsForeign(callee, type) && GetDeclared(callee) is MethodInfo { ReturnType: var result }
        && (IsNativeCode(callee) ? result == typeof(nint) : HashValue.IsNative(result)); // native code returns sizes as nuint

    /// <summary>Whether native code has returned a count: it is made an <c>int</c> at once.</summary>
    public static bool IsCount(MethodBase callee, OpCode next) =>
        IsNativeCode(callee)
        && next.Name!.StartsWith("conv.", StringComparison.Ordinal) && next.Name.Contains('4', StringComparison.Ordinal);

    /// <summary>Whether a method gives an address or a handle to a parameter.</summary>
    public static bool IsSource(MethodBase callee, int parameter) =>
        callee.DeclaringType is { } type && IsForeign(callee, type)
        && GetDeclared(callee).GetParameters()[parameter].ParameterType is { IsByRef: true } place
        && HashValue.IsNative(place.GetElementType()!);

    /// <summary>What is known of arguments once they are given to the parameters of a method.</summary>
    /// <remarks>What native code and .NET's interop find at an address does not follow from the address.</remarks>
    public static void Give(Span<HashValue> arguments, MethodBase callee)
    {
        if (arguments.Length == 0 || callee.DeclaringType is not { } type
            || typeof(Delegate).IsAssignableFrom(type) && callee.IsConstructor)
            return;
        var isInterop = type.Namespace is "System.Runtime.InteropServices" && FrameworkAssemblies.Contains(type.Assembly);
        var parameters = GetDeclared(callee).GetParameters();
        for (var i = 0; i < arguments.Length; i++)
        {
            var declared = parameters[i].ParameterType;
            if (HashValue.IsNative(type) && HashValue.IsPointer(declared)) // a conversion
            {
                arguments[i] = arguments[i].ToNumber();
                continue;
            }
            arguments[i] = arguments[i].As(declared);
            if (isInterop && HashValue.IsNative(declared))
                arguments[i] = arguments[i] with { Taint = arguments[i].Taint.RemoveAddress() };
        }
    }

    /// <summary>What an instruction makes of a pointer; null for all others.</summary>
    public static HashValue? Convert(string name, HashValue value) => value.Reference switch
    {
        _ when !name.StartsWith("conv.", StringComparison.Ordinal) => null,
        HashReference.Place => value with { Reference = HashReference.Pointer },
        HashReference.Pointer => name is "conv.u" or "conv.i" ? value : value.ToNumber(),
        _ => null,
    };

    /// <summary>What a sum or a difference with addresses is; null for all others.</summary>
    public static HashValue? Move(string name, HashValue left, HashValue right)
    {
        if (!name.StartsWith("add", StringComparison.Ordinal) && !name.StartsWith("sub", StringComparison.Ordinal))
            return null;
        var (at, by) = left.Reference is HashReference.None ? (right, left) : (left, right);
        if (name[0] is 's' && (by.Reference is not HashReference.None || IsNumberOf(left) && IsNumberOf(right)))
            return HashValue.Unknown with { Taint = new HashTaint((left.Taint | right.Taint).Kinds & ~HashKinds.Address, 0) }; // a distance
        return at.Reference is HashReference.None ? null : at with { Place = at.Place | by.Taint };
    }

    /// <summary>Whether an instruction may make a pointer.</summary>
    /// <param name="code">The instruction.</param>
    /// <param name="before">The one before it.</param>
    /// <param name="isUnsafe">Whether the module has code that cannot be verified.</param>
    public static bool IsSource(OpCode code, OpCode before, bool isUnsafe) =>
        isUnsafe && (code == OpCodes.Conv_U || code == OpCodes.Localloc)
        || before == OpCodes.Ldftn && code.Name!.StartsWith("conv.", StringComparison.Ordinal);

    /// <summary>Whether a field's or a method's signature has pointers, or returns native numbers.</summary>
    /// <param name="metadata">The module's metadata.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="isForeign">Whether native numbers that it returns are addresses or handles.</param>
    public static bool MayGive(MetadataReader metadata, BlobHandle signature, bool isForeign)
    {
        var bytes = metadata.GetBlobReader(signature);
        var isMarked = false;
        while (bytes.RemainingBytes > 0 && !isMarked)
            isMarked = (SignatureTypeCode)bytes.ReadByte() is SignatureTypeCode.Pointer or SignatureTypeCode.FunctionPointer
                or SignatureTypeCode.IntPtr or SignatureTypeCode.UIntPtr;
        if (!isMarked)
            return false;
        bytes.Reset();
        var decoder = new SignatureDecoder<SignaturePart, object?>(SignatureParts.Instance, metadata, null);
        if (bytes.ReadSignatureHeader().Kind is SignatureKind.Field)
        {
            bytes.Reset();
            return decoder.DecodeFieldSignature(ref bytes) is SignaturePart.Pointer;
        }
        bytes.Reset();
        var method = decoder.DecodeMethodSignature(ref bytes);
        return method.ReturnType is SignaturePart.Pointer
            || method.ParameterTypes.Any(part => part is SignaturePart.Pointer)
            || isForeign
                && (method.ReturnType is SignaturePart.Native || method.ParameterTypes.Any(part => part is SignaturePart.NativePlace));
    }

    private static bool IsForeign(MethodBase callee, Type type) =>
        FrameworkAssemblies.Contains(type.Assembly) ? IsSource(type.Name, callee.Name) : IsNativeCode(callee);

    private static bool IsNativeCode(MethodBase callee) => callee.Attributes.HasFlag(MethodAttributes.PinvokeImpl);

    // An addition to an address is one; the distance of two is none.
    private static bool IsNumberOf(HashValue value) =>
        value.Taint.Kinds.HasFlag(HashKinds.Address) || value.Type is { } type && HashValue.IsNative(type) && value.Taint.Arguments != 0;

    // An item of a List<nint> is what the program has put there.
    private static MethodBase GetDeclared(MethodBase callee) =>
        callee.IsGenericMethod || callee.DeclaringType is { IsGenericType: true } ? HashFlow.GetDefinition(callee) : callee;
}
