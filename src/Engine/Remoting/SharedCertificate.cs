using System.Reflection;
using System.Security.Cryptography.X509Certificates;
using AkkaTransport = Akka.Remote.Transport.Transport;

namespace ActorPool.Remoting;

/// <summary>Gives Akka's transport another certificate for its next connections.</summary>
/// <remarks>
/// Akka reads the certificate from its settings at each connection, and offers no way to change it there (none filed). Remove when a
/// <c>DotNettySslSetup</c> can be asked for the certificate. SecureClusterTests renew one: an update of Akka cannot break it silently.
/// </remarks>
internal static class SharedCertificate
{
    /// <exception cref="NotSupportedException">Akka's transport has changed.</exception>
    public static void Replace(AkkaTransport transport, X509Certificate2 certificate)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        var settings = transport.GetType().GetProperty("Settings", Any)?.GetValue(transport);
        var ssl = settings?.GetType().GetProperty("Ssl", Any)?.GetValue(settings);
        var field = ssl?.GetType().GetField("Certificate", Any)
            ?? throw new NotSupportedException($"[{transport.GetType()}] has no certificate where it is expected. Restart the process.");
        field.SetValue(ssl, certificate);
    }
}
