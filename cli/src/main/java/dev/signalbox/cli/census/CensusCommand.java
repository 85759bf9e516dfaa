package dev.signalbox.cli.census;

import com.fasterxml.jackson.databind.JsonNode;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.client.Table;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.file.FetchCommand;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.StartException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** The commands {@code census progress|errors|export}. */
public final class CensusCommand extends FetchCommand {

  private static final String CENSUS = "/api/v1/census";
  private static final int PAGE = 1_000;
  private static final long MOST_ROUNDS = Integer.MAX_VALUE;

  private final String what;
  private final String format;
  private final long round;
  private final String target;

  /** Reads arguments; the first is the subcommand. */
  public CensusCommand(List<String> given, OutputStream out, PrintStream err) {
    super(spec().subcommand(given), given.subList(1, given.size()), out, err);
    what = given.getFirst();
    format = what.equals("export") ? arguments.words("the format").getFirst() : "";
    round = what.equals("export") ? arguments.number("--round", 0, 1, MOST_ROUNDS) : 0;
    if (!what.equals("export")) {
      arguments.words();
    } else if (!List.of("bitmap", "csv", "roaring", "png").contains(format)) {
      throw new StartException(
          "The format must be bitmap, csv, roaring or png, not '" + format + "'");
    }
    target = what.equals("export") ? target("census." + format) : "";
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(Group.CLIENT, "census", "see how far the ping census is, and fetch it")
        .subcommands(
            part("progress", "print how far the census is", "")
                .about(
                    "Prints the tasks by status, the pace, and the time left at the pace of the last hour.")
                .examples("signalbox census progress --json"),
            part("errors", "print the errors of the census", "")
                .about("Prints the errors, oldest first; with --json one a line.")
                .examples("signalbox census errors"),
            part("export", "fetch the results of a round", "bitmap|csv|roaring|png [-o FILE]")
                .about(
                    """
                    Fetches the results of a round: bitmap (512 MiB, a bit for each address), csv, roaring, or png
                    (a map of the current round).
                    """)
                .options(
                    OptionSpec.value(
                        "FILE", "where to (default: census.FORMAT); - is standard output",
                        "--output", "-o"),
                    OptionSpec.value("N", "the round (default: the current one)", "--round"))
                .exit(56, "what came does not have the digest that the system names")
                .examples("signalbox census export csv -o - | head"));
  }

  private static CommandSpec part(String name, String summary, String usage) {
    return ClientOptions.with(CommandSpec.of(Group.CLIENT, "census " + name, summary, usage));
  }

  @Override
  protected int execute() {
    return switch (what) {
      case "progress" -> progress();
      case "errors" -> errors();
      default -> export();
    };
  }

  private int progress() {
    JsonNode progress = client.get(CENSUS + "/progress");
    if (json()) {
      print(progress);
      return 0;
    }
    Table table = new Table("WHAT", "VALUE");
    for (Map.Entry<String, JsonNode> entry : progress.properties()) {
      boolean eta = entry.getKey().equals("eta_s") && entry.getValue().isNumber();
      table.row(
          entry.getKey().replace('_', ' ').replace("eta s", "time left"),
          eta ? days(entry.getValue().asLong()) : entry.getValue().asText("unknown"));
    }
    table.lines(style(), (_, text) -> text).stream().skip(1).forEach(out::println);
    return 0;
  }

  private static String days(long seconds) {
    Duration left = Duration.ofSeconds(seconds);
    return "%d d %d h %d min".formatted(left.toDays(), left.toHoursPart(), left.toMinutesPart());
  }

  private int errors() {
    String after = "";
    do {
      JsonNode page = client.get(CENSUS + "/errors?limit=" + PAGE + after);
      for (JsonNode error : page.path("items")) {
        if (json()) {
          print(error);
        } else {
          out.println(
              Printable.of(error.path("at"))
                  + "  task "
                  + Printable.of(error.path("task_index"))
                  + "  "
                  + Printable.of(error.path("status"))
                  + "  "
                  + Printable.of(error.path("error")));
        }
      }
      after = page.hasNonNull("next") ? "&after=" + encoded(page.path("next").asText()) : "";
    } while (!after.isEmpty() && written());
    return 0;
  }

  private int export() {
    String path = CENSUS + "/export." + format + (round > 0 ? "?round=" + round : "");
    return fetch(path, target);
  }
}
