package dev.signalbox.cli.config;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.signalbox.cli.client.Style;
import dev.signalbox.cli.client.Table;
import dev.signalbox.cli.spec.CommandSpec;
import dev.signalbox.cli.spec.CommandSpec.Group;
import dev.signalbox.cli.spec.OptionSpec;
import dev.signalbox.platform.config.ConfigException;
import dev.signalbox.platform.config.ConfigSource;
import dev.signalbox.platform.config.Configuration.EffectiveSetting;
import dev.signalbox.platform.node.CommandLine;
import dev.signalbox.platform.node.CommandOutput;
import dev.signalbox.platform.node.Launcher;
import dev.signalbox.platform.node.Node;
import dev.signalbox.platform.service.ServiceDefinition;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** Prints the settings that {@code up} would have, and where each was set. */
public final class ConfigCommand implements Launcher.Command {

  private static final int INVALID = 2;

  private final CommandLine line;
  private final boolean json;
  private final boolean changed;
  private final List<ServiceDefinition<?>> services;
  private final UnaryOperator<ConfigSource> defaults;
  private final CommandOutput output;
  private final PrintStream out;
  private final PrintStream err;

  /**
   * Reads arguments: those of {@code up}.
   *
   * @param defaults what {@code up} adds to the settings
   */
  public ConfigCommand(
      List<String> given,
      List<ServiceDefinition<?>> services,
      UnaryOperator<ConfigSource> defaults,
      OutputStream out,
      PrintStream err) {
    List<String> rest = new ArrayList<>(given);
    this.json = rest.removeIf("--json"::equals);
    this.changed = rest.removeIf("--changed"::equals);
    this.line = CommandLine.parse(rest, Map.of("bind", "gateway.bind", "port", "gateway.port"));
    this.services = services;
    this.defaults = defaults;
    this.output = CommandOutput.standard(out);
    this.out = output.printStream();
    this.err = err;
  }

  /** What the command is. */
  public static CommandSpec spec() {
    return CommandSpec.of(
            Group.SET_UP, "config", "print every setting and where it was set", "[OPTIONS]")
        .about(
            """
            Prints the settings that 'signalbox up' would have with the same file, environment and options:
            the value of each, secrets hidden, and where it was set. Reports all errors together.
            """)
        .options(
            OptionSpec.flag("only settings that something sets", "--changed"),
            OptionSpec.value("DIR", "as of up", "--data"),
            OptionSpec.value("ADDRESS", "as of up", "--bind"),
            OptionSpec.value("MAIN", "as of up", "--port"),
            OptionSpec.value("N", "as of up", "--threads"),
            OptionSpec.value("FILE", "as of up", "--config"),
            OptionSpec.SETTING,
            OptionSpec.flag("print one JSON document", "--json"))
        .exit(0, "the settings are valid")
        .exit(INVALID, "invalid arguments or settings")
        .exit(CommandOutput.WRITE_ERROR, "write error")
        .examples("signalbox config --changed", "signalbox config --config signalbox.yaml --json");
  }

  @Override
  public int run() {
    int code;
    try {
      Map<String, String> settings = new LinkedHashMap<>(line.settings());
      ConfigSource source =
          defaults.apply(ConfigSource.of(line.configFile(), Launcher.environment(), settings));
      valid(Node.configure(source, services).effective());
      code = 0;
    } catch (ConfigException e) {
      invalid(e);
      code = INVALID;
    }
    out.flush();
    return output.exitCode(code, err);
  }

  private void valid(List<EffectiveSetting> all) {
    List<EffectiveSetting> shown =
        all.stream()
            .filter(setting -> !changed || !setting.origin().equals(EffectiveSetting.DEFAULT))
            .toList();
    if (json) {
      ObjectNode document = new JsonMapper().createObjectNode();
      ArrayNode settings = document.putArray("settings");
      shown.forEach(setting ->
          settings
              .addObject()
              .put("key", setting.key())
              .put("value", setting.value())
              .put("source", setting.origin()));
      document.putArray("errors");
      out.println(document);
      return;
    }
    Table table = new Table("SETTING", "SOURCE", "VALUE");
    shown.forEach(setting -> table.row(setting.key(), setting.origin(), setting.value()));
    table.lines(Style.PLAIN, (_, text) -> text).forEach(out::println);
  }

  private void invalid(ConfigException e) {
    if (json) {
      ObjectNode document = new JsonMapper().createObjectNode();
      document.putArray("settings");
      ArrayNode errors = document.putArray("errors");
      e.problems()
          .forEach(problem ->
              errors.addObject().put("key", problem.key()).put("message", problem.message()));
      out.println(document);
    } else {
      err.println(
          "The configuration has errors:\n  "
              + String.valueOf(e.getMessage()).replace("\n", "\n  "));
    }
  }
}
