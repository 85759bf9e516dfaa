package dev.signalbox.cli.run;

import dev.signalbox.cli.command.LocalSystem;
import dev.signalbox.cli.command.WhereOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.contracts.Announcement;
import dev.signalbox.contracts.Empty;
import dev.signalbox.contracts.TaskType;
import dev.signalbox.dns.DnsMain;
import dev.signalbox.httpprobe.HttpProbeMain;
import dev.signalbox.platform.bus.Subscription;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import io.vertx.core.Future;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Runs a file of tasks. */
public final class RunCommand implements Launcher.Command {

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(Group.TASKS, "run", "run a file of tasks", "FILE [OPTIONS]")
        .about(
            """
            Runs the tasks in FILE (- is standard input), one per line, in the format of POST
            /api/v1/tasks/stream:
              {"task_name":"dns_query","params":{"domain":"example.com"},"id":"1","timeout_ms":2000}
            Writes one line per result in the order of completion, and a summary as the last line. Memory
            use does not grow with the number of lines.

            This process runs dns_query, http_probe and http_get_request; with --server the system there
            runs every task type that it offers.
            """)
        .options(
            OptionSpec.value(
                "FILE", "write the results to FILE instead of standard output", "--output", "-o"),
            OptionSpec.value(
                "N",
                "tasks in flight at once (default: 256, or the limit of the server)",
                "--concurrency"),
            OptionSpec.value(
                "TIME", "time for each task without timeout_ms, such as 500ms or 5s", "--timeout"),
            OptionSpec.flag("no progress and no closing line on standard error", "--json"))
        .options(() -> WhereOptions.SPECS)
        .exit(0, "every task finished")
        .exit(1, "some tasks failed, or the run ended early")
        .exit(2, "invalid arguments or settings")
        .exit(10, "the running system cannot be reached, or an internal error")
        .exit(23, "write error")
        .exit(130, "Ctrl-C; the summary is still written")
        .examples(
            "signalbox run tasks.ndjson --output answers.ndjson",
            "sed 's|.*|{\"task_name\":\"dns_query\",\"params\":{\"domain\":\"&\"}}|' names.txt | signalbox run -",
            "signalbox run tasks.ndjson --server http://127.0.0.1:8080");
  }

  private static final int CONCURRENCY = 256;
  private static final long ANNOUNCED_S = 10;

  private final RunArguments arguments;
  private final InputStream in;
  private final CommandOutput out;
  private final PrintStream err;
  private final boolean terminal;
  private volatile @Nullable Run run;
  private volatile boolean stopped;

  /**
   * Reads arguments.
   *
   * @param terminal whether {@code err} is one
   * @throws StartException naming the first invalid argument
   */
  public RunCommand(
      List<String> arguments, InputStream in, OutputStream out, PrintStream err, boolean terminal) {
    this.arguments = RunArguments.parse(arguments);
    this.in = in;
    this.out = CommandOutput.standard(out);
    this.err = err;
    this.terminal = terminal;
  }

  @Override
  public void stop() {
    stopped = true;
    Run running = run;
    if (running != null) {
      running.stop();
    }
  }

  /** No constant: help asks this class what the command is, and needs no service for that. */
  private static List<ServiceDefinition<?>> services() {
    return List.of(DnsMain.SERVICE, HttpProbeMain.SERVICE);
  }

  @Override
  public int run() throws InterruptedException {
    CommandOutput target = target();
    int code = run(target);
    return target.exitCode(code, err);
  }

  private int run(CommandOutput target) throws InterruptedException {
    try (CountedInput tasks = tasks();
        target) {
      Progress progress = terminal && !arguments.quiet() ? new Progress(err, tasks) : null;
      Answers answers = new Answers(target, progress);
      if (arguments.where().server() != null) {
        return ended(
            new RemoteRun(
                arguments.where().server(),
                arguments.where().token(),
                arguments.where().tls(),
                arguments.concurrency()),
            tasks,
            answers);
      }
      try (LocalSystem system = LocalSystem.start(services(), arguments.where().settings(), 0)) {
        LocalRun local =
            new LocalRun(
                system,
                types(system),
                arguments.concurrency() == 0 ? CONCURRENCY : arguments.concurrency(),
                arguments.timeout());
        return ended(local, tasks, answers);
      }
    } catch (IOException e) {
      if (!target.failed()) { // Reported with the exit code.
        err.println("The run ended early: " + e.getMessage());
      }
      return 1;
    }
  }

  private int ended(Run running, CountedInput tasks, Answers answers)
      throws IOException, InterruptedException {
    run = running;
    if (stopped) {
      running.stop();
    }
    boolean whole;
    try {
      whole = running.run(tasks, answers);
      answers.end(!whole);
    } finally {
      answers.clear();
    }
    if (!arguments.quiet()) {
      double seconds = Math.max(1, answers.tookMs()) / 1_000.0;
      long all = answers.finished() + answers.failed();
      err.println(
          String.format(
              Locale.ROOT,
              "%,d %s: %,d finished, %,d failed, in %.1f s (%,.0f/s)%s",
              all,
              all == 1 ? "task" : "tasks",
              answers.finished(),
              answers.failed(),
              seconds,
              all / seconds,
              whole ? "" : ", stopped early"));
    }
    return whole && answers.failed() == 0 ? 0 : 1;
  }

  private CountedInput tasks() {
    Path file = arguments.tasks();
    if (file == null) {
      return new CountedInput(in, 0);
    }
    try {
      long size = Files.isRegularFile(file) ? Files.size(file) : 0;
      return new CountedInput(Files.newInputStream(file), size);
    } catch (IOException e) {
      throw new StartException("Cannot read " + file + ": " + e.getMessage(), e);
    }
  }

  private CommandOutput target() {
    Path file = arguments.output();
    if (file == null) {
      return out;
    }
    try {
      return new CommandOutput(Files.newOutputStream(file), file.toString());
    } catch (IOException e) {
      throw new StartException("Cannot write to " + file + ": " + e.getMessage(), e);
    }
  }

  /** The task types of the services, by name and alias. */
  private static Map<String, TaskType> types(LocalSystem system) throws InterruptedException {
    Map<String, TaskType> types = new ConcurrentSkipListMap<>();
    CountDownLatch announced = new CountDownLatch(services().size());
    Set<String> services = ConcurrentHashMap.newKeySet();
    Future<Subscription> listening =
        system
            .bus()
            .subscribe(
                Announcement.EVENT,
                announcement -> {
                  for (TaskType type : announcement.taskTypes()) {
                    types.put(type.name(), type);
                    type.aliases().forEach(alias -> types.put(alias, type));
                  }
                  if (services.add(announcement.service())) {
                    announced.countDown();
                  }
                });
    system.bus().publish(Announcement.WANTED, Empty.EMPTY);
    if (!announced.await(ANNOUNCED_S, TimeUnit.SECONDS)) {
      throw new StartException(
          "The services did not announce their task types within " + ANNOUNCED_S + " s");
    }
    listening.onSuccess(Subscription::cancel); // Later announcements are not needed.
    return types;
  }
}
