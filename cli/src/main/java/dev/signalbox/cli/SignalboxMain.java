package dev.signalbox.cli;

import dev.signalbox.cli.demo.CensusDemo;
import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.keys.ClusterKeysCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.cli.run.RunCommand;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Logging;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.node.StartException;
import dev.signalbox.platform.service.ServiceDefinition;
import dev.signalbox.worker.WorkerCommand;
import dev.signalbox.worker.icmp.Signals;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.LoggerFactory;

/** Reads the command and hands over to the launcher. */
public final class SignalboxMain {

  private static final String USAGE =
      """
      Usage: signalbox COMMAND [OPTIONS]

      Commands:
        up          run the whole system in this process
        dns         query DNS resolvers, as dig does
        probe       send an HTTP request and print the result and the time of each phase
        run         run a file of tasks
        worker      take part in a ping census of IPv4
        census-demo fill a census with made-up results, to see its map live
        SERVICE     run one service: {services}
        cluster-keys  make the keys by which the processes of a cluster know each other
        version     print the version
        help        print this text

      Options of up:
        --data DIR        directory of durable state (default: data)
        --bind ADDRESS    address the doors bind (default: 127.0.0.1)
        --port MAIN       port of the main door (default: 8080)
        --threads N       number of event loops (default: number of cores)
        --only SERVICES   run only these services, separated by commas
        --config FILE     YAML file of settings
        --KEY=VALUE       any setting, such as --gateway.keep-alive-timeout=10s

      Options of a service:
        --cluster         join the cluster of the other processes
        --data, --threads, --config, --KEY=VALUE as above

      dns, probe, run, worker, census-demo and each SERVICE have a help text of their own: signalbox dns --help

      The README of each service and docs/operations.md list the settings.

      Environment of the script:
        JAVA_HOME               JDK 25 to use, if not the one found
        JAVA_OPTS               further options of the JVM
        SIGNALBOX_NO_CACHE=1    neither make nor use the AOT caches that speed up starts\
      """;

  /** Set by the script when standard error is a terminal, which Java cannot detect. */
  private static final String TERMINAL = "signalbox.terminal";

  private SignalboxMain() {}

  static void main(String[] args) throws InterruptedException {
    List<String> arguments = new ArrayList<>(Arrays.asList(args));
    String command = arguments.isEmpty() ? "help" : arguments.removeFirst();
    try {
      switch (command) {
        case "up" -> up(arguments);
        case "dns" -> Launcher.run(new DnsCommand(arguments, results(false), System.err));
        case "probe" -> Launcher.run(new ProbeCommand(arguments, results(false), System.err));
        case "run" ->
            Launcher.run(
                new RunCommand(
                    arguments, System.in, results(true), System.err, Boolean.getBoolean(TERMINAL)));
        case "worker" -> Launcher.run(worker(arguments));
        case "census-demo" -> censusDemo(arguments);
        case "cluster-keys" -> {
          if (arguments.contains("--help") || arguments.contains("-h")) {
            Launcher.print(ClusterKeysCommand.USAGE);
          } else {
            Launcher.run(ClusterKeysCommand.of(arguments, System.out));
          }
        }
        case "aot-training" -> Launcher.run(new AotTraining(arguments));
        case "version", "--version" -> Launcher.print("signalbox " + version());
        case "help", "--help", "-h" -> Launcher.print(usage());
        default ->
            Launcher.run(
                arguments.toArray(String[]::new), Services.named(List.of(command)).getFirst());
      }
    } catch (StartException e) {
      Launcher.refuse(e);
    }
  }

  /** The text of {@code signalbox help}. */
  static String usage() {
    return USAGE.replace("{services}", Services.names());
  }

  /**
   * Keeps standard output for results: the log goes to standard error, from warnings up.
   *
   * @param withTimes whether lines of the log begin with the time: for what may run long
   */
  private static OutputStream results(boolean withTimes) {
    Logging.onlyWarnings(withTimes);
    System.setOut(System.err);
    return new FileOutputStream(FileDescriptor.out);
  }

  private static Launcher.Command worker(List<String> arguments) {
    Logging.onlyWarnings(true);
    WorkerCommand command = new WorkerCommand();
    return new Launcher.Command() {
      @Override
      public int run() {
        return command.run("signalbox worker", arguments);
      }

      @Override
      public void stop() {
        Signals.endAtOnce();
        command.stop();
      }
    };
  }

  private static void up(List<String> arguments) {
    CommandLine line =
        CommandLine.parse(
            arguments, Map.of("bind", "gateway.bind", "port", "gateway.port", "only", "up.only"));
    if (line.help()) {
      Launcher.print(usage());
      return;
    }
    Map<String, String> settings = new LinkedHashMap<>(line.settings());
    String only = settings.remove("up.only");
    List<ServiceDefinition<?>> services =
        only == null
            ? Services.all()
            : Services.named(Arrays.stream(only.split(",", -1)).map(String::strip).toList());
    Launcher.run(
        new CommandLine(line.configFile(), settings, false),
        services,
        source -> withGuard(source, services),
        SignalboxMain::greet);
  }

  private static void censusDemo(List<String> arguments) {
    CensusDemo demo = CensusDemo.of(arguments, SignalboxMain::greet);
    if (demo == null) {
      Launcher.print(CensusDemo.USAGE);
      return;
    }
    List<ServiceDefinition<?>> services = Services.all();
    Launcher.run(demo.line(), services, source -> withGuard(source, services), demo);
  }

  /**
   * Allows private targets while the gateway is reached from this machine only: its clients can
   * send the same requests themselves.
   */
  private static ConfigSource withGuard(ConfigSource source, List<ServiceDefinition<?>> services) {
    boolean guarded = services.stream().anyMatch(service -> service.shared().containsKey("guard"));
    String bind = source.text("gateway.bind").orElse("127.0.0.1");
    boolean local = bind.startsWith("127.") || bind.equals("localhost") || bind.equals("::1");
    return guarded && local ? source.orElse("guard.allow-private", "true") : source;
  }

  /** Reports where everything is: as text for people, or as one line where the log is JSON. */
  private static void greet(Node node) {
    // The JVM's start, not the process's: the script may have built in it before.
    long started = ManagementFactory.getRuntimeMXBean().getStartTime();
    String ready =
        String.format(
            Locale.ROOT,
            "Signalbox %s is ready after %.2f s",
            version(),
            (System.currentTimeMillis() - started) / 1_000.0);
    Map<String, String> lines = new LinkedHashMap<>(node.banner());
    lines.put("data", node.config().data().toAbsolutePath().normalize().toString());
    if (Logging.isJson(node.config())) {
      LoggerFactory.getLogger(Logging.BANNER).atInfo().addKeyValue("banner", lines).log(ready);
      return;
    }
    StringBuilder text = new StringBuilder("\n").append(ready).append(".\n\n");
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
