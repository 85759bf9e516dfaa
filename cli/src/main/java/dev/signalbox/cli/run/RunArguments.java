package dev.signalbox.cli.run;

import dev.signalbox.cli.command.Arguments;
import dev.signalbox.cli.command.Where;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.platform.node.StartException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the command {@code run} was asked.
 *
 * @param tasks file of tasks; null for standard input
 * @param output file of answers; null for standard output
 * @param concurrency tasks under way at once; 0 for the usual
 * @param timeout time for each task that says none; null for what its type allows
 * @param quiet no words for people
 * @param where who runs the tasks
 * @param help whether only an explanation is wanted
 */
record RunArguments(
    @Nullable Path tasks,
    @Nullable Path output,
    int concurrency,
    @Nullable Duration timeout,
    boolean quiet,
    Where where,
    boolean help) {

  private static final int MOST_CONCURRENCY = 20_000;

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first that is not understood
   */
  static RunArguments parse(List<String> given) {
    Arguments arguments = new Arguments(given);
    WhereOptions where = new WhereOptions();
    String tasks = null;
    Path output = null;
    int concurrency = 0;
    Duration timeout = null;
    boolean quiet = false;
    boolean help = false;
    while (arguments.more()) {
      String argument = arguments.next();
      if (!argument.startsWith("-") || argument.equals("-")) {
        if (tasks != null) {
          throw new StartException("One file at a time, not also '" + argument + "'");
        }
        tasks = argument;
      } else if (!where.take(argument, arguments)) {
        switch (argument) {
          case "--help", "-h" -> help = true;
          case "--concurrency" ->
              concurrency = (int) arguments.number(argument, 1, MOST_CONCURRENCY);
          case "--timeout" -> timeout = arguments.duration(argument);
          case "--output", "-o" -> output = Path.of(arguments.value(argument));
          case "--json" -> quiet = true;
          default ->
              throw new StartException(
                  "There is no option " + argument + "; see signalbox run --help");
        }
      }
    }
    if (tasks == null && !help) {
      throw new StartException("Which file of tasks? - is standard input");
    }
    Where who = where.read();
    if (who.server() != null && timeout != null) {
      throw new StartException(
          "--timeout does not go with --server: there each line says its own timeout_ms");
    }
    return new RunArguments(
        tasks == null || tasks.equals("-") ? null : Path.of(tasks),
        output,
        concurrency,
        timeout,
        quiet,
        who,
        help);
  }
}
