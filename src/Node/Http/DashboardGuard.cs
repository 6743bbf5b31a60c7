using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace ActorPool.Node.Http;

/// <summary>Lets only those to the dashboard who have its token.</summary>
/// <remarks>
/// It is served on the loopback interface only. A page of another site cannot use the browser's cookie (SameSite, Origin), nor a name that
/// leads here (Host). Scripts send the token as a bearer token of RFC 6750.
/// </remarks>
internal sealed class DashboardGuard(IPAddress address)
{
    private const int TokenBytes = 16;
    private const string Bearer = "Bearer ";
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; "
        + "form-action 'none'; frame-ancestors 'none'";

    /// <summary>A header that only a script of the page, or of an operator, can set.</summary>
    private const string OwnHeader = "X-ActorPool";

    private readonly byte[] _token = Encoding.ASCII.GetBytes(Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes)));

    /// <summary>What the URL that the node prints has.</summary>
    public string Token => Encoding.ASCII.GetString(_token);

    /// <summary>Whether the dashboard is served at all.</summary>
    public bool IsServed => IPAddress.IsLoopback(address);

    /// <summary>Answers a request that may not pass, and one that brings the token.</summary>
    /// <returns>Whether the request may pass.</returns>
    public async Task<bool> AdmitAsync(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        response.Headers.ContentSecurityPolicy = Policy;
        response.Headers.XContentTypeOptions = "nosniff";
        response.Headers["Referrer-Policy"] = "no-referrer";
        response.Headers.CacheControl = "no-store";
        if (FindRefusal(request) is { } refusal)
        {
            await WriteErrorAsync(response, StatusCodes.Status403Forbidden, refusal);
            return false;
        }
        if (request.Path == "/" && request.Query["token"] is [{ } token])
        {
            // A wrong one is answered as none.
            if (IsToken(token))
            {
                response.Cookies.Append(GetCookie(request), token, new CookieOptions
                {
                    HttpOnly = true,
                    SameSite = SameSiteMode.Strict,
                    IsEssential = true,
                });
                response.Redirect("/");
                return false;
            }
        }
        else if (HasToken(request))
        {
            return true;
        }
        await RefuseAsync(request, response);
        return false;
    }

    /// <summary>Writes an error as JSON.</summary>
    public static Task WriteErrorAsync(HttpResponse response, int status, string error)
    {
        response.StatusCode = status;
        return response.WriteAsJsonAsync(new ErrorReport(Insights.ReportJson.Version, error), ErrorJson.Default.ErrorReport);
    }

    private string? FindRefusal(HttpRequest request)
    {
        if (!IsServed)
        {
            return $"The dashboard is served on the loopback interface only, and --http is [{address}]. "
                + "Use --http 127.0.0.1:PORT, and from elsewhere: ssh -L.";
        }
        if (request.Host.Host is not ("localhost" or "127.0.0.1" or "[::1]")
            && !string.Equals(request.Host.Host, address.ToString(), StringComparison.Ordinal))
        {
            return $"The dashboard is not served under the name [{request.Host.Host}]: use localhost or 127.0.0.1.";
        }
        if (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            return null;
        if (request.Headers.Origin is [{ } origin]
            && !string.Equals(origin, $"{request.Scheme}://{request.Host}", StringComparison.OrdinalIgnoreCase))
            return $"A page of [{origin}] may not use the dashboard.";
        return request.Headers.ContainsKey(OwnHeader) ? null : $"A command needs the header {OwnHeader}: 1.";
    }

    private bool HasToken(HttpRequest request)
    {
        if (request.Headers.Authorization is [{ } given] && given.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return IsToken(given[Bearer.Length..].Trim());
        return request.Cookies[GetCookie(request)] is { } cookie && IsToken(cookie);
    }

    private bool IsToken(string given) => CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(given), _token);

    // A browser sends the cookies of all ports of a host to each of them.
    private static string GetCookie(HttpRequest request) => FormattableString.Invariant($"actorpool-{request.Host.Port ?? 80}");

    private static Task RefuseAsync(HttpRequest request, HttpResponse response)
    {
        const string Advice = "The node prints the address of its dashboard, with a token, when it starts.";
        response.Headers.WWWAuthenticate = "Bearer";
        if (request.Path != "/")
            return WriteErrorAsync(response, StatusCodes.Status401Unauthorized, $"There is no token, or a wrong one. {Advice}");
        response.StatusCode = StatusCodes.Status401Unauthorized;
        response.ContentType = "text/html; charset=utf-8";
        return response.WriteAsync(
            "<!DOCTYPE html><html lang=\"en\"><title>ActorPool: no token</title>"
            + $"<h1>No token, or a wrong one</h1><p>{Advice}</p></html>\n");
    }
}

/// <summary>Why a request was not answered.</summary>
internal sealed record ErrorReport(int Version, string Error);

[System.Text.Json.Serialization.JsonSourceGenerationOptions(
    PropertyNamingPolicy = System.Text.Json.Serialization.JsonKnownNamingPolicy.CamelCase)]
[System.Text.Json.Serialization.JsonSerializable(typeof(ErrorReport))]
internal sealed partial class ErrorJson : System.Text.Json.Serialization.JsonSerializerContext;
