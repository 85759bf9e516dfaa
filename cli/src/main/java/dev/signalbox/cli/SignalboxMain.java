package dev.signalbox.cli;

import dev.signalbox.cli.census.CensusCommand;
import dev.signalbox.cli.config.ConfigCommand;
import dev.signalbox.cli.demo.CensusDemo;
import dev.signalbox.cli.dns.DnsCommand;
import dev.signalbox.cli.doctor.DoctorCommand;
import dev.signalbox.cli.file.DownloadCommand;
import dev.signalbox.cli.file.UploadCommand;
import dev.signalbox.cli.keys.ClusterKeysCommand;
import dev.signalbox.cli.message.CodeCommand;
import dev.signalbox.cli.message.MessageCommand;
import dev.signalbox.cli.probe.ProbeCommand;
import dev.signalbox.cli.run.RunCommand;
import dev.signalbox.cli.server.ServerCommand;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.HelpText;
import dev.signalbox.cli.status.StatusCommand;
import dev.signalbox.cli.token.TokenFileCommand;
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

  /** Set by the script when standard error is a terminal, which Java cannot detect. */
  private static final String TERMINAL = "signalbox.terminal";

  private SignalboxMain() {}

  static void main(String[] args) throws InterruptedException {
    List<String> arguments = new ArrayList<>(Arrays.asList(args));
    String command = arguments.isEmpty() ? "help" : arguments.removeFirst();
    try {
      if (command.startsWith("-")) {
        command = command.equals("--version") ? "version" : asHelp(command);
      }
      // The worker and the services print help of their own: their options are declared elsewhere.
      boolean own = command.equals("worker") || Catalog.SERVICES.contains(command);
      if (!own && CommandSpec.asksForHelp(arguments)) {
        String name = command;
        CommandSpec spec = Catalog.find(name).orElseThrow(() -> Catalog.unknown(name));
        Launcher.print(help(spec, arguments));
      } else {
        run(command, arguments);
      }
    } catch (StartException e) {
      Launcher.refuse(e);
    }
  }

  private static String asHelp(String option) {
    if (!option.equals("--help") && !option.equals("-h")) {
      throw new StartException(
          "Unknown option "
              + option
              + "; the command comes first. signalbox help lists the commands.");
    }
    return "help";
  }

  private static String help(CommandSpec spec, List<String> arguments) {
    boolean part =
        !spec.subcommands().isEmpty()
            && !arguments.isEmpty()
            && !arguments.getFirst().startsWith("-");
    return HelpText.of(part ? spec.subcommand(arguments) : spec);
  }

  private static void run(String command, List<String> arguments) throws InterruptedException {
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
      case "status" -> Launcher.run(new StatusCommand(arguments, stdout(), System.err));
      case "doctor" -> {
        List<ServiceDefinition<?>> services = Services.all();
        Launcher.runBriefly(
            DoctorCommand.of(
                arguments, services, source -> withGuard(source, services), stdout(), System.err));
      }
      case "server" -> Launcher.run(new ServerCommand(arguments, stdout(), System.err));
      case "message" -> Launcher.run(new MessageCommand(arguments, stdout(), System.err));
      case "upload" -> Launcher.run(new UploadCommand(arguments, stdout(), System.err));
      case "code" -> Launcher.runBriefly(new CodeCommand(arguments, stdout(), System.err));
      case "download" -> Launcher.runBriefly(new DownloadCommand(arguments, stdout(), System.err));
      case "census" -> Launcher.runBriefly(new CensusCommand(arguments, stdout(), System.err));
      case "config" -> {
        List<ServiceDefinition<?>> services = Services.all();
        Launcher.runBriefly(
            new ConfigCommand(
                arguments, services, source -> withGuard(source, services), stdout(), System.err));
      }
      case "token" -> {
        if (TokenCommand.hasSubcommand(arguments)) {
          Launcher.runBriefly(new TokenFileCommand(arguments, stdout(), System.err));
        } else {
          Launcher.print(TokenCommand.text(arguments));
        }
      }
      case "cluster-keys" -> Launcher.run(ClusterKeysCommand.of(arguments, System.out));
      case "completion" -> Launcher.print(CompletionCommand.script(arguments));
      case "aot-training" -> Launcher.run(new AotTraining(arguments));
      case "version" -> Launcher.print(VersionCommand.text(arguments));
      case "help" ->
          Launcher.print(arguments.isEmpty() ? usage() : HelpText.of(Catalog.named(arguments)));
      default -> {
        if (!Catalog.SERVICES.contains(command)) {
          throw Catalog.unknown(command);
        }
        Launcher.run(arguments.toArray(String[]::new), Services.named(List.of(command)).getFirst());
      }
    }
  }

  /** The text of {@code signalbox help}. */
  static String usage() {
    return HelpText.list(Catalog.commands());
  }

  private static OutputStream stdout() {
    return new FileOutputStream(FileDescriptor.out);
  }

  /**
   * Keeps standard output for results: the log goes to standard error, from warnings up.
   *
   * @param withTimes whether lines of the log begin with the time: for what may run long
   */
  private static OutputStream results(boolean withTimes) {
    Logging.onlyWarnings(withTimes);
    System.setOut(System.err);
    return stdout();
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
            VersionCommand.version(),
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
}
