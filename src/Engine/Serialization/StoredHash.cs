using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>A field that keeps what follows from hash codes.</summary>
/// <param name="Field">The field.</param>
/// <param name="IsPlaced">Whether only the places of its items follow from them.</param>
internal sealed record StoredHash(FieldInfo Field, bool IsPlaced);
