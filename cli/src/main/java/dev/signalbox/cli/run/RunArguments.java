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
 * The arguments of the command {@code run}.
 *
 * @param tasks file of tasks; null for standard input
 * @param output file of results; null for standard output
 * @param concurrency tasks in flight at once; 0 for the default
 * @param timeout time for each task without its own; null for the timeout of its type
 * @param quiet no progress and no closing line on standard error
 * @param where what runs the tasks
 */
record RunArguments(
    @Nullable Path tasks,
    @Nullable Path output,
    int concurrency,
    @Nullable Duration timeout,
    boolean quiet,
    Where where) {

  private static final int MOST_CONCURRENCY = 20_000;

  /**
   * Reads arguments.
   *
   * @throws StartException naming the first invalid one
   */
  static RunArguments parse(List<String> given) {
    Arguments arguments = new Arguments(given, RunCommand.spec().options().get());
    WhereOptions where = new WhereOptions();
    String tasks = null;
    Path output = null;
    int concurrency = 0;
    Duration timeout = null;
    boolean quiet = false;
    while (arguments.more()) {
      String argument = arguments.next();
      if (!argument.startsWith("-") || argument.equals("-")) {
        if (tasks != null) {
          throw new StartException("Only one file is possible; remove '" + argument + "'");
        }
        tasks = argument;
      } else if (!where.take(argument, arguments)) {
        switch (argument) {
          case "--concurrency" ->
              concurrency = (int) arguments.number(argument, 1, MOST_CONCURRENCY);
          case "--timeout" -> timeout = arguments.duration(argument);
          case "--output", "-o" -> output = Path.of(arguments.value(argument));
          case "--json" -> quiet = true;
          default -> throw RunCommand.spec().unknown(argument);
        }
      }
    }
    if (tasks == null) {
      throw new StartException("The file of tasks is missing; - is standard input");
    }
    Where who = where.read();
    if (who.server() != null && timeout != null) {
      throw new StartException(
          "--timeout cannot be combined with --server; set timeout_ms in each line instead");
    }
    return new RunArguments(
        tasks.equals("-") ? null : Path.of(tasks), output, concurrency, timeout, quiet, who);
  }
}
