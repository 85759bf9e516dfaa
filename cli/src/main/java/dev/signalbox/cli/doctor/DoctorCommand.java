package dev.signalbox.cli.doctor;

import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Says what is wrong here and with the running system, and what to do about it. */
public final class DoctorCommand extends ClientCommand {

  private static final Set<String> CLIENT = ClientOptions.withValue();

  /** Longer than a gateway waits for the findings of other processes. */
  private static final String PATIENCE_S = "6";

  /** The place and where its system is asked. */
  private record Local(PlaceSettings settings, boolean elsewhere, GatewayDoors doors) {}

  private final @Nullable Local local;

  private DoctorCommand(
      List<String> client, @Nullable Local local, OutputStream out, PrintStream err) {
    super(spec(), client, out, err);
    this.local = local;
  }

  /**
   * Reads arguments: those of {@code up} and those of the commands for a running system.
   *
   * @param defaults what {@code up} adds to the settings
   */
  public static DoctorCommand of(
      List<String> given,
      List<ServiceDefinition<?>> services,
      UnaryOperator<ConfigSource> defaults,
      OutputStream out,
      PrintStream err) {
    List<String> client = new ArrayList<>();
    List<String> rest = new ArrayList<>();
    for (Iterator<String> words = given.iterator(); words.hasNext(); ) {
      String word = words.next();
      String name = word.replaceFirst("=.*", "");
      boolean clients = CLIENT.contains(name) || word.equals("--json");
      (clients ? client : rest).add(word);
      if (CLIENT.contains(word) && words.hasNext()) {
        client.add(words.next());
      }
    }
    CommandLine line =
        CommandLine.parse(rest, Map.of("bind", "gateway.bind", "port", "gateway.port"));
    if (has(client, "--server")) {
      return new DoctorCommand(client, null, out, err);
    }
    PlaceSettings settings = PlaceSettings.read(line, services, defaults);
    var local =
        new Local(
            settings,
            !Launcher.environment().getOrDefault("SIGNALBOX_SERVER", "").isEmpty(),
            new GatewayDoors(settings.values()));
    if (!local.elsewhere()) {
      local.doors().asked().ifPresent(door -> client.addAll(List.of("--server", door.url())));
    }
    if (!has(client, "--timeout")) {
      client.addAll(List.of("--timeout", PATIENCE_S));
    }
    return new DoctorCommand(client, local, out, err);
  }

  private static boolean has(List<String> arguments, String option) {
    return arguments.stream().anyMatch(word -> word.replaceFirst("=.*", "").equals(option));
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return ClientOptions.with(
        CommandSpec.of(
                Group.CLIENT, "doctor", "say what is wrong, since when and what to do", "[OPTIONS]")
            .about(
                """
                Looks at the place where Signalbox runs or is to run: the settings that 'signalbox up' would
                have with the same options, the data directory and its disk, ports, certificate, limits. Then
                asks the running system at gateway.bind for its findings, each with its beginning and what to
                do, and waits 6 s at most unless --timeout says otherwise. With --server it asks that system
                alone. Changes nothing, and sends nothing to anybody else.

                The findings of a system need a token of the role admin where tokens are asked for.
                """)
            .options(
                OptionSpec.value("DIR", "as of up", "--data"),
                OptionSpec.value("ADDRESS", "as of up", "--bind"),
                OptionSpec.value("MAIN", "as of up", "--port"),
                OptionSpec.value("N", "as of up", "--threads"),
                OptionSpec.value("FILE", "as of up", "--config"),
                OptionSpec.SETTING)
            .exit(0, "nothing is wrong")
            .exit(1, "something is wrong, or will be soon")
            .examples(
                "signalbox doctor",
                "signalbox doctor --server http://signalbox.example:8080 --token-file admin.token",
                "signalbox doctor --json | jq -r '.system.findings[]? | .code + \": \" + .action'"));
  }

  @Override
  protected int execute() {
    var report = new DoctorReport(out, style(), json());
    if (local == null) {
      SystemAnswer answer = SystemAnswer.ask(client);
      if (answer.failure() != null) {
        throw answer.failure();
      }
      return report.end(answer, "at " + client.server());
    }
    report.place();
    local.settings().checks().forEach(report::add);
    Map<String, String> settings = local.settings().values();
    new PlaceChecks(settings).all().forEach(report::add);
    out.flush(); // the answer may take seconds
    Optional<GatewayDoors.Asked> door =
        local.elsewhere() ? Optional.empty() : local.doors().asked();
    boolean asks = local.elsewhere() || door.isPresent();
    SystemAnswer answer = answer(local, asks);
    // A system elsewhere that is not there says nothing about the ports here.
    SystemAnswer.Kind kind =
        local.elsewhere() && !answer.kind().running() ? SystemAnswer.Kind.UNASKED : answer.kind();
    int port = door.map(GatewayDoors.Asked::port).orElse(0);
    var ports = new PortChecks(settings, kind, port);
    ports.all().forEach(report::add);
    DataDirectoryChecks.lock(settings.getOrDefault("platform.data", ""), kind, ports.asked())
        .ifPresent(report::add);
    String main = mainUnasked(local);
    String why = main.isEmpty() ? "" : " (" + main + ")";
    return report.end(answer, asks ? "at " + client.server() + why : "of this place");
  }

  /** Why the main door is not asked; empty when it is, or a system elsewhere. */
  private static String mainUnasked(Local local) {
    return local.elsewhere() ? "" : local.doors().mainUnasked();
  }

  private SystemAnswer answer(Local local, boolean asks) {
    String main = mainUnasked(local);
    if (!asks) {
      return SystemAnswer.unasked(main + ", and no other door has a port that can be asked");
    }
    SystemAnswer answer = SystemAnswer.ask(client);
    // Another door that is closed, or taken by another program, says nothing about the main one.
    boolean other = !main.isEmpty();
    return switch (answer.kind()) {
      case NOBODY, FOREIGN ->
          other ? SystemAnswer.unasked(main + "; another door: " + answer.reason()) : answer;
      default -> answer;
    };
  }
}
