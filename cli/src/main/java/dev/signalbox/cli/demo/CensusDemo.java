package dev.signalbox.cli.demo;

import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.node.TemporaryDirectory;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * {@code signalbox census-demo}: the system on a directory that is deleted at the end, and
 * volunteers in the same process who fill its census with made-up results at a pace. Nothing is
 * pinged. It has no way to another site's census, which made-up results would spoil.
 */
public final class CensusDemo implements Launcher.ReadyListener {

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(
            Group.RUN,
            "census-demo",
            "fill a census with made-up results, to see its map live",
            "[OPTIONS]")
        .about(
            """
            Fills a census with made-up results, to see the map live. Nothing is pinged, and nothing is
            kept: the data directory is deleted at the end.
            """)
        .options(
            OptionSpec.value("N", "blocks a second, 1 to 2000 (default: 100)", "--rate"),
            OptionSpec.value("ADDRESS", "as of up", "--bind"),
            OptionSpec.value("MAIN", "as of up", "--port"),
            OptionSpec.value("N", "as of up", "--threads"),
            OptionSpec.value("FILE", "as of up", "--config"),
            OptionSpec.SETTING)
        .exit(1, "the start failed")
        .exit(3, "out of memory")
        .exit(143, "stopped by SIGTERM; 130 by Ctrl-C")
        .examples("signalbox census-demo --rate 500");
  }

  private static final int MAX_RATE = 2_000;

  private record Person(String name, @Nullable String team) {}

  private static final List<Person> PEOPLE =
      List.of(
          new Person("ada", "engines"),
          new Person("blaise", "engines"),
          new Person("charles", "engines"),
          new Person("emmy", "rings"),
          new Person("evariste", "rings"),
          new Person("grace", null),
          new Person("hedy", null),
          new Person("sophie", "rings"));

  private final int rate;
  private final CommandLine line;
  private final Consumer<Node> greeting;

  private CensusDemo(int rate, CommandLine line, Consumer<Node> greeting) {
    this.rate = rate;
    this.line = line;
    this.greeting = greeting;
  }

  /**
   * Reads arguments and makes the directory that the data directory is in.
   *
   * @param greeting tells where everything is
   * @throws StartException naming the first invalid argument
   */
  public static CensusDemo of(List<String> arguments, Consumer<Node> greeting) {
    CommandLine line =
        CommandLine.parse(
            arguments, Map.of("bind", "gateway.bind", "port", "gateway.port", "rate", "demo.rate"));
    Map<String, String> settings = new LinkedHashMap<>(line.settings());
    int rate = rate(settings.remove("demo.rate"));
    if (settings.containsKey("platform.data")) {
      throw new StartException("census-demo keeps nothing, so it has no --data");
    }
    // Whatever the environment and the configuration file say of a real census.
    settings.put("storage.url", "");
    // The requests of the demo's own worker would bury the address of the map.
    settings.putIfAbsent("gateway.request-log", "false");
    settings.put("platform.cluster", "false");
    settings.put("platform.data", TemporaryDirectory.ofProcess().path().resolve("data").toString());
    return new CensusDemo(rate, new CommandLine(line.configFile(), settings, false), greeting);
  }

  private static int rate(@Nullable String text) {
    try {
      int rate = text == null ? 100 : Integer.parseInt(text);
      if (rate >= 1 && rate <= MAX_RATE) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // The same as a number out of range.
    }
    throw new StartException("--rate must be 1 to " + MAX_RATE);
  }

  /** What the launcher is to start. */
  public CommandLine line() {
    return line;
  }

  @Override
  public void ready(Node node) {
    greeting.accept(node);
    String door = node.banner().getOrDefault("main", "").split(" ", 2)[0];
    System.out.println("The map fills at " + door + "/ui/census with results that are made up.");
    long nanosPerTask = TimeUnit.SECONDS.toNanos(1) * PEOPLE.size() / rate;
    DeploymentOptions options =
        new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);
    for (Person person : PEOPLE) {
      node.vertx()
          .deployVerticle(
              new DemoVolunteer(URI.create(door), person.name(), person.team(), nanosPerTask),
              options);
    }
  }
}
