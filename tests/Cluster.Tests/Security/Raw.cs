namespace ActorPool.ClusterTests.Security;

/// <summary>A message whose serializer, manifest and bytes the sender chooses.</summary>
internal abstract record Raw(string Manifest, byte[] Bytes)
{
    public sealed record Null(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Json(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Proto(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Selection(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes)
    {
        /// <summary>Creates selections nested in each other.</summary>
        public static Selection CreateNested(int depth)
        {
            // As Akka defines it:
            // SelectionEnvelope { payload = 1: Payload { message = 1, serializerId = 2 }, pattern = 2: { type = 1, matcher = 2 } }
            byte[] message = [];
            for (var i = 0; i < depth; i++)
            {
                byte[] payload = [0x0A, .. EncodeLength(message.Length), .. message, 0x10, (byte)(i == 0 ? 4 : 6)];
                message = [0x0A, .. EncodeLength(payload.Length), .. payload];
            }
            return new Selection("", message);
        }

        private static byte[] EncodeLength(int value)
        {
            var bytes = new List<byte>();
            for (; value >= 0x80; value >>= 7)
                bytes.Add((byte)(value | 0x80));
            return [.. bytes, (byte)value];
        }
    }

    public sealed record Misc(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Own(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);

    public sealed record Unknown(string Manifest, byte[] Bytes) : Raw(Manifest, Bytes);
}
