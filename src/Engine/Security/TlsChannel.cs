using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Diagnostics;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>Mutual TLS on a data connection: each side validates the other's certificate.</summary>
/// <param name="getIdentity">Returns the certificate that this side shows, which may be renewed, and who is accepted.</param>
internal sealed class TlsChannel(Func<NodeIdentity> getIdentity) : IChannelSecurity
{
    /// <summary>The application protocol of the data plane.</summary>
    /// <remarks>With it, a caller that has the wrong port notices.</remarks>
    public static readonly SslApplicationProtocol Protocol = new("actorpool-data");

    public async ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken)
    {
        string? refusal = null;
        var identity = getIdentity();
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            if (isServer)
            {
                var options = CreateServerOptions(identity.Context, Accept);
                await secured.AuthenticateAsServerAsync(options, cancellationToken).ConfigureAwait(false);
            }
            else
            {
                var options = CreateClientOptions(identity.Context, host, Accept);
                await secured.AuthenticateAsClientAsync(options, cancellationToken).ConfigureAwait(false);
            }
            return secured;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            var peer = isServer ? "caller" : "node";
            throw new HandshakeException(
                refusal is not null ? $"The {peer} is refused: {refusal}."
                : e is AuthenticationException ? $"The {peer} does not speak TLS as this side does: {GetInnermostMessage(e)}"
                : $"The {peer} closed the connection during the TLS handshake: it may not accept this side's certificate, "
                    + $"[{PeerValidation.FormatName(identity.Certificate.Subject)}], or may not speak TLS at all.", e);
        }

        bool Accept(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
            (refusal = isServer
                ? identity.Validation.FindRefusal(certificate as X509Certificate2, isServer: false, host)
                : identity.Validation.FindRefusalOfNode(certificate as X509Certificate2, host)) is null;
    }

    public PeerRoles GetRoles(Stream secured) =>
        secured is SslStream { RemoteCertificate: X509Certificate2 certificate } ? CertificateRoles.Read(certificate) : PeerRoles.None;

    private static string GetInnermostMessage(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return SafeText.GetMessage(e);
    }

    private static SslServerAuthenticationOptions CreateServerOptions(
        SslStreamCertificateContext certificate, RemoteCertificateValidationCallback accept) => new()
    {
        ServerCertificateContext = certificate,
        ApplicationProtocols = [Protocol],
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = accept,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false, // so that each connection shows its certificate
    };

    private static SslClientAuthenticationOptions CreateClientOptions(
        SslStreamCertificateContext certificate, string? host, RemoteCertificateValidationCallback accept) => new()
    {
        TargetHost = host ?? "",
        ClientCertificateContext = certificate,
        ApplicationProtocols = [Protocol],
        RemoteCertificateValidationCallback = accept,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
