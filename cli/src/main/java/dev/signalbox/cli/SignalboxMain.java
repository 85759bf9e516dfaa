package dev.signalbox.cli;

import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.cli.run.RunCommand;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads the command and hands over to the launcher. */
public final class SignalboxMain {

  private static final String USAGE =
      """
      Usage: signalbox COMMAND [OPTIONS]

      Commands:
        up          run the whole system in this process
        dns         ask DNS resolvers, as dig does
        probe       send an HTTP request and tell what came of it and how long it took
        run         run a file of tasks
        SERVICE     run one service: %s
        version     print the version
        help        print this

      Options of up:
        --data DIR        directory of durable state (default: data)
        --bind ADDRESS    address the doors bind (default: 127.0.0.1)
        --port MAIN       port of the main door (default: 8080)
        --threads N       event loops (default: as many as cores)
        --only SERVICES   run only these, separated by commas
        --config FILE     YAML file of settings
        --KEY=VALUE       any setting, such as --gateway.idle-timeout=10s

      Options of a service:
        --cluster         join the other processes of the system
        --data, --threads, --config, --KEY=VALUE as above

      dns, probe and run explain themselves: signalbox dns --help

      docs/operations.md lists every setting.\
      """;

  /** Set by the script when standard error is a terminal, which Java cannot tell. */
  private static final String TERMINAL = "signalbox.terminal";

  private SignalboxMain() {}

  static void main(String[] args) throws InterruptedException {
    List<String> arguments = new ArrayList<>(Arrays.asList(args));
    String command = arguments.isEmpty() ? "help" : arguments.removeFirst();
    try {
      switch (command) {
        case "up" -> up(arguments);
        case "dns" -> Launcher.run(new DnsCommand(arguments, quiet(), System.err));
        case "probe" -> Launcher.run(new ProbeCommand(arguments, quiet(), System.err));
        case "run" ->
            Launcher.run(
                new RunCommand(
                    arguments, System.in, quiet(), System.err, Boolean.getBoolean(TERMINAL)));
        case "rehearse" -> rehearse(arguments);
        case "version", "--version" -> System.out.println("signalbox " + version());
        case "help", "--help", "-h" -> System.out.println(USAGE.formatted(Services.names()));
        default ->
            Launcher.run(
                arguments.toArray(String[]::new), Services.named(List.of(command)).getFirst());
      }
    } catch (StartException e) {
      Launcher.refuse(e);
    }
  }

  /** What the script runs to have the JVM record the classes of a command. */
  private static void rehearse(List<String> arguments) throws InterruptedException {
    String rehearsed = arguments.isEmpty() ? "" : arguments.removeFirst();
    Map<String, String> settings =
        new LinkedHashMap<>(
            CommandLine.parse(arguments, Map.of("keys", "rehearsal.keys")).settings());
    String keys = settings.remove("rehearsal.keys");
    if (rehearsed.equals("up")) {
      Rehearsal.run(settings);
    } else {
      Launcher.run(() -> CommandRehearsal.run(rehearsed, keys == null ? null : Path.of(keys)));
    }
  }

  /**
   * Standard output for the answers alone: whatever else this process has to say, and that from
   * warnings up, goes to standard error.
   */
  private static PrintStream quiet() {
    System.setProperty("signalbox.log.level", "warn"); // Before anything is logged.
    System.setOut(System.err);
    return new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
  }

  private static void up(List<String> arguments) {
    CommandLine line =
        CommandLine.parse(
            arguments, Map.of("bind", "gateway.bind", "port", "gateway.port", "only", "up.only"));
    if (line.help()) {
      System.out.println(USAGE.formatted(Services.names()));
      return;
    }
    Map<String, String> settings = new LinkedHashMap<>(line.settings());
    String only = settings.remove("up.only");
    List<ServiceDefinition<?>> services =
        only == null
            ? Services.ALL
            : Services.named(Arrays.stream(only.split(",", -1)).map(String::strip).toList());
    Launcher.run(
        new CommandLine(line.configFile(), settings, false),
        services,
        source -> withGuard(source, services),
        SignalboxMain::greet);
  }

  /**
   * As long as only this machine reaches the gateway, it may have this machine and its networks
   * probed; nobody learns more than by asking directly.
   */
  private static ConfigSource withGuard(ConfigSource source, List<ServiceDefinition<?>> services) {
    boolean guarded = services.stream().anyMatch(service -> service.shared().containsKey("guard"));
    String bind = source.text("gateway.bind").orElse("127.0.0.1");
    boolean local = bind.startsWith("127.") || bind.equals("localhost") || bind.equals("::1");
    return guarded && local ? source.orElse("guard.allow-private", "true") : source;
  }

  /** Tells the person who started it where everything is. */
  private static void greet(Node node) {
    StringBuilder text = new StringBuilder("\nSignalbox ").append(version()).append(" is ready");
    // The JVM's start, not the process's: the command's script may have built in it before.
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    text.append(" after %.2f s".formatted((System.currentTimeMillis() - started) / 1_000.0));
    text.append(".\n\n");
    Map<String, String> lines = new LinkedHashMap<>(node.banner());
    lines.put("data", node.config().data().toAbsolutePath().normalize().toString());
    int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
    lines.forEach((label, what) ->
        text.append("  ")
            .append(label)
            .repeat(" ", width - label.length() + 2)
            .append(what)
            .append('\n'));
    System.out.println(text.append("\nCtrl-C stops it."));
  }

  private static String version() {
    String version = SignalboxMain.class.getPackage().getImplementationVersion();
    return version == null ? "development" : version;
  }
}
