package dev.signalbox.cli.dns;

import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.command.TaskAnswer;
import dev.signalbox.cli.command.TaskDoor;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.contracts.dns.DnsContract;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.node.Launcher;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Asks resolvers once and prints what they said. Exit codes are dig's. */
public final class DnsCommand implements Launcher.Command {

  private static final String HELP =
      """
      Usage: signalbox dns NAME [TYPE…] [@RESOLVER…] [OPTIONS]
             signalbox dns -x ADDRESS [@RESOLVER…] [OPTIONS]

      Asks DNS resolvers for the records of a name and prints what dig prints.

      Resolvers are HOST[:PORT], tls://HOST[:PORT] or https://HOST/PATH; the machine's if none is
      given. Each type is asked of each resolver. Options may be written --name or +name.

        --resolver R      the same as @R
        --type T, -t T    the same as T, for types that look like names
        -x ADDRESS        the name of an address
        --udp --tcp --tls --https
                          how to ask; udp, the default, goes to TCP when an answer is cut short
        --dnssec          ask for signatures too (DO)
        --cd              ask the resolver not to validate (CD)
        --norecurse       ask for no recursion
        --nsid            ask the server for its identifier
        --subnet NET      ask on behalf of a client subnet
        --bufsize BYTES   largest answer over UDP
        --timeout TIME    time for a question in all, such as 500ms or 5s (default: 5s)
        --retries N       how often a lost question is repeated (default: 2)
        --short           the data of the answers alone
        --json            the result of the task dns_query
      {param}
      {where}

      Exit code: 0 answered, also when the name does not exist; 2 wrong arguments; 9 nobody
      answered; 10 the running system could not be asked, or a defect.

      Examples:
        signalbox dns example.com
        signalbox dns example.com A AAAA MX @1.1.1.1 @9.9.9.9 --short
        signalbox dns example.com SOA @tls://dns.quad9.net +dnssec
        signalbox dns -x 2001:db8::1 --json\
      """;

  private static final int WRONG = 2;
  private static final int UNANSWERED = 9;
  private static final int BROKEN = 10;

  private final DnsArguments arguments;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Reads arguments.
   *
   * @throws dev.signalbox.platform.node.StartException naming the first that is not understood
   */
  public DnsCommand(List<String> arguments, PrintStream out, PrintStream err) {
    this.arguments = DnsArguments.parse(arguments);
    this.out = out;
    this.err = err;
  }

  @Override
  public int run() throws InterruptedException {
    if (arguments.help()) {
      out.println(HELP.replace("{param}", ParamOption.HELP).replace("{where}", WhereOptions.HELP));
      return 0;
    }
    try (TaskDoor door = TaskDoor.open(arguments.where(), DnsMain.SERVICE)) {
      int code = print(door.run("dns_query", arguments.params(), DnsContract.QUERY));
      out.flush();
      return code;
    }
  }

  private int print(TaskAnswer answer) {
    if (answer.result() != null) {
      switch (arguments.form()) {
        case FULL -> out.print(DnsText.full(answer.result()));
        case SHORT -> out.print(DnsText.brief(answer.result()));
        case JSON -> out.println(Json.text(answer.result()));
      }
      return 0;
    }
    TaskError error = answer.error();
    if (error == null) {
      return BROKEN;
    }
    if (arguments.form() == DnsArguments.Form.JSON) {
      out.println(Json.text(Map.of("error", error)));
    } else {
      err.println(";; " + error.code() + ": " + Printable.of(error.message()));
    }
    return switch (error.code()) {
      case TaskError.BAD_TASK, "INVALID_REQUEST" -> WRONG;
      case "UNAVAILABLE", "INTERNAL", "STOPPING" -> BROKEN;
      default -> UNANSWERED;
    };
  }
}
