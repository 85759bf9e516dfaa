package dev.signalbox.cli.doctor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.ClientCommand;
import dev.signalbox.cli.client.ClientJson;
import dev.signalbox.cli.client.ClientOptions;
import dev.signalbox.cli.client.CommandException;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.command.Printable;
import dev.signalbox.cli.doctor.PlaceCheck.Status;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Says what is wrong here and with the running system, and what to do about it. */
public final class DoctorCommand extends ClientCommand {

  private static final Set<String> CLIENT =
      Set.of("--server", "--token", "--token-file", "--timeout", "--color");
  private static final int WIDTH = 8;
  private static final String INDENT = " ".repeat(WIDTH + 4);

  private final CommandLine line;
  private final boolean remote;
  private final List<ServiceDefinition<?>> services;
  private final UnaryOperator<ConfigSource> defaults;

  private DoctorCommand(
      List<String> client,
      boolean remote,
      CommandLine line,
      List<ServiceDefinition<?>> services,
      UnaryOperator<ConfigSource> defaults,
      OutputStream out,
      PrintStream err) {
    super(spec(), client, out, err);
    this.remote = remote;
    this.line = line;
    this.services = services;
    this.defaults = defaults;
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
    boolean remote = client.stream().anyMatch(word -> word.matches("--server(=.*)?"));
    if (!remote && Launcher.environment().getOrDefault("SIGNALBOX_SERVER", "").isEmpty()) {
      String port = source(line, defaults).text("gateway.port").orElse("");
      if (port.matches("[1-9][0-9]{0,4}")) {
        client.addAll(List.of("--server", "http://127.0.0.1:" + port));
      }
    }
    return new DoctorCommand(client, remote, line, services, defaults, out, err);
  }

  private static ConfigSource source(CommandLine line, UnaryOperator<ConfigSource> defaults) {
    return defaults.apply(
        ConfigSource.of(line.configFile(), Launcher.environment(), line.settings()));
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
                asks the running system for its findings, each with its beginning and what to do. With
                --server it asks that system alone. Changes nothing, and sends nothing to anybody else.

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
                "signalbox doctor --json | jq -r '.system.findings[] | .code + \": \" + .action'"));
  }

  @Override
  protected int execute() {
    if (remote) {
      JsonNode system = client.get("/api/v1/diagnostics");
      return report(List.of(), system, "");
    }
    List<PlaceCheck> place = new ArrayList<>();
    Map<String, String> settings = settings(place);
    JsonNode system = null;
    String silent = "";
    boolean answers = true;
    try {
      system = client.get("/api/v1/diagnostics");
    } catch (CommandException e) {
      answers = e.exitCode() == CommandException.REFUSED;
      silent = String.valueOf(e.getMessage());
    }
    place.addAll(new PlaceChecks(settings, answers).all());
    return report(place, system, silent);
  }

  /** The settings that {@code up} would have; those that are wrong are findings. */
  private Map<String, String> settings(List<PlaceCheck> place) {
    ConfigSource source = source(line, defaults);
    Map<String, String> settings = new LinkedHashMap<>();
    try {
      List<Configuration.EffectiveSetting> all = Node.configure(source, services).effective();
      all.forEach(setting -> settings.put(setting.key(), setting.value()));
      place.add(PlaceCheck.ok("settings", all.size() + " are valid"));
    } catch (ConfigException e) {
      e.problems()
          .forEach(problem ->
              place.add(
                  PlaceCheck.error(
                      "settings",
                      problem.key() + " " + problem.message(),
                      "Correct it; signalbox config --changed shows where each was set.")));
      Map.of(
              "platform.data", "data",
              "gateway.bind", "127.0.0.1",
              "gateway.port", "8080",
              "gateway.tokens-file", "",
              "gateway.tls-key", "",
              "gateway.tls-certificate", "")
          .forEach((key, otherwise) -> settings.put(key, source.text(key).orElse(otherwise)));
    }
    return settings;
  }

  private int report(List<PlaceCheck> place, @Nullable JsonNode system, String silent) {
    Status worst = Status.OK;
    for (PlaceCheck check : place) {
      worst = check.status().compareTo(worst) > 0 ? check.status() : worst;
    }
    if (system != null) {
      Status status =
          switch (system.path("status").asText()) {
            case "ok" -> Status.OK;
            case "warning" -> Status.WARNING;
            default -> Status.ERROR;
          };
      worst = status.compareTo(worst) > 0 ? status : worst;
      if (!system.path("unanswered").isEmpty() && worst == Status.OK) {
        worst = Status.WARNING;
      }
    }
    if (json()) {
      print(document(worst, place, system, silent));
    } else {
      lines(place, system, silent).forEach(out::println);
    }
    return worst == Status.OK ? 0 : 1;
  }

  private static ObjectNode document(
      Status worst, List<PlaceCheck> place, @Nullable JsonNode system, String silent) {
    ObjectNode document = ClientJson.mapper().createObjectNode();
    document.put("status", worst.label());
    ArrayNode checks = document.putArray("place");
    place.forEach(check ->
        checks
            .addObject()
            .put("check", check.name())
            .put("status", check.status().label())
            .put("detail", check.detail())
            .put("action", check.action()));
    document.set("system", system);
    if (silent.isEmpty()) {
      document.putNull("not_asked");
    } else {
      document.put("not_asked", silent);
    }
    return document;
  }

  private List<String> lines(List<PlaceCheck> place, @Nullable JsonNode system, String silent) {
    Style style = style();
    List<String> lines = new ArrayList<>();
    if (!place.isEmpty()) {
      lines.add(style.heading("This place"));
      for (PlaceCheck check : place) {
        lines.add(
            "  "
                + label(style, check.status().label())
                + "  "
                + Printable.of(check.name() + ": " + check.detail()));
        if (!check.action().isEmpty()) {
          lines.add(INDENT + "→ " + Printable.of(check.action()));
        }
      }
      lines.add("");
    }
    lines.add(style.heading("The system at " + client.server()));
    if (system == null) {
      lines.add("  " + label(style, "-") + "  " + Printable.of(silent));
      return lines;
    }
    system.path("findings").forEach(finding -> finding(style, finding, lines));
    for (JsonNode each : system.path("unanswered")) {
      lines.add(
          "  "
              + label(style, "warning")
              + "  not asked: "
              + Printable.of(each.path("service"))
              + " at "
              + Printable.of(each.path("host"))
              + ": "
              + Printable.of(each.path("reason")));
    }
    if (system.path("findings").isEmpty()) {
      lines.add(
          "  "
              + label(style, "ok")
              + "  nothing is wrong; processes asked: "
              + system.path("processes").size());
    }
    return lines;
  }

  private static void finding(Style style, JsonNode finding, List<String> lines) {
    String service = finding.path("service").asText("");
    String host = finding.path("host").asText("");
    lines.add(
        "  "
            + label(style, Printable.of(finding.path("severity")))
            + "  "
            + Printable.of(finding.path("code"))
            + (service.isEmpty() ? "" : " of " + Printable.of(service))
            + (host.isEmpty() ? "" : " at " + Printable.of(host))
            + ", since "
            + Printable.of(finding.path("since")));
    lines.add(
        INDENT + Printable.of(finding.path("title")) + ". " + Printable.of(finding.path("detail")));
    lines.add(
        INDENT
            + "→ "
            + Printable.of(finding.path("action"))
            + " ("
            + Printable.of(finding.path("docs"))
            + ")");
  }

  private static String label(Style style, String text) {
    String padded = text + " ".repeat(Math.max(0, WIDTH - text.length()));
    return switch (text) {
      case "ok" -> style.good(padded);
      case "error", "warning" -> style.bad(padded);
      default -> padded;
    };
  }
}
