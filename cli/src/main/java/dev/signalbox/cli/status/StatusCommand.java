package dev.signalbox.cli.status;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.client.Table;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.List;

/** Shows the services of a running system: once, or again and again on a terminal. */
public final class StatusCommand extends ClientCommand {

  private static final int MS_PER_S = 1_000;
  private static final int MOST_INTERVAL_S = 3_600;
  private static final int STATE = 2;
  private static final int FAILED = 6;
  private static final String HOME = "\u001b[H";
  private static final String END_OF_LINE = "\u001b[K";
  private static final String BELOW = "\u001b[J";
  private static final String CLEAR = "\u001b[2J";

  private final int interval;

  /** Reads arguments. */
  public StatusCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec(), given, out, err);
    arguments.words();
    interval = (int) arguments.number("--interval", 1, 1, MOST_INTERVAL_S);
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(
                Group.CLIENT, "status", "show the services and how much they do", "[OPTIONS]")
            .about(
                """
                Shows each service with its replicas, their state, requests in flight, handled and failed
                since the start, requests a second since the line before, and the median and 99th percentile
                of the time to answer of its slowest replica. On a terminal the table is live; elsewhere, and
                with --once or --json, it is printed once. A service whose replicas are not all ready makes
                the exit code 1.
                """)
            .options(
                OptionSpec.flag("print the table once", "--once"),
                OptionSpec.value("SECONDS", "time between two looks (default: 1)", "--interval"))
            .exit(0, "every replica is ready")
            .exit(1, "a replica is not ready, or there is none")
            .examples(
                "signalbox status",
                "signalbox status --json | jq '.items[] | select(.state != \"ready\")'"));
  }

  @Override
  protected int execute() throws InterruptedException {
    JsonNode answer = client.get("/api/v1/services");
    if (json()) {
      print(answer);
      return code(answer);
    }
    boolean live = Style.terminal() && !arguments.has("--once");
    if (!live) {
      lines(ServiceRow.of(answer.path("items"), null, 0)).forEach(out::println);
      return code(answer);
    }
    out.print(CLEAR);
    JsonNode before = null;
    long at = System.nanoTime();
    do {
      long now = System.nanoTime();
      try {
        JsonNode current = client.get("/api/v1/services").path("items");
        show(lines(ServiceRow.of(current, before, (now - at) / 1e9)));
        before = current;
        at = now;
      } catch (CommandException e) {
        show(List.of(style().bad(String.valueOf(e.getMessage()))));
      }
    } while (pause((long) interval * MS_PER_S));
    return 0;
  }

  private static int code(JsonNode answer) {
    JsonNode items = answer.path("items");
    for (JsonNode item : items) {
      if (!item.path("state").asText().equals("ready")) {
        return 1;
      }
    }
    return items.isEmpty() ? 1 : 0;
  }

  private void show(List<String> lines) {
    out.print(HOME);
    out.print(client.server() + "  every " + interval + " s, Ctrl-C ends" + END_OF_LINE + "\n\n");
    lines.forEach(line -> out.print(line + END_OF_LINE + "\n"));
    out.print(BELOW);
  }

  private List<String> lines(List<ServiceRow> rows) {
    Table table =
        new Table(
            "SERVICE",
            "REPLICAS",
            "STATE",
            "IN FLIGHT",
            "REQUESTS/S",
            "HANDLED",
            "FAILED",
            "P50 MS",
            "P99 MS");
    for (ServiceRow row : rows) {
      table.row(
          row.service(),
          Integer.toString(row.replicas()),
          row.state(),
          Long.toString(row.inFlight()),
          row.rate(),
          Long.toString(row.handled()),
          Long.toString(row.failed()),
          row.p50(),
          row.p99());
    }
    Style style = style();
    return table.lines(
        style,
        (column, text) ->
            switch (column) {
              case STATE -> text.strip().equals("ready") ? style.good(text) : style.bad(text);
              case FAILED -> text.strip().equals("0") ? text : style.bad(text);
              default -> text;
            });
  }
}
