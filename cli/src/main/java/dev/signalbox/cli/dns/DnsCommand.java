package dev.signalbox.cli.dns;

import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.command.TaskAnswer;
import dev.signalbox.cli.command.TaskDoor;
import dev.signalbox.cli.command.TaskOptions;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.contracts.TaskError;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.platform.json.Json;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/** Queries resolvers once and prints their responses. Exit codes are dig's. */
public final class DnsCommand implements Launcher.Command {

  private static final String HELP =
      """
      Usage: signalbox dns NAME [TYPE…] [@RESOLVER…] [OPTIONS]
             signalbox dns -x ADDRESS [@RESOLVER…] [OPTIONS]

      Queries DNS resolvers for the records of a name and prints what dig prints.

      A resolver is HOST[:PORT], tls://HOST[:PORT] or https://HOST/PATH; without one, the resolver
      of this machine is queried. Every resolver gets a query for every type. Options may be
      written --name or +name.

        --resolver R      the same as @R
        --type T, -t T    the same as T, for types that look like names
        -x ADDRESS        reverse lookup of an address
      {task}
        --trace-from A    address[:port] of a root to begin with; may be repeated
        --short           print the data of the answers only
        --json            print the result of the task dns_query
      {param}
      {where}

      Exit code: 0 response received, also when the name does not exist; 2 invalid arguments; 9 no
      response; 10 the running system cannot be reached, or an internal error; 23 write error.

      Examples:
        signalbox dns example.com
        signalbox dns example.com A AAAA MX @1.1.1.1 @9.9.9.9 --short
        signalbox dns example.com SOA @tls://dns.quad9.net +dnssec
        signalbox dns www.example.com --trace
        signalbox dns example.com MX --follow
        signalbox dns -x 2001:db8::1 --json\
      """;

  private static final int INVALID = 2;
  private static final int NO_RESPONSE = 9;
  private static final int UNAVAILABLE = 10;

  private final DnsArguments arguments;
  private final CommandOutput output;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Reads arguments.
   *
   * @throws dev.signalbox.platform.node.StartException naming the first invalid one
   */
  public DnsCommand(List<String> arguments, OutputStream out, PrintStream err) {
    this.arguments = DnsArguments.parse(arguments);
    this.output = CommandOutput.standard(out);
    this.out = output.printStream();
    this.err = err;
  }

  @Override
  public int run() throws InterruptedException {
    int code = query();
    out.flush();
    return output.exitCode(code, err);
  }

  private int query() throws InterruptedException {
    if (arguments.help()) {
      out.println(
          HELP.replace("{task}", TaskOptions.help(DnsArguments.TASK))
              .replace("{param}", ParamOption.HELP)
              .replace("{where}", WhereOptions.HELP));
      return 0;
    }
    try (TaskDoor door = TaskDoor.open(arguments.where(), DnsMain.SERVICE)) {
      return print(
          door.run(DnsArguments.TASK.name(), arguments.params(), DnsArguments.TASK.operation()));
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
      return UNAVAILABLE;
    }
    if (arguments.form() == DnsArguments.Form.JSON) {
      out.println(Json.text(Map.of("error", error)));
    } else {
      if (arguments.form() == DnsArguments.Form.FULL) {
        out.print(DnsText.trace(Json.tree(error).at("/details/trace")));
      }
      err.println(";; " + error.code() + ": " + Printable.of(error.message()));
    }
    return switch (error.code()) {
      case TaskError.BAD_TASK, "INVALID_REQUEST" -> INVALID;
      case "UNAVAILABLE", "INTERNAL", "STOPPING" -> UNAVAILABLE;
      default -> NO_RESPONSE;
    };
  }
}
