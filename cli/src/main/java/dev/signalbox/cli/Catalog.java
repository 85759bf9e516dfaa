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
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.cli.status.StatusCommand;
import dev.signalbox.platform.config.Suggestion;
import dev.signalbox.platform.node.StartException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All commands: {@code help}, completion and suggestions are made of this list. */
final class Catalog {

  /** Names of the services, written down because looking them up takes longer than help may. */
  static final List<String> SERVICES =
      List.of(
          "code-service",
          "dns-service",
          "file-service",
          "http-probe-service",
          "ping-coordinator",
          "server-factory-service",
          "gateway-service");

  private Catalog() {}

  /** Every command, in the order of the list that {@code help} prints. */
  static List<CommandSpec> commands() {
    return List.of(
        up(),
        CommandSpec.of(
                Group.RUN,
                "SERVICE",
                "run one service: " + String.join(", ", SERVICES),
                "[OPTIONS]")
            .about(
                """
                Runs one service as a process. signalbox NAME --help lists its settings; the README of each
                service explains them.
                """)
            .options(
                OptionSpec.flag("join the cluster of the other processes", "--cluster"),
                OptionSpec.value("DIR", "directory of durable state (default: data)", "--data"),
                OptionSpec.value(
                    "N", "number of event loops (default: number of cores)", "--threads"),
                OptionSpec.value("FILE", "YAML file of settings", "--config"),
                OptionSpec.SETTING)
            .exit(1, "the start failed")
            .exit(3, "out of memory; a supervisor should start it again")
            .exit(143, "stopped by SIGTERM; 130 by Ctrl-C")
            .examples("signalbox dns-service --cluster"),
        CommandSpec.of(
            Group.RUN, "worker", "take part in a ping census of IPv4", "--site URL [OPTIONS]"),
        CensusDemo.spec(),
        DnsCommand.spec(),
        ProbeCommand.spec(),
        RunCommand.spec(),
        StatusCommand.spec(),
        DoctorCommand.spec(),
        ServerCommand.spec(),
        CodeCommand.spec(),
        MessageCommand.spec(),
        UploadCommand.spec(),
        DownloadCommand.spec(),
        CensusCommand.spec(),
        ConfigCommand.spec(),
        TokenCommand.spec(),
        ClusterKeysCommand.spec(),
        CompletionCommand.spec(),
        VersionCommand.spec(),
        CommandSpec.of(
                Group.SET_UP, "help", "print this list, or the help of a command", "[COMMAND]")
            .exit(23, "write error"),
        CommandSpec.of(Group.HIDDEN, "aot-training", "train the AOT caches"));
  }

  private static CommandSpec up() {
    return CommandSpec.of(Group.RUN, "up", "run the whole system in this process", "[OPTIONS]")
        .about(
            """
            Runs all services in one process, with SQLite and without a cluster, until Ctrl-C. The README
            of each service and docs/operations/configure.md list the settings.

            Environment of the script:
              JAVA_HOME               JDK 25 to use, if not the one found
              JAVA_OPTS               further options of the JVM
              SIGNALBOX_NO_CACHE=1    neither make nor use the AOT caches that speed up starts
            """)
        .options(
            OptionSpec.value("DIR", "directory of durable state (default: data)", "--data"),
            OptionSpec.value("ADDRESS", "address the doors bind (default: 127.0.0.1)", "--bind"),
            OptionSpec.value("MAIN", "port of the main door (default: 8080)", "--port"),
            OptionSpec.value("N", "number of event loops (default: number of cores)", "--threads"),
            OptionSpec.value("SERVICES", "only these services, separated by commas", "--only"),
            OptionSpec.value("FILE", "YAML file of settings", "--config"),
            OptionSpec.SETTING)
        .exit(1, "the start failed")
        .exit(3, "out of memory; a supervisor should start it again")
        .exit(143, "stopped by SIGTERM; 130 by Ctrl-C")
        .examples("signalbox up", "signalbox up --port 9000 --data /var/lib/signalbox");
  }

  /** The command of a name; a service's name is that of the command SERVICE. */
  static Optional<CommandSpec> find(String name) {
    String known = SERVICES.contains(name) ? "SERVICE" : name;
    return commands().stream().filter(command -> command.name().equals(known)).findFirst();
  }

  /** Words that a command line may begin with. */
  static List<String> words() {
    return Stream.concat(
            commands().stream()
                .filter(command -> command.group() != Group.HIDDEN)
                .map(CommandSpec::name)
                .filter(name -> !name.equals("SERVICE")),
            SERVICES.stream())
        .toList();
  }

  /**
   * The command or subcommand that words name.
   *
   * @throws StartException when they name none
   */
  static CommandSpec named(List<String> words) {
    CommandSpec command = find(words.getFirst()).orElseThrow(() -> unknown(words.getFirst()));
    return words.size() > 1 && !command.subcommands().isEmpty()
        ? command.subcommand(words.subList(1, words.size()))
        : command;
  }

  /** The error for a word that is no command. */
  static StartException unknown(String word) {
    String near = Suggestion.question(word, words());
    return new StartException(
        "Unknown command '"
            + word
            + "'"
            + near
            + (near.isEmpty() ? "; " : " ")
            + "signalbox help lists the commands.");
  }
}
