using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using ActorPool.Transport;

namespace ActorPool.Security;

/// <summary>The roles that a certificate gives its holder.</summary>
/// <remarks>
/// They are organizational units of its subject: <c>observe</c>, <c>submit</c>, <c>operate</c>. A certificate without one of them has all,
/// as each had before there were roles.
/// </remarks>
internal static class CertificateRoles
{
    private const string OrganizationalUnit = "2.5.4.11";

    private static readonly (string Name, PeerRoles Role)[] s_roles =
        [("observe", PeerRoles.Observe), ("submit", PeerRoles.Submit), ("operate", PeerRoles.Operate)];

    /// <summary>The names of all roles.</summary>
    public static IReadOnlyList<string> Names { get; } = [.. s_roles.Select(one => one.Name)];

    /// <summary>Reads the roles of a certificate.</summary>
    public static PeerRoles Read(X509Certificate2 certificate)
    {
        var units = certificate.SubjectName.EnumerateRelativeDistinguishedNames()
            .Where(name => !name.HasMultipleElements && name.GetSingleElementType().Value is OrganizationalUnit)
            .Select(name => name.GetSingleElementValue())
            .ToList();
        var roles = s_roles.Where(one => units.Contains(one.Name, StringComparer.Ordinal))
            .Aggregate(PeerRoles.None, (all, one) => all | one.Role);
        return roles == PeerRoles.None ? PeerRoles.All : roles;
    }

    /// <summary>Says why a certificate is not for a node; null if it is.</summary>
    /// <remarks>Pools give their functions to a node: whoever may only observe must not pose as one.</remarks>
    public static string? FindRefusalOfNode(X509Certificate2 certificate) => Read(certificate) is var roles && roles != PeerRoles.All
        ? $"the certificate of [{PeerValidation.FormatName(certificate.Subject)}] is only for [{Format(roles)}]: "
            + "a node needs one for all roles"
        : null;

    /// <summary>Lists roles for people.</summary>
    public static string Format(PeerRoles roles) =>
        string.Join(", ", s_roles.Where(one => roles.HasFlag(one.Role)).Select(one => one.Name));

    /// <summary>Makes the subject of a certificate.</summary>
    /// <param name="host">Its common name.</param>
    /// <param name="roles">Names of roles; none for all.</param>
    public static X500DistinguishedName CreateSubject(string host, IEnumerable<string> roles)
    {
        var subject = new X500DistinguishedNameBuilder();
        foreach (var role in roles)
            subject.AddOrganizationalUnitName(role);
        subject.AddCommonName(host);
        return subject.Build();
    }
}
