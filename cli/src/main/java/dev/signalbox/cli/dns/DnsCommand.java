package dev.signalbox.cli.dns;

import dev.signalbox.cli.command.ParamOption;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.command.TaskAnswer;
import dev.signalbox.cli.command.TaskDoor;
import dev.signalbox.cli.command.TaskOptions;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
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

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(
            Group.TASKS,
            "dns",
            "query DNS resolvers, as dig does",
            "NAME [TYPE…] [@RESOLVER…] [OPTIONS]",
            "-x ADDRESS [@RESOLVER…] [OPTIONS]")
        .about(
            """
            Queries DNS resolvers for the records of a name and prints what dig prints.

            A resolver is HOST[:PORT], tls://HOST[:PORT] or https://HOST/PATH; without one, the resolver
            of this machine is queried. Every resolver gets a query for every type. Options may be
            written --name or +name.
            """)
        .options(
            OptionSpec.value("R", "the same as @R", "--resolver"),
            OptionSpec.value("PORT", "port of the resolvers that name none", "--port", "-p"),
            OptionSpec.value("T", "the same as T, for types that look like names", "--type", "-t"),
            new OptionSpec(
                List.of("--class", "-c"), "IN|CH", "class (default: IN)", List.of("IN", "CH")),
            OptionSpec.value("ADDRESS", "reverse lookup of an address", "--reverse", "-x"))
        .options(() -> TaskOptions.specs(DnsArguments.TASK))
        .options(
            OptionSpec.value("N", "how often a query is sent at most: retries and one", "--tries"),
            OptionSpec.value(
                "A", "address[:port] of a root to begin with; may be repeated", "--trace-from"),
            OptionSpec.flag("print the data of the answers only", "--short"),
            OptionSpec.flag(
                "print no section except those named after it, as in +noall +answer", "--noall"),
            OptionSpec.flag(
                "sections that +noall turns on again; +no… turns one off",
                "--answer",
                "--authority",
                "--additional",
                "--question",
                "--comments",
                "--stats",
                "--all"),
            OptionSpec.flag("print the result of the task dns_query", "--json"),
            ParamOption.SPEC)
        .options(() -> WhereOptions.SPECS)
        .exit(0, "response received, also when the name does not exist")
        .exit(2, "invalid arguments or settings")
        .exit(9, "no response")
        .exit(10, "the running system cannot be reached, or an internal error")
        .exit(23, "write error")
        .examples(
            "signalbox dns example.com",
            "signalbox dns example.com A AAAA MX @1.1.1.1 @9.9.9.9 --short",
            "signalbox dns example.com SOA @tls://dns.quad9.net +dnssec",
            "signalbox dns @127.0.0.1 -p 5353 example.com MX +noall +answer",
            "signalbox dns www.example.com --trace",
            "signalbox dns example.com MX --follow",
            "signalbox dns -x 2001:db8::1 --json");
  }

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
    try (TaskDoor door = TaskDoor.open(arguments.where(), DnsMain.SERVICE)) {
      return print(
          door.run(DnsArguments.TASK.name(), arguments.params(), DnsArguments.TASK.operation()));
    }
  }

  private int print(TaskAnswer answer) {
    if (answer.result() != null) {
      switch (arguments.form()) {
        case FULL -> out.print(DnsText.full(answer.result(), arguments.sections()));
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
      err.println(";; " + Printable.of(error.code()) + ": " + Printable.of(error.message()));
    }
    return switch (error.code()) {
      case TaskError.BAD_TASK, "INVALID_REQUEST" -> INVALID;
      case "UNAVAILABLE", "INTERNAL", "STOPPING" -> UNAVAILABLE;
      default -> NO_RESPONSE;
    };
  }
}
