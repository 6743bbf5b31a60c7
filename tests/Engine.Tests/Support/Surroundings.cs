using System.Diagnostics;
using System.Globalization;

namespace ActorPool.Tests.Support;

/// <summary>What code can see of its context.</summary>
internal static class Surroundings
{
    public static readonly AsyncLocal<string?> Tenant = new();

    public static Activity Enter(string tenant)
    {
        Tenant.Value = tenant;
        CultureInfo.CurrentCulture = new CultureInfo("de-CH");
        return new Activity("request").Start();
    }

    public static (string? Tenant, string Culture, string? Activity) See() =>
        (Tenant.Value, CultureInfo.CurrentCulture.Name, Activity.Current?.OperationName);
}
