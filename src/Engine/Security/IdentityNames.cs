namespace ActorPool.Security;

/// <summary>The names of the three files of a member's certificate.</summary>
/// <param name="Authority">The authorities whose certificates are trusted.</param>
/// <param name="Certificate">The certificate that is shown to peers, and the chain between it and the authority, if there is one.</param>
/// <param name="Key">The certificate's private key.</param>
internal sealed record IdentityNames(string Authority, string Certificate, string Key)
{
    /// <summary>As <c>certs issue</c> writes them.</summary>
    public static IdentityNames Own { get; } = new(IdentityFiles.Authority, IdentityFiles.Certificate, IdentityFiles.Key);

    /// <summary>As Kubernetes and cert-manager name them.</summary>
    public static IdentityNames Secret { get; } = new("ca.crt", "tls.crt", "tls.key");

    /// <summary>Finds out which names a directory uses.</summary>
    /// <returns>The own names if it has none of either.</returns>
    public static IdentityNames FindIn(string directory) =>
        !File.Exists(Path.Combine(directory, Own.Certificate)) && !File.Exists(Path.Combine(directory, Own.Key))
        && (File.Exists(Path.Combine(directory, Secret.Certificate)) || File.Exists(Path.Combine(directory, Secret.Key)))
            ? Secret
            : Own;

    public override string ToString() => $"{Authority}, {Certificate} and {Key}";
}
