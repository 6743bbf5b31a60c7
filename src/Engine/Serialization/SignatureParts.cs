using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace ActorPool.Serialization;

/// <summary>What a type in a signature is, as far as addresses are looked for.</summary>
internal enum SignaturePart
{
    Other,

    /// <summary>A native number.</summary>
    Native,

    /// <summary>A reference to a native number.</summary>
    NativePlace,

    Pointer,
}

/// <summary>Finds pointers and native numbers in signatures; loads no types.</summary>
internal sealed class SignatureParts : ISignatureTypeProvider<SignaturePart, object?>
{
    public static SignatureParts Instance { get; } = new();

    public SignaturePart GetPrimitiveType(PrimitiveTypeCode typeCode) =>
        typeCode is PrimitiveTypeCode.IntPtr or PrimitiveTypeCode.UIntPtr ? SignaturePart.Native : SignaturePart.Other;

    public SignaturePart GetPointerType(SignaturePart elementType) => SignaturePart.Pointer;

    public SignaturePart GetFunctionPointerType(MethodSignature<SignaturePart> signature) => SignaturePart.Pointer;

    public SignaturePart GetByReferenceType(SignaturePart elementType) =>
        elementType is SignaturePart.Native ? SignaturePart.NativePlace : elementType;

    public SignaturePart GetModifiedType(SignaturePart modifier, SignaturePart unmodifiedType, bool isRequired) => unmodifiedType;

    public SignaturePart GetPinnedType(SignaturePart elementType) => elementType;

    public SignaturePart GetArrayType(SignaturePart elementType, ArrayShape shape) => SignaturePart.Other;

    public SignaturePart GetSZArrayType(SignaturePart elementType) => SignaturePart.Other;

    public SignaturePart GetGenericInstantiation(SignaturePart genericType, ImmutableArray<SignaturePart> typeArguments) =>
        SignaturePart.Other;

    public SignaturePart GetGenericMethodParameter(object? genericContext, int index) => SignaturePart.Other;

    public SignaturePart GetGenericTypeParameter(object? genericContext, int index) => SignaturePart.Other;

    public SignaturePart GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
        SignaturePart.Other;

    public SignaturePart GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) => SignaturePart.Other;

    public SignaturePart GetTypeFromSpecification(
        MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) => SignaturePart.Other;
}
