using System.CommandLine;
using ActorPool.Security;

namespace ActorPool.Node.Certificates;

/// <summary>Makes the command <c>certs</c> with its flags.</summary>
internal static class CertsCommand
{
    private const string AuthorityDirectory = "actorpool-ca";
    private const int MaxDays = 36_500;

    public static Command Create() =>
        new("certs", "Makes and checks the certificates by which nodes and programs on several machines recognize each other.")
        {
            CreateInit(), CreateIssue(), CreateVerify(),
        };

    private static Command CreateInit()
    {
        var output = new Option<string>("--out")
        {
            Description = "The directory to write the authority to: ca.pem and ca.key.",
            HelpName = "DIR",
            DefaultValueFactory = _ => AuthorityDirectory,
        };
        var days = BoundedInt32.CreateOptional("--days", "Days for which the authority is valid. [default: 3650]", 1, MaxDays);
        var force = CreateForce();
        var command = new Command("init", "Makes a private authority. Keep ca.key secret: with it, anyone can issue certificates.")
        {
            output, days, force,
        };
        command.SetAction(parsed => new CertificateFiles(Console.Out, TimeProvider.System).Init(
            parsed.GetValue(output)!, parsed.GetValue(days) ?? 3650, parsed.GetValue(force)));
        return command;
    }

    private static Command CreateIssue()
    {
        var hosts = new Argument<string[]>("HOST")
        {
            Description = "The names and addresses by which others reach the machine, such as 10.0.0.5 node5.example.org.",
            Arity = ArgumentArity.OneOrMore,
        };
        var authority = new Option<string>("--ca")
        {
            Description = "The directory of the authority.",
            HelpName = "DIR",
            DefaultValueFactory = _ => AuthorityDirectory,
        };
        var output = new Option<string?>("--out")
        {
            Description = "The directory to write ca.pem, node.pem and node.key to, to be copied to the machine. [default: the first HOST]",
            HelpName = "DIR",
        };
        var days = BoundedInt32.CreateOptional("--days", "Days for which the certificate is valid. [default: 825]", 1, MaxDays);
        var roles = new Option<string[]>("--role")
        {
            Description = "What its holder may do, once or more: observe, submit (run functions), operate (cancel, drain). A node needs "
                + "all. [default: all]",
            HelpName = "observe|submit|operate",
            AllowMultipleArgumentsPerToken = true,
        };
        roles.AcceptOnlyFromAmong([.. CertificateRoles.Names]);
        var force = CreateForce();
        var command = new Command("issue", "Issues the certificate of one machine, for its nodes and for programs that connect from there.")
        {
            hosts, authority, output, days, roles, force,
        };
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(hosts)!;
            return new CertificateFiles(Console.Out, TimeProvider.System).Issue(
                names, parsed.GetValue(authority)!, parsed.GetValue(output) ?? names[0].Replace(':', '-'),
                parsed.GetValue(days) ?? 825, parsed.GetValue(force), parsed.GetValue(roles) ?? []);
        });
        return command;
    }

    private static Command CreateVerify()
    {
        var directory = new Argument<string>("DIR")
        {
            Description = "A directory written by certs issue, or a mounted secret with ca.crt, tls.crt and tls.key.",
        };
        var host = new Argument<string?>("HOST")
        {
            Description = "Also checks that the certificate is for this name or address.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var hostFlag = new Option<string?>("--host") { Description = "The same as HOST.", HelpName = "HOST" };
        var command = new Command("verify", "Shows and checks a machine's certificate: exit code 0 if it is good, else 1.")
        {
            directory, host, hostFlag,
        };
        command.SetAction(parsed =>
            new CertificateFiles(Console.Out, TimeProvider.System).Verify(
                parsed.GetValue(directory)!, parsed.GetValue(host) ?? parsed.GetValue(hostFlag)));
        return command;
    }

    private static Option<bool> CreateForce() => new("--force") { Description = "Overwrites existing files." };
}
