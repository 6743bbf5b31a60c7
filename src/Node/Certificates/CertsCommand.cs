using System.CommandLine;

namespace ActorPool.Node.Certificates;

/// <summary>The command <c>certs</c>: its flags.</summary>
internal static class CertsCommand
{
    private const string AuthorityDirectory = "actorpool-ca";
    private const int MostDays = 36_500;

    public static Command Create() => new("certs", "Makes and checks the certificates by which nodes and programs of several machines know each other.") { Init(), Issue(), Verify() };

    private static Command Init()
    {
        var output = new Option<string>("--out") { Description = "The directory to write the authority to: ca.pem and ca.key.", HelpName = "DIR", DefaultValueFactory = _ => AuthorityDirectory };
        var days = WholeNumber.Optional("--days", "Days for which the authority is valid. [default: 3650]", 1, MostDays);
        var force = Force();
        var command = new Command("init", "Makes a private authority. Keep ca.key to yourself: who has it can let anybody in.") { output, days, force };
        command.SetAction(parsed => new CertificateFiles(Console.Out, TimeProvider.System).Init(parsed.GetValue(output)!, parsed.GetValue(days) ?? 3650, parsed.GetValue(force)));
        return command;
    }

    private static Command Issue()
    {
        var hosts = new Argument<string[]>("HOST") { Description = "The names and addresses by which others reach the machine, such as 10.0.0.5 node5.example.org.", Arity = ArgumentArity.OneOrMore };
        var authority = new Option<string>("--ca") { Description = "The directory of the authority.", HelpName = "DIR", DefaultValueFactory = _ => AuthorityDirectory };
        var output = new Option<string?>("--out") { Description = "The directory to write ca.pem, node.pem and node.key to, to be copied to the machine. [default: the first HOST]", HelpName = "DIR" };
        var days = WholeNumber.Optional("--days", "Days for which the certificate is valid. [default: 825]", 1, MostDays);
        var force = Force();
        var command = new Command("issue", "Issues the certificate of one machine, for its nodes and for programs that connect from there.") { hosts, authority, output, days, force };
        command.SetAction(parsed =>
        {
            var names = parsed.GetValue(hosts)!;
            return new CertificateFiles(Console.Out, TimeProvider.System).Issue(names, parsed.GetValue(authority)!, parsed.GetValue(output) ?? names[0].Replace(':', '-'), parsed.GetValue(days) ?? 825, parsed.GetValue(force));
        });
        return command;
    }

    private static Command Verify()
    {
        var directory = new Argument<string>("DIR") { Description = "A directory that certs issue has written." };
        var host = new Option<string?>("--host") { Description = "Whether the certificate is good for this name or address, too.", HelpName = "HOST" };
        var command = new Command("verify", "Says whose certificate it is and what is wrong with it: exit code 0 if nothing is, else 1.") { directory, host };
        command.SetAction(parsed => new CertificateFiles(Console.Out, TimeProvider.System).Verify(parsed.GetValue(directory)!, parsed.GetValue(host)));
        return command;
    }

    private static Option<bool> Force() => new("--force") { Description = "Writes over files that are there." };
}
