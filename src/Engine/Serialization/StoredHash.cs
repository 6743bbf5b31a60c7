using System.Reflection;

namespace ActorPool.Serialization;

/// <summary>A field that keeps what follows from hash codes or addresses.</summary>
/// <param name="Field">The field.</param>
/// <param name="IsPlaced">Whether only the places of its items follow from them.</param>
/// <param name="IsAddress">Whether what they follow from are addresses or handles, and no hash codes.</param>
internal sealed record StoredHash(FieldInfo Field, bool IsPlaced, bool IsAddress);
