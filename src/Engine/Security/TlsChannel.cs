using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>Mutual TLS on a data connection: both sides show a certificate, and both look at it.</summary>
internal sealed class TlsChannel(NodeIdentity identity, PeerValidation validation) : IChannelSecurity
{
    /// <summary>What both sides call what they speak: a caller that was given the wrong port learns it.</summary>
    public static readonly SslApplicationProtocol Protocol = new("actorpool-data");

    private readonly SslStreamCertificateContext _certificate = SslStreamCertificateContext.Create(identity.Certificate, additionalCertificates: null, offline: true);

    public async ValueTask<Stream> SecureAsync(NetworkStream stream, bool isServer, string? host, CancellationToken cancellationToken)
    {
        string? refusal = null;
        var secured = new SslStream(stream, leaveInnerStreamOpen: false);
        try
        {
            if (isServer)
                await secured.AuthenticateAsServerAsync(ServerOptions(IsGood), cancellationToken).ConfigureAwait(false);
            else
                await secured.AuthenticateAsClientAsync(ClientOptions(host, IsGood), cancellationToken).ConfigureAwait(false);
            return secured;
        }
        catch (Exception e) when (e is AuthenticationException or IOException or SocketException)
        {
            var peer = isServer ? "caller" : "node";
            throw new HandshakeException(
                refusal is not null ? $"The {peer} is refused: {refusal}"
                : e is AuthenticationException ? $"The {peer} does not speak TLS as this side does: {Innermost(e)}"
                : $"The {peer} closed the connection during the TLS handshake: it may not accept this side's certificate, [{PeerValidation.Shown(identity.Certificate.Subject)}], or not speak TLS at all.", e);
        }

        bool IsGood(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
            (refusal = validation.WhyRefused(certificate as X509Certificate2, isServer: !isServer, host)) is null;
    }

    private static string Innermost(Exception e)
    {
        while (e.InnerException is { } inner)
            e = inner;
        return SafeText.MessageOf(e);
    }

    private SslServerAuthenticationOptions ServerOptions(RemoteCertificateValidationCallback isGood) => new()
    {
        ServerCertificateContext = _certificate,
        ApplicationProtocols = [Protocol],
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = isGood,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false, // each connection shows its certificate
    };

    private SslClientAuthenticationOptions ClientOptions(string? host, RemoteCertificateValidationCallback isGood) => new()
    {
        TargetHost = host ?? "",
        ClientCertificateContext = _certificate,
        ApplicationProtocols = [Protocol],
        RemoteCertificateValidationCallback = isGood,
        CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };
}
